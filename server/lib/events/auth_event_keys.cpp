// SPDX-License-Identifier: Apache-2.0
#include "events/auth_event_keys.h"

#include "events/third_party_invite.h"

namespace aksono::events {

namespace {

void add_for_member(const crypto::RoomVersion& version, const AuthEventQuestion& event,
                    std::vector<StateKey>& keys) {
    const std::string* text = find_string(event.content, "membership");
    const std::string_view membership = text == nullptr ? std::string_view() : *text;
    const std::string_view target = event.state_key.value_or("");
    // «The target's current m.room.member event»
    if (target != event.sender) keys.emplace_back("m.room.member", target);
    // «If membership is join, invite or knock, the current m.room.join_rules event»
    if (membership == "join" || membership == "invite" || membership == "knock") {
        keys.emplace_back("m.room.join_rules", "");
    }
    // «If membership is invite and content contains a third_party_invite property …»
    const Json* signed_part = signed_invite(event.content);
    if (membership == "invite" && signed_part != nullptr) {
        if (const std::string* token = find_string(*signed_part, "token")) {
            keys.emplace_back("m.room.third_party_invite", *token);
        }
    }
    // «If membership is join, content.join_authorised_via_users_server is present …»
    const std::string* via = find_string(event.content, "join_authorised_via_users_server");
    if (version.restricted_join && membership == "join" && via != nullptr && *via != target) {
        keys.emplace_back("m.room.member", *via);
    }
}

}  // namespace

std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version,
                                      const AuthEventQuestion& question) {
    if (question.type == "m.room.create") return {};
    std::vector<StateKey> keys;
    // «Depending on the room version, the m.room.create event.»
    if (!version.room_id_is_create_hash) keys.emplace_back("m.room.create", "");
    keys.emplace_back("m.room.power_levels", "");
    keys.emplace_back("m.room.member", question.sender);
    if (question.type == "m.room.member") add_for_member(version, question, keys);
    return keys;
}

std::vector<StateKey> auth_event_keys(const crypto::RoomVersion& version, const Event& event) {
    return auth_event_keys(version, {event.type, event.sender, event.state_key, event.content()});
}

}  // namespace aksono::events
