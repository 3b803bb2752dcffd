// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace aksono::crypto {

/// How events look and what their ids are. The numbers are event_json.format_version.
enum class EventFormat {
    v1 = 1,  ///< ids of the sender's choice, references as [id, hashes] pairs
    v2 = 2,  ///< ids are the reference hash in standard base64
    v3 = 3,  ///< ids are the reference hash in URL-safe base64
    v4 = 4,  ///< the create event has no room_id, and gives the room its id
};

enum class StateResolution { v1, v2, v2_1 };

/// A room version as data: what is different about it. Named after what each switch turns on.
/// https://spec.matrix.org/latest/rooms/
struct RoomVersion {
    std::string_view id;
    EventFormat format;
    StateResolution state_resolution;
    // Signing
    bool enforces_key_validity;  ///< 5: keys must be valid at the event's time
    bool strict_json;            ///< 6: canonical JSON is enforced
    // Redaction
    bool redaction_keeps_aliases;     ///< until 5: content.aliases of m.room.aliases
    bool redaction_keeps_allow;       ///< 8: content.allow of m.room.join_rules
    bool redaction_keeps_authoriser;  ///< 9: content.join_authorised_via_users_server
    bool updated_redaction;           ///< 11: the rules of MSC2174, 2175, 2176 and 3821
    // Authorisation
    bool aliases_need_own_domain;       ///< until 5: m.room.aliases is a case of its own
    bool redactions_need_power;         ///< 1 and 2: redact level or same event id domain
    bool limits_notification_levels;    ///< 6: `notifications` of power levels is checked
    bool knocking;                      ///< 7
    bool restricted_join;               ///< 8
    bool knock_restricted_join;         ///< 10
    bool integer_power_levels;          ///< 10: no strings, no floats
    bool creator_is_sender;             ///< 11: the create event has no `creator`
    bool creators_have_infinite_power;  ///< 12: so they are absent from power levels
    bool room_id_is_create_hash;        ///< 12: and the create event is in no auth_events
    bool owned_state;                   ///< MSC3757: state keys that begin with their owner's id
};

/// Versions 1 to 12, in order.
std::span<const RoomVersion> room_versions();

/// Versions that are no part of the specification, but in which Synapse lets rooms be made.
std::span<const RoomVersion> unstable_room_versions();

/// nullptr for a version that is not known. What is found lives for ever.
const RoomVersion* find_room_version(std::string_view id);

}  // namespace aksono::crypto
