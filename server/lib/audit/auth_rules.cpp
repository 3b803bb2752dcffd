// SPDX-License-Identifier: Apache-2.0
#include "audit/auth_rules.h"

#include "audit/event_rules.h"
#include "audit/power_levels.h"

namespace aksono::audit {

namespace {

using Refusal = std::optional<std::string>;

std::string domain_of(const std::string& id) {
    const auto colon = id.find(':');
    return colon == std::string::npos ? "" : id.substr(colon + 1);
}

std::string text_in(const Json& object, const char* member) {
    const std::string* text = find_string(object, member);
    return text != nullptr ? *text : "";
}

/// What the rules ask of a room.
class Room {
public:
    Room(int number, const State& before)
        : version(number), state(before), levels(number, before) {}

    const Fact* find(const char* type, const std::string& key) const {
        const auto it = state.find({type, key});
        return it == state.end() ? nullptr : &it->second;
    }
    std::string membership(const std::string& user) const {
        const Fact* member = find("m.room.member", user);
        return member != nullptr ? text_in(member->content, "membership") : "leave";
    }
    std::string join_rule() const {
        const Fact* rules = find("m.room.join_rules", "");
        const std::string rule = rules != nullptr ? text_in(rules->content, "join_rule") : "";
        return rule.empty() ? "invite" : rule;
    }

