// SPDX-License-Identifier: Apache-2.0
#include "rooms/event_auth.h"

#include "base/ids.h"
#include "rooms/member_auth.h"
#include "rooms/power_level_auth.h"
#include "rooms/power_levels.h"

#include <fmt/format.h>

namespace aksono::rooms {

namespace {

const std::string& text_of(const Json& event, std::string_view key) {
    static const std::string kNone;
    const std::string* text = find_string(event, key);
    return text == nullptr ? kNone : *text;
}

std::string_view domain_of(std::string_view id) {
    const auto colon = id.find(':');
    return colon == id.npos ? std::string_view() : id.substr(colon + 1);
}

/// Rule 1.
Result<void> check_create(const crypto::RoomVersion& version, const Json& event) {
    // 1. If it has any prev_events, reject.
    const Json* prev = find_member(event, "prev_events");
    if (prev != nullptr && !prev->empty())
        return failure(std::string("Create event has prev events"));
    const Json* content = find_member(event, "content");
    const Json empty = Json::object();
    if (content == nullptr) content = &empty;
    if (version.room_id_is_create_hash) {
        // 2. If the event has a room_id, reject.
        if (find_member(event, "room_id") != nullptr) {
            return failure(std::string("Create event has a room ID"));
        }
    } else if (domain_of(text_of(event, "room_id")) != domain_of(text_of(event, "sender"))) {
        // 2. If the domain of the room_id does not match the domain of the sender, reject.
        return failure(std::string("Creation event's room_id domain does not match sender's"));
    }
    // 3. If content.room_version is present and is not a recognised version, reject.
    if (const Json* given = find_member(*content, "room_version")) {
        if (!given->is_string() ||
            crypto::find_room_version(given->get<std::string>()) == nullptr) {
            return failure(std::string("room appears to have unsupported version ") +
                           given->dump());
        }
    }
    // 4. If content has no creator property, reject.
    if (!version.creator_is_sender && find_member(*content, "creator") == nullptr) {
        return failure(std::string("Create event lacks a 'creator' property"));
    }
    // 4. (12) If additional_creators is present and is not an array of user ids, reject.
    const Json* more = find_member(*content, "additional_creators");
    if (!version.creators_have_infinite_power || more == nullptr) return {};
    if (!more->is_array()) return failure(std::string("additional_creators is not an array"));
    for (const auto& user : *more) {
        if (!user.is_string() || !UserId::parse(user.get<std::string>())) {
            return failure(std::string("additional_creators has an invalid user ID"));
        }
    }
    return {};
}

/// Rule 3 (4 in version 12): m.federate.
Result<void> check_federate(const Json& event, const Json& create) {
    const Json* content = find_member(create, "content");
    const Json* federate = content == nullptr ? nullptr : find_member(*content, "m.federate");
    if (federate == nullptr || *federate != false) return {};
    if (domain_of(text_of(event, "sender")) == domain_of(text_of(create, "sender"))) return {};
    return failure(std::string("This room has been marked as unfederatable."));
}

/// Rule 4 of versions 1 to 5.
Result<void> check_aliases(const Json& event) {
    const std::string* state_key = find_string(event, "state_key");
    // 1. If event has no state_key, reject.
    if (state_key == nullptr) return failure(std::string("Alias event must be a state event"));
    // 2. If sender's domain doesn't match state_key, reject.
    if (*state_key != domain_of(text_of(event, "sender"))) {
        return failure(std::string("Alias event's state_key does not match sender's domain"));
    }
    return {};
}

/// Rule 11 of versions 1 and 2.
Result<void> check_redaction(const Json& event, const PowerLevels& levels) {
    // 1. If the sender's power level is greater than or equal to the redact level, allow.
    if (levels.of_user(text_of(event, "sender")) >= levels.to_redact()) return {};
    // 2. If the domain of the event_id of the event being redacted is the same as the domain of the
    //    event_id of the m.room.redaction, allow.
    if (domain_of(text_of(event, "redacts")) == domain_of(text_of(event, "event_id"))) return {};
    return failure(std::string("You don't have permission to redact events"));
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
Result<void> check_power(const crypto::RoomVersion& version, const Json& event,
                         const AuthState& state, const PowerLevels& levels) {
    const std::string& sender = text_of(event, "sender");
    const std::string& type = text_of(event, "type");
    const std::string* state_key = find_string(event, "state_key");
    const std::int64_t level = levels.of_user(sender);
    // 8. If the event type's required power level is greater than the sender's power level, reject.
    const std::int64_t required = levels.to_send(type, state_key != nullptr);
    if (required > level) {
        return failure(
            fmt::format("You don't have permission to post that to the room. user_level ({}) < "
                        "send_level ({})",
                        level, required));
    }
    // 9. If the event has a state_key that starts with an @ and does not match the sender, reject.
    if (state_key != nullptr && state_key->starts_with('@') && *state_key != sender &&
        !(version.owned_state && may_set_owned_state(*state_key, sender, levels))) {
        return failure(std::string("You are not allowed to set others state"));
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

void AuthState::add(const Json& event) {
    events_[{text_of(event, "type"), text_of(event, "state_key")}] = &event;
}

const Json* AuthState::find(std::string_view type, std::string_view state_key) const {
    const auto it = events_.find({std::string(type), std::string(state_key)});
    return it == events_.end() ? nullptr : it->second;
}

std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version, const Json& event) {
    const std::string& type = text_of(event, "type");
    if (type == "m.room.create") return {};
    std::vector<StateKey> keys;
    // «Depending on the room version, the m.room.create event.»
    if (!version.room_id_is_create_hash) keys.emplace_back("m.room.create", "");
    keys.emplace_back("m.room.power_levels", "");
    keys.emplace_back("m.room.member", text_of(event, "sender"));
    if (type == "m.room.member") add_member_auth_keys(version, event, keys);
    return keys;
}

Result<void> check_event_auth(const crypto::RoomVersion& version, const Json& event,
                              const AuthState& state) {
    const std::string& type = text_of(event, "type");
    if (type == "m.room.create") return check_create(version, event);

    const Json* create = state.find("m.room.create");
    if (create == nullptr) return failure(std::string("No create event in auth events"));
    if (auto checked = check_federate(event, *create); !checked) return checked;
    if (version.aliases_need_own_domain && type == "m.room.aliases") return check_aliases(event);

    const PowerLevels levels(version, create, state.find("m.room.power_levels"));
    if (type == "m.room.member") return check_member_event(version, event, state, levels);

    // 6. If the sender's current membership state is not join, reject.
    const std::string& sender = text_of(event, "sender");
    if (membership_of(state, sender) != "join") {
        return failure(fmt::format("User {} not in room {}", sender, text_of(event, "room_id")));
    }
    // 7. If type is m.room.third_party_invite: the invite level is enough.
    if (type == "m.room.third_party_invite") {
        if (levels.of_user(sender) >= levels.to_invite()) return {};
        return failure(std::string("You don't have permission to invite users"));
    }
    return check_power(version, event, state, levels);
}

}  // namespace aksono::rooms
