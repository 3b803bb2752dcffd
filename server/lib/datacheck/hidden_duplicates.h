// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/session.h"
#include "synschema/finding.h"
#include "synschema/schema.h"

namespace aksono::datacheck {

/// Rows that a unique index should have kept out, looked for in the tables themselves, with indexes
/// switched off: one that is damaged would hide them. Each index of `live` is a statement (several
/// for a large table), and a snapshot, of its own; until `deadline` (steady_ms), if there is one.
synschema::Findings find_hidden_duplicates(Session& session, const synschema::Schema& live,
                                           std::optional<Millis> deadline);

}  // namespace aksono::datacheck
