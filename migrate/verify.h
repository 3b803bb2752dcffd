// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/finding.h"
#include "upgrade_target.h"

namespace aksono::migrate {

/// What is not as Synapse's own upgrade would have left it: shape, books, queue, sequences.
/// Information is left out.
synschema::Findings not_as_synapse_leaves_it(const std::vector<Site>& sites);

/// One line each.
std::string findings_text(const synschema::Findings& findings);

}  // namespace aksono::migrate
