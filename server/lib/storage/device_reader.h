// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/transaction.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace aksono::storage {

/// To-device messages with after < stream_id <= until, oldest first, at most `limit`.
struct ToDeviceMessages {
    std::vector<std::string> messages;  ///< JSON texts
    std::int64_t reached = 0;           ///< all up to here are among them
};
ToDeviceMessages to_device_messages(pg::Transaction& tx, const std::string& user,
                                    const std::string& device, std::int64_t after,
                                    std::int64_t until, std::int64_t limit);

/// Deletes what the device has acknowledged: everything up to the position of its own token.
std::int64_t delete_to_device_messages(pg::Transaction& tx, const std::string& user,
                                       const std::string& device, std::int64_t until);

/// One-time keys left, by algorithm, and algorithms whose fallback key is unused.
struct DeviceKeyCounts {
    std::map<std::string, std::int64_t> one_time_keys;
    std::vector<std::string> unused_fallback_types;
};
DeviceKeyCounts device_key_counts(pg::Transaction& tx, const std::string& user,
                                  const std::string& device);

/// Users whose devices or cross-signing keys changed with after < stream_id <= until and who share
/// a room with `user`, the user included, and those whose keys the user signed.
std::set<std::string> changed_device_lists(pg::Transaction& tx, const std::string& user,
                                           std::int64_t after, std::int64_t until);

/// Which of `others` share a room with `user`, both joined.
std::set<std::string> sharing_a_room(pg::Transaction& tx, const std::string& user,
                                     const std::vector<std::string>& others);

/// The joined members of some rooms.
std::set<std::string> joined_members(pg::Transaction& tx, const std::vector<std::string>& room_ids);

}  // namespace aksono::storage
