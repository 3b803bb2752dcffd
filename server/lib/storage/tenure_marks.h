// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"

namespace aksono::storage {

/// Where a database stands: an object of `database` {system_identifier, oid, name}, `lsn`
/// (pg_lsn text), and `sequences` {name: the last number handed out, 0 for none}. Taken when a run
/// begins and ends, the two bracket everything that the run wrote.
Json read_tenure_marks(pg::Transaction& tx);

}  // namespace aksono::storage
