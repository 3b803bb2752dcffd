// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

/// A forward extremity of a room, that a new event will point back to.
struct Extremity {
    std::string event_id;
    std::int64_t depth = 0;
    std::int64_t state_group = 0;  ///< of the state after it; 0 when the database has none
};

/// An event of the current state, as event_json has it.
struct StoredEvent {
    std::string event_id;
    std::string json;
};

/// All that the making of a message event starts from, read in one statement.
struct SendContext {
    std::optional<std::string> room_version;    ///< nothing: no such room
    std::optional<std::string> known_event_id;  ///< what this transaction id was used for
    std::optional<std::string> membership;      ///< the sender's in the current state
    bool participant = false;                   ///< room_memberships.participant
    bool suspended = false;                     ///< users.suspended
    std::optional<StoredEvent> create;
    std::optional<StoredEvent> power_levels;
    std::optional<StoredEvent> member;  ///< the sender's m.room.member
    /// The ten deepest, deepest first; equals as PostgreSQL finds them, which is Synapse's order
    /// too.
    std::vector<Extremity> extremities;
};

/// Without a device or a transaction id no earlier event is looked for.
SendContext send_context(pg::Transaction& tx, std::string_view room_id, std::string_view user_id,
                         const std::optional<std::string>& device_id,
                         const std::optional<std::string>& txn_id);

/// What there is in a room beyond the ten extremities that an event points back to.
struct ExtremityCounts {
    std::int64_t events = 0;
    std::int64_t state_groups = 0;  ///< different ones
};
ExtremityCounts count_extremities(pg::Transaction& tx, std::string_view room_id);

/// event_json.json of those of `event_ids` that exist, in the same order.
std::vector<StoredEvent> stored_events(pg::Transaction& tx,
                                       const std::vector<std::string>& event_ids);

/// What is asked about an event that a new one relates to.
struct RelationTarget {
    std::string room_id;
    std::string type;
    std::string sender;
    struct Relation {
        std::string event_id;
        std::string rel_type;
    };
    std::optional<Relation> relation;  ///< it relates to another event itself
};
std::optional<RelationTarget> relation_target(pg::Transaction& tx, std::string_view event_id);

/// Whether `sender` has sent an event of `type` that annotates `target` with `key`.
bool has_annotated(pg::Transaction& tx, std::string_view target, std::string_view sender,
                   std::string_view type, std::string_view key);

/// content of the room's current state event, as JSON text.
std::optional<std::string> current_state_json(pg::Transaction& tx, std::string_view room_id,
                                              std::string_view type, std::string_view state_key);

/// The room that a local alias points to.
std::optional<std::string> room_of_alias(pg::Transaction& tx, std::string_view alias);

}  // namespace aksono::storage