    int version;
    const State& state;
    PowerLevels levels;
};

Refusal refuse_create(int version, const Fact& event) {
    if (!event.prev_events.empty()) return "a create event follows nothing";
    if (version < 12 && domain_of(event.room_id) != domain_of(event.sender)) {
        return "the room's domain is not the creator's";
    }
    const Json* room_version = find_member(event.content, "room_version");
    if (room_version != nullptr &&
        (!room_version->is_string() || !room_version_number(room_version->get<std::string>()))) {
        return "room_version is not known";
    }
    if (version < 11 && find_member(event.content, "creator") == nullptr) return "no creator";
    return std::nullopt;
}

bool only_follows_create(const Room& room, const Fact& event) {
    const Fact* create = room.find("m.room.create", "");
    if (create == nullptr || event.prev_events.size() != 1) return false;
    if (event.prev_events[0] != create->event_id) return false;
    const std::string creator =
        room.version >= 11 ? create->sender : text_in(create->content, "creator");
    return event.state_key == creator;
}

bool restricted(const Room& room) {
    const std::string rule = room.join_rule();
    return (rule == "restricted" && room.version >= 8) ||
           (rule == "knock_restricted" && room.version >= 10);
}

Refusal refuse_restricted_join(const Room& room, const Fact& event, const std::string& was) {
    if (was == "join" || was == "invite") return std::nullopt;
    const std::string by = text_in(event.content, "join_authorised_via_users_server");
    if (by.empty() || room.membership(by) != "join") return "nobody in the room let the user in";
    if (room.levels.of_user(by) < room.levels.to("invite")) {
        return by + " may not let others in";
    }
    return std::nullopt;
}

Refusal refuse_join(const Room& room, const Fact& event) {
    if (only_follows_create(room, event)) return std::nullopt;
    if (event.sender != *event.state_key) return "joins for somebody else";
    const std::string was = room.membership(event.sender);
    if (was == "ban") return "is banned";
    if (restricted(room)) return refuse_restricted_join(room, event, was);
    const std::string rule = room.join_rule();
    if (rule == "public") return std::nullopt;
    const bool invited = was == "invite" || was == "join";
    const bool by_invitation = rule == "invite" || (rule == "knock" && room.version >= 7);
    if (by_invitation && invited) return std::nullopt;
    return "join_rule " + rule + " keeps the user out";
}

Refusal refuse_third_party_invite(const Room& room, const Fact& event, const Json& invite) {
    if (room.membership(*event.state_key) == "ban") return "the invited user is banned";
    const Json* proof = find_member(invite, "signed");
    if (proof == nullptr) return "third_party_invite is not signed";
    const std::string token = text_in(*proof, "token");
    if (text_in(*proof, "mxid") != *event.state_key) return "third_party_invite is for another";
    const Fact* promise = room.find("m.room.third_party_invite", token);
    if (promise == nullptr) return "there is no such third-party invite";
    if (promise->sender != event.sender) return "another one sent the third-party invite";
    return std::nullopt;
}

Refusal refuse_invite(const Room& room, const Fact& event) {
    const Json* third_party = find_member(event.content, "third_party_invite");
    if (third_party != nullptr) return refuse_third_party_invite(room, event, *third_party);
    if (room.membership(event.sender) != "join") return "the sender is not in the room";
    const std::string was = room.membership(*event.state_key);
    if (was == "join" || was == "ban") return "the invited user's membership is " + was;
    if (room.levels.of_user(event.sender) < room.levels.to("invite")) return "may not invite";
    return std::nullopt;
}

Refusal refuse_leave(const Room& room, const Fact& event) {
    const std::string was = room.membership(*event.state_key);
    if (event.sender == *event.state_key) {
        const bool inside =
            was == "invite" || was == "join" || (was == "knock" && room.version >= 7);
        return inside ? Refusal() : "leaves a room that the user is not in";
    }
    if (room.membership(event.sender) != "join") return "the sender is not in the room";
    const Power own = room.levels.of_user(event.sender);
    if (was == "ban" && own < room.levels.to("ban")) return "may not lift a ban";
    if (own < room.levels.to("kick")) return "may not kick";
    if (room.levels.of_user(*event.state_key) >= own) return "kicks one as powerful";
    return std::nullopt;
}

Refusal refuse_ban(const Room& room, const Fact& event) {
    if (room.membership(event.sender) != "join") return "the sender is not in the room";
    const Power own = room.levels.of_user(event.sender);
    if (own < room.levels.to("ban")) return "may not ban";
    if (room.levels.of_user(*event.state_key) >= own) return "bans one as powerful";
    return std::nullopt;
}

Refusal refuse_knock(const Room& room, const Fact& event) {
    const std::string rule = room.join_rule();
    if (rule != "knock" && !(rule == "knock_restricted" && room.version >= 10)) {
        return "join_rule " + rule + " takes no knocks";
    }
    if (event.sender != *event.state_key) return "knocks for somebody else";
    const std::string was = room.membership(event.sender);
    if (was == "ban" || was == "invite" || was == "join") return "knocks while " + was;
    return std::nullopt;
}

Refusal refuse_member(const Room& room, const Fact& event) {
    if (!event.state_key) return "a membership of nobody";
    const std::string membership = text_in(event.content, "membership");
    if (membership == "join") return refuse_join(room, event);
    if (membership == "invite") return refuse_invite(room, event);
    if (membership == "leave") return refuse_leave(room, event);
    if (membership == "ban") return refuse_ban(room, event);
    if (membership == "knock" && room.version >= 7) return refuse_knock(room, event);
    return "membership is not known: " + membership;
}

bool federates(const Fact& create) {
    const Json* federate = find_member(create.content, "m.federate");
    return federate == nullptr || *federate != false;
}

/// Versions 1 and 2 ask for power to redact what is not one's own.
Refusal refuse_redaction(const Room& room, const Fact& event) {
    if (room.levels.of_user(event.sender) >= room.levels.to("redact")) return std::nullopt;
    const bool own = domain_of(event.redacts) == domain_of(event.event_id);
    return own ? Refusal() : "may not redact";
}

Refusal refuse_other(const Room& room, const Fact& event) {
    if (room.membership(event.sender) != "join") return "the sender is not in the room";
    if (event.type == "m.room.third_party_invite") {
        const bool may = room.levels.of_user(event.sender) >= room.levels.to("invite");
        return may ? Refusal() : "may not invite";
    }
    if (room.levels.to_send(event) > room.levels.of_user(event.sender)) {
        return "may not send " + event.type;
    }
    if (event.state_key && event.state_key->starts_with('@') && *event.state_key != event.sender) {
        return "the state is another user's";
    }
    if (event.type == "m.room.power_levels") {
        return refuse_power_levels(room.version, event, room.levels);
    }
    return std::nullopt;
}

}  // namespace

Refusal refusal(int version, const Fact& event, const State& state) {
    if (event.type == "m.room.create") return refuse_create(version, event);
    const Room room(version, state);
    const Fact* create = room.find("m.room.create", "");
    if (create == nullptr) return "the room has no create event";
    if (!federates(*create) && domain_of(event.sender) != domain_of(create->sender)) {
        return "the room is not for other servers";
    }
    if (event.type == "m.room.aliases" && version < 6) {
        const bool own = event.state_key == domain_of(event.sender);
        return own ? Refusal() : "aliases of another server";
    }
    if (event.type == "m.room.member") return refuse_member(room, event);
    if (const auto reason = refuse_other(room, event)) return reason;
    if (event.type == "m.room.redaction" && version < 3) return refuse_redaction(room, event);
    return std::nullopt;
}

std::vector<StateKey> auth_keys(int version, const Fact& event) {
    if (event.type == "m.room.create") return {};
    std::vector<StateKey> keys{{"m.room.power_levels", ""}, {"m.room.member", event.sender}};
    if (version < 12) keys.emplace_back("m.room.create", "");
    if (event.type != "m.room.member" || !event.state_key) return keys;
    keys.emplace_back("m.room.member", *event.state_key);
    const std::string membership = text_in(event.content, "membership");
    if (membership == "join" || membership == "invite" || membership == "knock") {
        keys.emplace_back("m.room.join_rules", "");
    }
    const Json* invite = find_member(event.content, "third_party_invite");
    const Json* proof = invite != nullptr ? find_member(*invite, "signed") : nullptr;
    if (membership == "invite" && proof != nullptr) {
        keys.emplace_back("m.room.third_party_invite", text_in(*proof, "token"));
    }
    const std::string by = text_in(event.content, "join_authorised_via_users_server");
    if (membership == "join" && version >= 8 && !by.empty()) {
        keys.emplace_back("m.room.member", by);
    }
    return keys;
}

}  // namespace aksono::audit
