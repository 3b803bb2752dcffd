// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "look.h"

namespace aksono::schema_diff {

/// What the rows said.
struct RowsAsked {
    int asked = 0;           ///< questions
    std::string go_on_from;  ///< file; empty: all is done
    synschema::Findings findings;
    std::vector<std::string> used;  ///< names of --ignore entries that took objects out
};

/// Asks the rows all there is to ask. Throws cli::Unsuitable when the connection is lost for good,
/// with where to go on from.
RowsAsked ask_rows(const CheckCommand& command, const Looked& looked);

}  // namespace aksono::schema_diff
