// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"
#include "synschema/live_database.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aksono::background {

/// A row of background_updates.
struct Queued {
    std::string name;
    Json progress;  ///< `{}` at first
    std::string depends_on;
    std::int64_t ordering = 0;
};

/// In the order of work: by ordering, then name.
std::vector<Queued> read_queue(pg::Transaction& tx);

/// The progress of one, which stays locked until the transaction ends; nothing when it is done.
std::optional<Json> lock_progress(pg::Transaction& tx, const std::string& name);
void save_progress(pg::Transaction& tx, const std::string& name, const Json& progress);
/// Done: the row goes.
void finish(pg::Transaction& tx, const std::string& name);

}  // namespace aksono::background
