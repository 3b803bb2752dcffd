// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/target.h"
#include "datacheck/engine.h"

namespace aksono::schema_diff {

/// What of the questions to the rows is wanted.
struct RowOptions {
    std::vector<std::string> only;  ///< globs of ids; empty: all
    std::optional<Millis> budget;
};

/// Asks the rows of a database all there is to ask.
synschema::Findings ask_rows(const cli::Target& target, const synschema::LiveDatabase& live,
                             const RowOptions& options);

}  // namespace aksono::schema_diff
