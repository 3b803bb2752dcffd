// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace aksono::storage {

/// A thread as its root's m.thread tells of it.
struct ThreadSummary {
    std::string latest_event_id;
    std::int64_t count = 0;
    bool participated = false;  ///< the viewer sent the root or something in the thread
};

/// What is related to some events, for m.relations. Keyed by the event related to.
struct Relations {
    std::unordered_map<std::string, std::string> edits;  ///< the newest valid m.replace
    std::unordered_map<std::string, std::vector<std::string>> references;
    std::unordered_map<std::string, ThreadSummary> threads;
};

/// Relations of `event_ids` as `viewer` sees them: those of senders that the viewer ignores do not
/// count. One statement.
Relations relations_of(pg::Transaction& tx, const std::vector<std::string>& event_ids,
                       const std::string& viewer);

}  // namespace aksono::storage
