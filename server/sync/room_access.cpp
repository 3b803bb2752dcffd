// SPDX-License-Identifier: Apache-2.0
#include "sync/room_access.h"

#include "base/matrix_error.h"
#include "sync/visibility.h"

namespace aksono::sync {

namespace {

bool is_world_readable(pg::Transaction& tx, storage::EventReader& reader, const RoomId& room) {
    const auto states = storage::current_state(
        tx, {room.str()}, storage::StateFilter::only({{"m.room.history_visibility", ""}}));
    const auto state = states.find(room.str());
    if (state == states.end() || state->second.empty()) return false;
    const auto event = reader.load_one(tx, state->second.begin()->second);
    return event != nullptr && visibility_of(event->content()) == "world_readable";
}

}  // namespace

RoomAccess require_room_access(pg::Transaction& tx, storage::EventReader& reader,
                               const UserId& user, const RoomId& room) {
    auto membership = storage::membership_in_room(tx, user.str(), room.str());
    if (membership && membership->membership == "join") {
        return {RoomAccess::As::member, std::move(*membership)};
    }
    if (membership && membership->membership == "leave" && !membership->forgotten) {
        return {RoomAccess::As::leaver, std::move(*membership)};
    }
    if (is_world_readable(tx, reader, room)) return {RoomAccess::As::visitor, {}};
    throw MatrixError::forbidden("User " + user.str() + " not in room " + room.str() +
                                 ", and room previews are disabled");
}

storage::StateMap state_after(pg::Transaction& tx, const std::string& event_id,
                              const storage::StateFilter& filter) {
    const auto groups = storage::state_groups_of_events(tx, {event_id});
    const auto group = groups.find(event_id);
    if (group == groups.end()) return {};
    auto states = storage::state_of_groups(tx, {group->second}, filter);
    return std::move(states[group->second]);
}

storage::StateMap readable_state(pg::Transaction& tx, const RoomAccess& access, const RoomId& room,
                                 const storage::StateFilter& filter) {
    if (access.as == RoomAccess::As::leaver) {
        return state_after(tx, access.membership.event_id, filter);
    }
    auto states = storage::current_state(tx, {room.str()}, filter);
    return std::move(states[room.str()]);
}

}  // namespace aksono::sync
