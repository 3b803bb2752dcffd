// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/check_database.h"

namespace aksono::synschema {

/// Synapse's tables in two databases, as one: state's tables of `state`, all others of `main`. The
/// books (versions, deltas, background updates) are in both: deltas and updates are put together,
/// the rest is taken from `main`.
Snapshot merge_databases(const Snapshot& main, const Snapshot& state);

/// check_database() of a pair: what is wrong with either, the books of both compared.
Findings check_databases(const Snapshot& main, const Snapshot& state, const CheckOptions& options);

}  // namespace aksono::synschema
