// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "audit/auth_rules.h"
#include "pg/transaction.h"

#include <cstdint>

namespace aksono::audit {

/// An event as the rows have it: columns beside the JSON that they were made from.
struct WrittenEvent {
    std::string event_id;
    std::string room_id;
    std::string type;
    std::string sender;
    std::optional<std::string> state_key;      ///< events.state_key
    std::optional<std::string> in_state_rows;  ///< state_events.state_key
    std::int64_t stream_ordering = 0;
    std::int64_t depth = 0;
    std::int64_t topological_ordering = 0;
    std::int64_t origin_server_ts = 0;
    bool outlier = false;
    bool rejected = false;
    bool pruned = false;  ///< its redaction has taken its content away
    std::optional<std::int64_t> state_group;
    std::string room_version;  ///< of the room's row; empty without one
    int format_version = 0;
    Json json;                              ///< null when there is none, or none that is JSON
    std::vector<std::string> auth_rows;     ///< event_auth, sorted
    std::vector<std::string> edge_rows;     ///< event_edges, sorted
    std::optional<std::string> member_row;  ///< membership of room_memberships
};

/// Events with `after` < stream_ordering <= `upto`, in that order, at most `limit`.
std::vector<WrittenEvent> read_written_events(pg::Transaction& tx, std::int64_t after,
                                              std::int64_t upto, int limit);

/// What the rules see of it.
Fact fact_of(const WrittenEvent& event, int version);

}  // namespace aksono::audit
