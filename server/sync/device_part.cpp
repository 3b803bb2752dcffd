// SPDX-License-Identifier: Apache-2.0
#include "sync/device_part.h"

namespace aksono::sync {

namespace {

constexpr std::int64_t kToDeviceLimit = 100;

/// People whose membership of the user's rooms changed, as far as the answer shows it.
struct Comers {
    std::set<std::string> came;
    std::set<std::string> left;
};

void look_at(const storage::Event& event, const std::string& user, Comers& comers) {
    if (event.type != "m.room.member" || !event.state_key) return;
    const auto membership = event.membership();
    const bool here = membership == "join" || membership == "invite" || membership == "knock";
    if (here) {
        comers.came.insert(*event.state_key);
        comers.left.erase(*event.state_key);
    } else if (event.state_key != user) {
        comers.left.insert(*event.state_key);
        comers.came.erase(*event.state_key);
    }
}

Comers comers_of(const SyncRooms& rooms, const std::string& user) {
    Comers comers;
    for (const auto& room : rooms.joined) {
        for (const auto& event : room.state)
            look_at(*event, user, comers);
        for (const auto& event : room.timeline)
            look_at(*event, user, comers);
    }
    return comers;
}

void device_lists(pg::Transaction& tx, const SyncRequest& request, const StreamToken& now,
                  const SyncRooms& rooms, DevicePart& part) {
    const auto since = request.since->at(StreamToken::device_lists);
    const auto until = now.at(StreamToken::device_lists);
    if (since < until) {
        part.changed = storage::changed_device_lists(tx, request.user, since, until);
    }
    auto comers = comers_of(rooms, request.user);
    part.changed.merge(comers.came);
    part.changed.merge(storage::joined_members(tx, rooms.newly_joined));
    comers.left.merge(storage::joined_members(tx, rooms.newly_left));
    comers.left.erase(request.user);
    if (comers.left.empty()) return;
    const auto sharing =
        storage::sharing_a_room(tx, request.user, {comers.left.begin(), comers.left.end()});
    for (const auto& user : comers.left) {
        if (!sharing.contains(user)) part.left.insert(user);
    }
}

}  // namespace

DevicePart device_part(pg::Transaction& tx, const SyncRequest& request, const StreamToken& now,
                       const SyncRooms& rooms) {
    DevicePart part;
    part.to_device_reached = now.at(StreamToken::to_device);
    if (request.since) device_lists(tx, request, now, rooms, part);
    if (!request.device_id) return part;
    const auto after = request.since ? request.since->at(StreamToken::to_device) : 0;
    if (after < part.to_device_reached) {
        auto inbox = storage::to_device_messages(tx, request.user, *request.device_id, after,
                                                 part.to_device_reached, kToDeviceLimit);
        part.to_device = std::move(inbox.messages);
        part.to_device_reached = inbox.reached;
    }
    part.keys = storage::device_key_counts(tx, request.user, *request.device_id);
    return part;
}

}  // namespace aksono::sync
