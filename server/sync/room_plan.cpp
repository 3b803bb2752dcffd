// SPDX-License-Identifier: Apache-2.0
#include "sync/room_plan.h"

#include "sync/reached_rooms.h"

#include <algorithm>
#include <map>

namespace aksono::sync {

using storage::UserRoom;

namespace {

bool is_gone(const UserRoom& room) {
    return room.membership == "leave" || room.membership == "ban";
}

/// Whoever went and came back has missed something.
bool was_away(const std::vector<UserRoom>& changes) {
    return std::any_of(changes.begin(), changes.end(),
                       [](const auto& change) { return change.membership != "join"; });
}

SyncRoom joined_room(std::string room_id, std::optional<std::int64_t> since, std::int64_t until) {
    SyncRoom room;
    room.room_id = std::move(room_id);
    room.since = since;
    room.until = until;
    return room;
}

}  // namespace

bool RoomPlan::wanted(const UserRoom& room) const {
    // Rooms that the filter excludes (`not_rooms`) are dropped later, when none of their events has
    // passed: some name no room, so that they pass.
    const auto& only = request_.filter.room.rooms;
    return !only || std::find(only->begin(), only->end(), room.room_id) != only->end();
}

void RoomPlan::add_pending(SyncRooms& rooms, const UserRoom& room) const {
    if (ignored_.contains(room.sender)) return;
    auto& list = room.membership == "invite" ? rooms.invited : rooms.knocked;
    list.push_back({room.room_id, room.event_id});
}

void RoomPlan::add_left(SyncRooms& rooms, const UserRoom& leave,
                        std::optional<std::int64_t> since) const {
    SyncRoom room = joined_room(leave.room_id, since, leave.stream_ordering);
    room.joined = false;
    rooms.left.push_back(std::move(room));
}

std::vector<UserRoom> RoomPlan::rooms_now(pg::Transaction& tx,
                                          const std::vector<std::string>& memberships) const {
    auto rooms = storage::rooms_of_user(tx, request_.user, memberships, until_);
    std::erase_if(rooms, [&](const UserRoom& room) { return hidden_.contains(room.room_id); });
    std::vector<std::string> changed_later;
    for (const auto& room : rooms) {
        if (room.stream_ordering > until_) changed_later.push_back(room.room_id);
    }
    // Memberships that are newer than the answer's token count as they were at the token. Of those
    // only joins matter: what else there was comes again as a change, with the next token.
    const auto at_token = storage::memberships_at(tx, request_.user, changed_later, until_);
    std::erase_if(rooms, [&](UserRoom& room) {
        // Invitations and knocks are told of whatever rooms the filter names.
        const bool pending = room.membership == "invite" || room.membership == "knock";
        if (!pending && !wanted(room)) return true;
        if (room.stream_ordering <= until_) return false;
        const auto it = at_token.find(room.room_id);
        if (it == at_token.end() || it->second != "join") return true;
        room.membership = "join";
        return false;
    });
    return rooms;
}

SyncRooms RoomPlan::initial(pg::Transaction& tx) const {
    SyncRooms rooms;
    for (const auto& room : rooms_now(tx, {"join", "invite", "knock", "leave", "ban"})) {
        if (room.membership == "join") {
            rooms.joined.push_back(joined_room(room.room_id, std::nullopt, until_));
        } else if (!is_gone(room)) {
            add_pending(rooms, room);
        } else if (!room.forgotten &&
                   (request_.filter.include_leave || room.sender != request_.user)) {
            // Who was thrown out is told so; who left by themself knows.
            add_left(rooms, room, std::nullopt);
        }
    }
    return rooms;
}

void RoomPlan::add_changed(SyncRooms& rooms, const std::string& room_id, const Changes& changes,
                           bool was_joined, std::int64_t since) const {
    const bool had_join = std::any_of(changes.begin(), changes.end(), [](const auto& change) {
        return change.membership == "join";
    });
    const auto& last = changes.back();
    if (last.membership == "invite" || last.membership == "knock") add_pending(rooms, last);
    const auto leave = std::find_if(changes.rbegin(), changes.rend(), is_gone);
    if (leave == changes.rend()) return;
    if (was_joined || had_join) rooms.newly_left.push_back(room_id);
    const bool is_new = had_join && !was_joined;
    // Its members' devices count as changed too, though it is left again.
    if (is_new) rooms.newly_joined.push_back(room_id);
    if (!wanted(*leave)) return;
    add_left(rooms, *leave, is_new ? std::nullopt : std::optional(since));
    rooms.left.back().newly_joined = is_new;
}

SyncRooms RoomPlan::incremental(pg::Transaction& tx) const {
    SyncRooms rooms;
    const std::int64_t since = request_.since->events.at.stream;
    const ReachedRooms reached(tx, request_.since->events.at);
    std::map<std::string, Changes> changes;
    if (since < until_) {
        for (auto& change : storage::membership_changes(tx, request_.user, since, until_)) {
            if (change.stream_ordering <= reached.of(change.room_id)) continue;
            if (hidden_.contains(change.room_id)) continue;
            changes[change.room_id].push_back(std::move(change));
        }
    }
    std::vector<std::string> changed;
    for (const auto& [room_id, list] : changes)
        changed.push_back(room_id);
    const auto before = storage::memberships_at(tx, request_.user, changed, since);
    const auto was_joined = [&](const std::string& room_id) {
        const auto it = before.find(room_id);
        return it != before.end() && it->second == "join";
    };
    std::unordered_set<std::string> still_joined;
    for (const auto& room : rooms_now(tx, {"join"})) {
        still_joined.insert(room.room_id);
        const auto change = changes.find(room.room_id);
        const bool is_new =
            change != changes.end() && (!was_joined(room.room_id) || was_away(change->second));
        if (is_new) rooms.newly_joined.push_back(room.room_id);
        const auto seen = reached.of(room.room_id);
        rooms.joined.push_back(
            joined_room(room.room_id, is_new ? std::nullopt : std::optional(seen), until_));
        rooms.joined.back().newly_joined = is_new;
        rooms.joined.back().token_since = seen;
    }
    for (const auto& [room_id, list] : changes) {
        if (!still_joined.contains(room_id)) {
            add_changed(rooms, room_id, list, was_joined(room_id), reached.of(room_id));
        }
    }
    return rooms;
}

}  // namespace aksono::sync
