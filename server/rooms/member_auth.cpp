// SPDX-License-Identifier: Apache-2.0
#include "rooms/member_auth.h"

#include "rooms/third_party_invite.h"

#include <fmt/format.h>

namespace aksono::rooms {

namespace {

const std::string& text_of(const Json& event, std::string_view key) {
    static const std::string kNone;
    const std::string* text = find_string(event, key);
    return text == nullptr ? kNone : *text;
}

const Json& content_of(const Json& event) {
    static const Json kNone = Json::object();
    const Json* content = find_member(event, "content");
    return content == nullptr ? kNone : *content;
}

const Json* signed_invite(const Json& event) {
    const Json* invite = find_member(content_of(event), "third_party_invite");
    return invite == nullptr ? nullptr : find_member(*invite, "signed");
}

/// One membership event under examination.
struct Case {
    const crypto::RoomVersion& version;
    const Json& event;
    const AuthState& state;
    const PowerLevels& levels;
    const std::string& sender;
    const std::string& target;
    std::string sender_membership;
    std::string target_membership;

    [[nodiscard]] std::int64_t sender_level() const { return levels.of_user(sender); }
    [[nodiscard]] std::int64_t target_level() const { return levels.of_user(target); }
    [[nodiscard]] std::string join_rule() const {
        const Json* rules = state.find("m.room.join_rules");
        const std::string* rule =
            rules == nullptr ? nullptr : find_string(content_of(*rules), "join_rule");
        return rule == nullptr ? "invite" : *rule;
    }
    [[nodiscard]] Result<void> sender_must_be_joined() const {
        if (sender_membership == "join") return {};
        return failure(fmt::format("{} not in room {}.", sender, text_of(event, "room_id")));
    }
};

/// «If the only previous event is an m.room.create and the state_key is the creator, allow.»
bool is_creators_first_join(const Case& c) {
    const Json* prev = find_member(c.event, "prev_events");
    const Json* create = c.state.find("m.room.create");
    if (prev == nullptr || prev->size() != 1 || create == nullptr) return false;
    // Nothing but the create event is in the state when it is the only event before this one.
    if (c.state.find("m.room.power_levels") != nullptr || c.target_membership != "leave" ||
        c.state.find("m.room.member", c.target) != nullptr) {
        return false;
    }
    const Json* depth = find_member(c.event, "depth");
    if (depth != nullptr && *depth != 2) return false;
    if (c.version.creator_is_sender) return text_of(*create, "sender") == c.target;
    return text_of(content_of(*create), "creator") == c.target;
}

/// «If the join_rule is restricted or knock_restricted»
Result<void> check_restricted_join(const Case& c) {
    // 1. If membership state is join or invite, allow.
    if (c.target_membership == "join" || c.target_membership == "invite") return {};
    // 2. If the join_authorised_via_users_server key in content is not a user with sufficient
    //    permission to invite other users or is not a joined member of the room, reject.
    const std::string* via = find_string(content_of(c.event), "join_authorised_via_users_server");
    if (via == nullptr) {
        return failure(std::string("Join event is missing authorising user."));
    }
    if (membership_of(c.state, *via) != "join") {
        return failure(std::string("Authorising user not in the room."));
    }
    if (c.levels.of_user(*via) < c.levels.to_invite()) {
        return failure(
            std::string("Join event authorised by user who does not have permission to invite."));
    }
    return {};
}

Result<void> check_join(const Case& c) {
    if (is_creators_first_join(c)) return {};
    if (c.sender != c.target) return failure(std::string("Cannot force another user to join."));
    if (c.target_membership == "ban") return failure(std::string("You are banned from this room"));
    const std::string rule = c.join_rule();
    if (rule == "public") return {};
    const bool knocks = c.version.knocking && rule == "knock";
    if (rule == "invite" || knocks) {
        if (c.target_membership == "invite" || c.target_membership == "join") return {};
        return failure(std::string("You are not invited to this room."));
    }
    if ((c.version.restricted_join && rule == "restricted") ||
        (c.version.knock_restricted_join && rule == "knock_restricted")) {
        return check_restricted_join(c);
    }
    return failure(std::string("You are not allowed to join this room"));
}

/// «If content has a third_party_invite property»
Result<void> check_third_party_invite(const Case& c) {
    const auto refused = failure(std::string("You are not invited to this room."));
    if (c.target_membership == "ban") {
        return failure(fmt::format("{} is banned from the room", c.target));
    }
    const Json* signed_part = signed_invite(c.event);
    if (signed_part == nullptr) return refused;
    const std::string* mxid = find_string(*signed_part, "mxid");
    const std::string* token = find_string(*signed_part, "token");
    if (mxid == nullptr || token == nullptr || *mxid != c.target) return refused;
    const Json* invite = c.state.find("m.room.third_party_invite", *token);
    if (invite == nullptr || text_of(*invite, "sender") != c.sender) return refused;
    if (is_signed_by_invite(*signed_part, *invite)) return {};
    return refused;
}

Result<void> check_invite(const Case& c) {
    if (find_member(content_of(c.event), "third_party_invite") != nullptr) {
        return check_third_party_invite(c);
    }
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.target_membership == "ban") {
        return failure(fmt::format("{} is banned from the room", c.target));
    }
    if (c.target_membership == "join") {
        return failure(fmt::format("{} is already in the room.", c.target));
    }
    if (c.sender_level() >= c.levels.to_invite()) return {};
    return failure(std::string("You don't have permission to invite users"));
}

Result<void> check_leave(const Case& c) {
    if (c.sender == c.target) {
        if (c.target_membership == "invite" || c.target_membership == "join" ||
            (c.version.knocking && c.target_membership == "knock")) {
            return {};
        }
        if (c.target_membership == "ban") {
            return failure(std::string("You are banned from this room"));
        }
        return c.sender_must_be_joined();
    }
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.target_membership == "ban" && c.sender_level() < c.levels.to_ban()) {
        return failure(fmt::format("You cannot unban user {}.", c.target));
    }
    if (c.sender_level() >= c.levels.to_kick() && c.target_level() < c.sender_level()) return {};
    return failure(fmt::format("You cannot kick user {}.", c.target));
}

