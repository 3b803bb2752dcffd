// SPDX-License-Identifier: Apache-2.0
#include "events/member_auth.h"

#include "events/third_party_invite.h"

#include <fmt/format.h>

namespace aksono::events {

namespace {

/// One membership event under examination.
struct Case {
    const crypto::RoomVersion& version;
    const Event& event;
    const AuthState& state;
    const PowerLevels& levels;
    const std::string& sender;
    const std::string& target;
    std::string_view sender_membership;
    std::string_view target_membership;

    [[nodiscard]] std::int64_t sender_level() const { return levels.of_user(sender); }
    [[nodiscard]] std::int64_t target_level() const { return levels.of_user(target); }
    [[nodiscard]] std::string_view join_rule() const {
        const Event* rules = state.find("m.room.join_rules");
        const std::string* rule =
            rules == nullptr ? nullptr : find_string(rules->content(), "join_rule");
        return rule == nullptr ? std::string_view("invite") : *rule;
    }
    [[nodiscard]] Verdict sender_must_be_joined() const {
        if (sender_membership == "join") return {};
        return refuse(fmt::format("{} not in room {}.", sender, event.room_id));
    }
};

/// «If the only previous event is an m.room.create and the state_key is the creator, allow.»
bool is_creators_first_join(const Case& c) {
    const Event* create = c.state.find("m.room.create");
    if (c.event.prev_events.size() != 1 || create == nullptr) return false;
    // Nothing but the create event is in the state when it is the only event before this one.
    if (c.state.find("m.room.power_levels") != nullptr || c.target_membership != "leave" ||
        c.state.find("m.room.member", c.target) != nullptr) {
        return false;
    }
    if (c.event.depth != 2) return false;
    if (c.version.creator_is_sender) return create->sender == c.target;
    const std::string* creator = find_string(create->content(), "creator");
    return creator != nullptr && *creator == c.target;
}

/// «If the join_rule is restricted or knock_restricted»
Verdict check_restricted_join(const Case& c) {
    // 1. If membership state is join or invite, allow.
    if (c.target_membership == "join" || c.target_membership == "invite") return {};
    // 2. If the join_authorised_via_users_server key in content is not a user with sufficient
    //    permission to invite other users or is not a joined member of the room, reject.
    const std::string* via = find_string(c.event.content(), "join_authorised_via_users_server");
    if (via == nullptr) {
        return refuse("Join event is missing authorising user.");
    }
    if (membership_of(c.state, *via) != "join") {
        return refuse("Authorising user not in the room.");
    }
    if (c.levels.of_user(*via) < c.levels.to_invite()) {
        return refuse("Join event authorised by user who does not have permission to invite.");
    }
    return {};
}

Verdict check_join(const Case& c) {
    if (is_creators_first_join(c)) return {};
    if (c.sender != c.target) return refuse("Cannot force another user to join.");
    if (c.target_membership == "ban") return refuse("You are banned from this room");
    const std::string_view rule = c.join_rule();
    if (rule == "public") return {};
    const bool knocks = c.version.knocking && rule == "knock";
    if (rule == "invite" || knocks) {
        if (c.target_membership == "invite" || c.target_membership == "join") return {};
        return refuse("You are not invited to this room.");
    }
    if ((c.version.restricted_join && rule == "restricted") ||
        (c.version.knock_restricted_join && rule == "knock_restricted")) {
        return check_restricted_join(c);
    }
    return refuse("You are not allowed to join this room");
}

/// «If content has a third_party_invite property»
Verdict check_third_party_invite(const Case& c) {
    const auto refused = refuse("You are not invited to this room.");
    if (c.target_membership == "ban") {
        return refuse(fmt::format("{} is banned from the room", c.target));
    }
    const Json* signed_part = signed_invite(c.event.content());
    if (signed_part == nullptr) return refused;
    const std::string* mxid = find_string(*signed_part, "mxid");
    const std::string* token = find_string(*signed_part, "token");
    if (mxid == nullptr || token == nullptr || *mxid != c.target) return refused;
    const Event* invite = c.state.find("m.room.third_party_invite", *token);
    if (invite == nullptr || invite->sender != c.sender) return refused;
    if (is_signed_by_invite(*signed_part, *invite)) return {};
    return refused;
}

Verdict check_invite(const Case& c) {
    if (find_member(c.event.content(), "third_party_invite") != nullptr) {
        return check_third_party_invite(c);
    }
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.target_membership == "ban") {
        return refuse(fmt::format("{} is banned from the room", c.target));
    }
    if (c.target_membership == "join") {
        return refuse(fmt::format("{} is already in the room.", c.target));
    }
    if (c.sender_level() >= c.levels.to_invite()) return {};
    return refuse("You don't have permission to invite users");
}

Verdict check_leave(const Case& c) {
    if (c.sender == c.target) {
        if (c.target_membership == "invite" || c.target_membership == "join" ||
            (c.version.knocking && c.target_membership == "knock")) {
            return {};
        }
        if (c.target_membership == "ban") {
            return refuse("You are banned from this room");
        }
        return c.sender_must_be_joined();
    }
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.target_membership == "ban" && c.sender_level() < c.levels.to_ban()) {
        return refuse(fmt::format("You cannot unban user {}.", c.target));
    }
    if (c.sender_level() >= c.levels.to_kick() && c.target_level() < c.sender_level()) return {};
    return refuse(fmt::format("You cannot kick user {}.", c.target));
}

Verdict check_ban(const Case& c) {
    if (auto joined = c.sender_must_be_joined(); !joined) return joined;
    if (c.sender_level() >= c.levels.to_ban() && c.target_level() < c.sender_level()) return {};
    return refuse("You don't have permission to ban");
}

Verdict check_knock(const Case& c) {
    const std::string_view rule = c.join_rule();
    if (rule != "knock" && !(c.version.knock_restricted_join && rule == "knock_restricted")) {
        return refuse("You don't have permission to knock");
    }
    if (c.sender != c.target) return refuse("You cannot knock for other users");
    if (c.target_membership == "join") {
        return refuse("You are already in this room");
    }
    if (c.target_membership == "invite") {
        return refuse("You are already invited to this room");
    }
    if (c.target_membership == "ban") return refuse("You are banned from this room");
    return {};
}

}  // namespace

Verdict check_member_event(const crypto::RoomVersion& version, const Event& event,
                           const AuthState& state, const PowerLevels& levels) {
    const std::string* membership = find_string(event.content(), "membership");
    // 1. If there is no state_key property, or no membership property in content, reject.
    if (!event.is_state() || membership == nullptr) {
        return refuse("Membership event lacks a state_key or a membership");
    }
    const Case c{version,
                 event,
                 state,
                 levels,
                 event.sender,
                 *event.state_key,
                 membership_of(state, event.sender),
                 membership_of(state, *event.state_key)};
    if (*membership == "join") return check_join(c);
    if (*membership == "invite") return check_invite(c);
    if (*membership == "leave") return check_leave(c);
    if (*membership == "ban") return check_ban(c);
    if (version.knocking && *membership == "knock") return check_knock(c);
    return refuse(fmt::format("Unknown membership {}", *membership));
}

}  // namespace aksono::events
