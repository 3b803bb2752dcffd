// SPDX-License-Identifier: Apache-2.0
#include "events/auth_rules.h"

#include "base/ids.h"
#include "events/member_auth.h"
#include "events/power_level_auth.h"
#include "events/power_levels.h"

#include <fmt/format.h>

namespace aksono::events {

namespace {

std::string_view domain_of(std::string_view id) {
    const auto colon = id.find(':');
    return colon == id.npos ? std::string_view() : id.substr(colon + 1);
}

/// Rule 1.
Verdict check_create(const crypto::RoomVersion& version, const Event& event) {
    // 1. If it has any prev_events, reject.
    if (!event.prev_events.empty()) return refuse("Create event has prev events");
    const Json& content = event.content();
    if (version.room_id_is_create_hash) {
        // 2. If the event has a room_id, reject.
        if (find_member(event.json, "room_id") != nullptr) {
            return refuse("Create event has a room ID");
        }
    } else if (domain_of(event.room_id) != domain_of(event.sender)) {
        // 2. If the domain of the room_id does not match the domain of the sender, reject.
        return refuse("Creation event's room_id domain does not match sender's");
    }
    // 3. If content.room_version is present and is not a recognised version, reject.
    if (const Json* given = find_member(content, "room_version")) {
        if (!given->is_string() ||
            crypto::find_room_version(given->get<std::string>()) == nullptr) {
            return refuse(std::string("room appears to have unsupported version ") + given->dump());
        }
    }
    // 4. If content has no creator property, reject.
    if (!version.creator_is_sender && find_member(content, "creator") == nullptr) {
        return refuse("Create event lacks a 'creator' property");
    }
    // 4. (12) If additional_creators is present and is not an array of user ids, reject.
    const Json* more = find_member(content, "additional_creators");
    if (!version.creators_have_infinite_power || more == nullptr) return {};
    if (!more->is_array()) return refuse("additional_creators is not an array");
    for (const auto& user : *more) {
        if (!user.is_string() || !UserId::parse(user.get<std::string>())) {
            return refuse("additional_creators has an invalid user ID");
        }
    }
    return {};
}

/// Rule 3 (4 in version 12): m.federate.
Verdict check_federate(const Event& event, const Event& create) {
    const Json* federate = find_member(create.content(), "m.federate");
    if (federate == nullptr || *federate != false) return {};
    if (domain_of(event.sender) == domain_of(create.sender)) return {};
    return refuse("This room has been marked as unfederatable.");
}

/// Rule 4 of versions 1 to 5.
Verdict check_aliases(const Event& event) {
    const auto& state_key = event.state_key;
    // 1. If event has no state_key, reject.
    if (!state_key) return refuse("Alias event must be a state event");
    // 2. If sender's domain doesn't match state_key, reject.
    if (*state_key != domain_of(event.sender)) {
        return refuse("Alias event's state_key does not match sender's domain");
    }
    return {};
}

/// Rule 11 of versions 1 and 2.
Verdict check_redaction(const Event& event, const PowerLevels& levels) {
    // 1. If the sender's power level is greater than or equal to the redact level, allow.
    if (levels.of_user(event.sender) >= levels.to_redact()) return {};
    // 2. If the domain of the event_id of the event being redacted is the same as the domain of the
    //    event_id of the m.room.redaction, allow.
    const std::string* redacts = find_string(event.json, "redacts");
    if (redacts != nullptr && domain_of(*redacts) == domain_of(event.id)) return {};
    return refuse("You don't have permission to redact events");
}

/// Whether `sender` owns the state key, or stands above who does.
/// https://github.com/matrix-org/matrix-spec-proposals/pull/3757
bool may_set_owned_state(std::string_view state_key, std::string_view sender,
                         const PowerLevels& levels) {
    const auto colon = state_key.find(':');
    if (colon == state_key.npos) return false;
    const auto owner = state_key.substr(0, state_key.find('_', colon));
    return owner == sender || levels.of_user(sender) > levels.of_user(owner);
}

/// The rules from «required power level» on.
Verdict check_power(const crypto::RoomVersion& version, const Event& event, const AuthState& state,
                    const PowerLevels& levels) {
    const std::string& sender = event.sender;
    const std::string& type = event.type;
    const auto& state_key = event.state_key;
    const std::int64_t level = levels.of_user(sender);
    // 8. If the event type's required power level is greater than the sender's power level, reject.
    const std::int64_t required = levels.to_send(type, state_key.has_value());
    if (required > level) {
        return refuse(
            fmt::format("You don't have permission to post that to the room. user_level ({}) < "
                        "send_level ({})",
                        level, required));
    }
    // 9. If the event has a state_key that starts with an @ and does not match the sender, reject.
    if (state_key && state_key->starts_with('@') && *state_key != sender &&
        !(version.owned_state && may_set_owned_state(*state_key, sender, levels))) {
        return refuse("You are not allowed to set others state");
    }
    // 10. If type is m.room.power_levels: rules of its own.
    if (type == "m.room.power_levels") {
        return check_power_levels_event(version, event, state.find("m.room.power_levels"), levels);
    }
    if (version.redactions_need_power && type == "m.room.redaction") {
        return check_redaction(event, levels);
    }
    return {};
}

}  // namespace

Verdict check_event_auth(const crypto::RoomVersion& version, const Event& event,
                         const AuthState& state) {
    const std::string& type = event.type;
    if (type == "m.room.create") return check_create(version, event);

    const Event* create = state.find("m.room.create");
    if (create == nullptr) return refuse("No create event in auth events");
    if (auto checked = check_federate(event, *create); !checked) return checked;
    if (version.aliases_need_own_domain && type == "m.room.aliases") return check_aliases(event);

    const PowerLevels levels(version, create, state.find("m.room.power_levels"));
    if (type == "m.room.member") return check_member_event(version, event, state, levels);

    // 6. If the sender's current membership state is not join, reject.
    const std::string& sender = event.sender;
    if (membership_of(state, sender) != "join") {
        return refuse(fmt::format("User {} not in room {}", sender, event.room_id));
    }
    // 7. If type is m.room.third_party_invite: the invite level is enough.
    if (type == "m.room.third_party_invite") {
        if (levels.of_user(sender) >= levels.to_invite()) return {};
        return refuse("You don't have permission to invite users");
    }
    return check_power(version, event, state, levels);
}

}  // namespace aksono::events
