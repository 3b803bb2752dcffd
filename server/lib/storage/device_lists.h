// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

/// Writes that devices of a user have changed: device_lists_stream (older rows of the same devices
/// go) and, for each room that the user is joined to, device_lists_changes_in_room. `stream_ids`:
/// one for each device. Answers those rooms.
std::vector<std::string> insert_device_list_changes(pg::Transaction& tx, const UserId& user,
                                                    const std::vector<std::string>& devices,
                                                    const std::vector<std::int64_t>& stream_ids,
                                                    std::string_view instance, Millis now);

/// Moves the position up to which changes in rooms have been turned into messages to other servers,
/// to `position`; not where a room with members elsewhere has changes above it that no one has
/// turned yet: whoever sends to other servers does that.
void advance_converted_device_changes(pg::Writer& tx, std::int64_t position,
                                      std::string_view server_name, std::string_view instance);

}  // namespace aksono::storage
