// SPDX-License-Identifier: Apache-2.0
#include "users/change_writer.h"

#include "base/clock.h"
#include "storage/device_lists.h"

namespace aksono::users {

void ChangeWriter::begin() {
    leases_.clear();
    keys_.clear();
}

const std::vector<std::int64_t>& ChangeWriter::take(storage::Stream& stream, pg::Transaction& tx,
                                                    std::size_t count) {
    leases_.push_back(stream.reserve(tx, static_cast<int>(count)));
    return leases_.back().ids();
}

void ChangeWriter::devices_changed(pg::Transaction& tx, const UserId& user,
                                   const std::vector<std::string>& devices) {
    if (devices.empty()) return;
    const auto& ids = take(streams_.device_lists, tx, devices.size());
    keys_ =
        storage::insert_device_list_changes(tx, user, devices, ids, device_lists_writer_, now_ms());
    keys_.push_back(user.str());
}

void ChangeWriter::invalidate(pg::Transaction& tx,
                              const std::vector<storage::CacheInvalidation>& what) {
    if (what.empty()) return;
    const auto& ids = take(streams_.caches, tx, what.size());
    storage::insert_cache_invalidations(tx, what, ids, now_ms());
}

std::vector<std::int64_t> ChangeWriter::pusher_ids(pg::Transaction& tx, std::size_t count) {
    return take(streams_.pushers, tx, count);
}

void ChangeWriter::committed(const Notify& notify) {
    leases_.clear();
    if (notify && !keys_.empty()) notify(keys_);
}

}  // namespace aksono::users
