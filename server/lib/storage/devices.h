// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "pg/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aksono::storage {

enum class DeviceEntry {
    added,
    known,
    reserved,  ///< the id is that of a cross-signing key (devices.hidden)
};

/// Adds a device, or leaves the one with that id as it is.
DeviceEntry add_device(pg::Transaction& tx, const UserId& user, std::string_view device_id,
                       const std::optional<std::string>& display_name);

/// Which identity provider's session a device came from.
void insert_device_auth_provider(pg::Writer& tx, const UserId& user, std::string_view device_id,
                                 std::string_view provider, std::string_view session);

std::vector<std::string> device_ids_of(pg::Transaction& tx, const UserId& user);

/// How many queued messages each deleted device had.
struct DeletedDevice {
    std::string id;
    std::int64_t queued_messages = 0;
};

/// Deletes the devices with their keys, queued messages, dehydrated device and transaction ids.
std::vector<DeletedDevice> delete_devices(pg::Transaction& tx, const UserId& user,
                                          const std::vector<std::string>& devices);

/// A pusher that is gone.
struct DeletedPusher {
    std::string app_id;
    std::string pushkey;
};

/// Deletes the pushers of the devices and those that old releases tied to an access token.
std::vector<DeletedPusher> delete_pushers_of_devices(pg::Transaction& tx, const UserId& user,
                                                     const std::vector<std::string>& devices,
                                                     const std::vector<std::int64_t>& token_ids);

/// `stream_ids`: one of the pushers' stream for each.
void insert_deleted_pushers(pg::Writer& tx, const UserId& user,
                            const std::vector<DeletedPusher>& pushers,
                            const std::vector<std::int64_t>& stream_ids, std::string_view instance);

/// The note that Synapse's task runner leaves of a device's messages having been deleted.
void insert_deleted_messages_task(pg::Writer& tx, std::string_view task_id, const UserId& user,
                                  std::string_view device_id, std::int64_t up_to_stream_id,
                                  Millis now);

}  // namespace aksono::storage
