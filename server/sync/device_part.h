// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/device_reader.h"
#include "sync/sync_room.h"

#include <set>
#include <string>
#include <vector>

namespace aksono::sync {

/// What an answer tells about devices: the client's own, and those of people it shares rooms with.
struct DevicePart {
    std::vector<std::string> to_device;
    std::int64_t to_device_reached = 0;
    std::set<std::string> changed;
    std::set<std::string> left;
    storage::DeviceKeyCounts keys;

    [[nodiscard]] bool has_news() const {
        return !to_device.empty() || !changed.empty() || !left.empty();
    }
};

/// `rooms`: of the same answer, their timelines and states filled.
DevicePart device_part(pg::Transaction& tx, const SyncRequest& request, const StreamToken& now,
                       const SyncRooms& rooms);

}  // namespace aksono::sync
