// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.h"
#include "pg/transaction.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace aksono::background {

/// What an update may need to know that is not in the database.
struct Site {
    std::string server_name;
};

/// What one step is given. It runs in a transaction of its own at READ COMMITTED, which the runner
/// commits together with the progress; the database may be in use meanwhile.
struct Work {
    pg::Transaction& tx;
    const Json& progress;  ///< of background_updates.progress_json, `{}` at first
    std::int64_t batch;    ///< about so many items in this step; at least 1
    const Site& site;
};

/// What one step did.
struct Outcome {
    bool done = false;        ///< no further step is needed; `progress` is no matter then
    Json progress = nullptr;  ///< where to go on, in the very form in which Synapse writes it
    std::int64_t items = 0;   ///< gone through, in the unit of `batch`; sets the size of the next
};

/// A background update of Synapse that changes rows. What changes the shape and no rows (building
/// an index, validating a constraint) follows from the catalogue and is no Update. One that does
/// both only does the rows here: when it is done the runner makes what the catalogue says that it
/// completes, as far as it is not there yet, and then deletes its row.
struct Update {
    std::string name = "";
    std::string walks = "";  ///< the table that it goes through, for the estimate; empty: short
    /// Must come to the same end when it is called again after the last one was done, and when
    /// Synapse has done the steps before.
    std::function<Outcome(const Work&)> step = {};
    std::int64_t first_batch = 100;     ///< of the first step; later ones take about 100 ms
    std::int64_t largest_batch = 5000;  ///< never more, however fast
    bool needs_server_name = false;
};

/// By name.
using Updates = std::map<std::string, Update>;

inline void add(Updates& updates, Update update) {
    auto name = update.name;
    updates.insert_or_assign(std::move(name), std::move(update));
}

}  // namespace aksono::background