Result<void> check_ban(const Case& c) {
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.sender_level() >= c.levels.to_ban() && c.target_level() < c.sender_level()) return {};
    return failure(std::string("You don't have permission to ban"));
}

Result<void> check_knock(const Case& c) {
    const std::string rule = c.join_rule();
    if (rule != "knock" && !(c.version.knock_restricted_join && rule == "knock_restricted")) {
        return failure(std::string("You don't have permission to knock"));
    }
    if (c.sender != c.target) return failure(std::string("You cannot knock for other users"));
    if (c.target_membership == "join") {
        return failure(std::string("You are already in this room"));
    }
    if (c.target_membership == "invite") {
        return failure(std::string("You are already invited to this room"));
    }
    if (c.target_membership == "ban") return failure(std::string("You are banned from this room"));
    return {};
}

}  // namespace

std::string membership_of(const AuthState& state, std::string_view user) {
    const Json* member = state.find("m.room.member", user);
    const std::string* membership =
        member == nullptr ? nullptr : find_string(content_of(*member), "membership");
    return membership == nullptr ? "leave" : *membership;
}

void add_member_auth_keys(const crypto::RoomVersion& version, const Json& event,
                          std::vector<StateKey>& keys) {
    const std::string& target = text_of(event, "state_key");
    const std::string& membership = text_of(content_of(event), "membership");
    // «The target's current m.room.member event»
    if (target != text_of(event, "sender")) keys.emplace_back("m.room.member", target);
    // «If membership is join, invite or knock, the current m.room.join_rules event»
    if (membership == "join" || membership == "invite" || membership == "knock") {
        keys.emplace_back("m.room.join_rules", "");
    }
    // «If membership is invite and content contains a third_party_invite property …»
    const Json* signed_part = signed_invite(event);
    if (membership == "invite" && signed_part != nullptr) {
        if (const std::string* token = find_string(*signed_part, "token")) {
            keys.emplace_back("m.room.third_party_invite", *token);
        }
    }
    // «If membership is join, content.join_authorised_via_users_server is present …»
    const std::string* via = find_string(content_of(event), "join_authorised_via_users_server");
    if (version.restricted_join && membership == "join" && via != nullptr) {
        if (*via != target) keys.emplace_back("m.room.member", *via);
    }
}

Result<void> check_member_event(const crypto::RoomVersion& version, const Json& event,
                                const AuthState& state, const PowerLevels& levels) {
    const std::string* target = find_string(event, "state_key");
    const std::string* membership = find_string(content_of(event), "membership");
    // 1. If there is no state_key property, or no membership property in content, reject.
    if (target == nullptr || membership == nullptr) {
        return failure(std::string("Membership event lacks a state_key or a membership"));
    }
    const std::string& sender = text_of(event, "sender");
    const Case c{version,
                 event,
                 state,
                 levels,
                 sender,
                 *target,
                 membership_of(state, sender),
                 membership_of(state, *target)};
    if (*membership == "join") return check_join(c);
    if (*membership == "invite") return check_invite(c);
    if (*membership == "leave") return check_leave(c);
    if (*membership == "ban") return check_ban(c);
    if (version.knocking && *membership == "knock") return check_knock(c);
    return failure(fmt::format("Unknown membership {}", *membership));
}

}  // namespace aksono::rooms
