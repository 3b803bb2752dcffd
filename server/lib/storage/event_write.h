// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aksono::storage {

/// One row of event_push_actions.
struct PushActionWrite {
    std::string user_id;
    std::string actions;
    bool notif = false;
    bool highlight = false;
    bool unread = false;
    std::string thread_id;
};

/// An event on its way into the database, with every row that comes with it. Plain values: who
/// makes the event has decided what they are.
struct EventWrite {
    std::string event_id;
    std::string room_id;
    std::string type;
    std::optional<std::string> state_key;
    std::string sender;
    std::string json;
    std::string internal_metadata;
    std::int64_t format_version = 0;
    std::int64_t depth = 0;
    std::int64_t stream_ordering = 0;
    std::string instance_name;  ///< the configured writer that we stand in for
    std::int64_t origin_server_ts = 0;
    std::int64_t received_ts = 0;
    bool contains_url = false;

    /// Also the forward extremities that this event takes the place of.
    std::vector<std::string> prev_events;
    std::int64_t state_group = 0;
    /// The room's extremities had different states: its current state was worked out anew.
    bool merges_states = false;

    struct Transaction {
        std::string device_id;
        std::string txn_id;
    };
    std::optional<Transaction> transaction;  ///< the sender's

    std::optional<std::string> search_text;  ///< of content.body

    struct Relation {
        std::string event_id;
        std::string rel_type;
        std::optional<std::string> aggregation_key;
    };
    std::optional<Relation> relation;

    std::vector<std::string> labels;  ///< without repetitions

    struct Redaction {
        std::string event_id;
        std::optional<Relation> lost_relation;  ///< the target's own
    };
    std::optional<Redaction> redaction;

    bool makes_participant = false;  ///< the sender's first own words in the room
    bool bumps_room = false;         ///< moves the room up in sliding sync's list

    std::vector<PushActionWrite> push_actions;
};

/// Writes all rows of `events`, no two of which are of the same room.
void write_events(pg::Writer& writer, const std::vector<const EventWrite*>& events);

/// Those of `event_ids` that are in the database.
std::vector<std::string> persisted_among(pg::Transaction& tx,
                                         const std::vector<std::string>& event_ids);

/// Whether the session `backend` (a process id), if it is one of this program, is still there; asks
/// it to end.
bool end_session(pg::Transaction& tx, int backend);

}  // namespace aksono::storage
