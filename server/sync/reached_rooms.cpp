// SPDX-License-Identifier: Apache-2.0
#include "sync/reached_rooms.h"

#include "storage/reached_rooms.h"

namespace aksono::sync {

ReachedRooms::ReachedRooms(pg::Transaction& tx, const StreamPosition& at) : everywhere_(at.stream) {
    if (!at.writers.empty()) beyond_ = storage::reached_rooms(tx, at.stream, at.writers);
}

std::int64_t ReachedRooms::of(const std::string& room_id) const {
    const auto it = beyond_.find(room_id);
    return it == beyond_.end() ? everywhere_ : it->second;
}

}  // namespace aksono::sync
