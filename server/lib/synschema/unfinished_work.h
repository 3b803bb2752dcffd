// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aksono::synschema {

/// A row of scheduled_tasks that Synapse has not finished.
struct UnfinishedTask {
    std::string action;  ///< purge_history, shutdown_and_purge_room, …
    std::string status;  ///< «scheduled» or «active»
    std::string resource;
};

/// Work that Synapse has begun and that no other server can take up yet.
struct UnfinishedWork {
    std::vector<std::string> partial_state_rooms;  ///< joined, their state still being fetched
    std::vector<UnfinishedTask> tasks;
    std::int64_t delayed_events = 0;           ///< not sent yet
    std::int64_t appservice_transactions = 0;  ///< not delivered yet
    std::int64_t outbound_messages = 0;        ///< to-device messages for other servers

    /// What is left for Synapse, one sentence each, for the log at start.
    [[nodiscard]] std::vector<std::string> notes() const;
    /// Why a server must not write here yet, with what to do; nothing when it may. Rooms in partial
    /// state or half deleted would be used as if they were whole.
    [[nodiscard]] std::optional<std::string> refuse_writing(const std::string& config_file) const;
};

/// The database must be of schema 94 or later.
UnfinishedWork read_unfinished_work(pg::Transaction& tx);

}  // namespace aksono::synschema
