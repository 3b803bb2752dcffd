// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/session.h"
#include "synschema/finding.h"

namespace aksono::datacheck {

/// Lets PostgreSQL's amcheck go through the unique indexes of `schema`, the smallest first, where
/// that extension is installed and this role may use it; until `deadline` (steady_ms), if there is
/// one. `deep`: all b-tree indexes, and whether each row of the table is in them. Each index is a
/// snapshot of its own; those too large for that are told as not looked at.
synschema::Findings check_indexes(Session& session, const std::string& schema, bool deep,
                                  std::optional<Millis> deadline);

}  // namespace aksono::datacheck
