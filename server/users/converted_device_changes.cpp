// SPDX-License-Identifier: Apache-2.0
#include "users/converted_device_changes.h"

#include "storage/device_lists.h"

namespace aksono::users {

ConvertedDeviceChanges::ConvertedDeviceChanges(pg::Database& db, storage::Streams& streams,
                                               std::string server_name,
                                               std::string device_lists_writer)
    : db_(db),
      streams_(streams),
      server_name_(std::move(server_name)),
      device_lists_writer_(std::move(device_lists_writer)) {}

void ConvertedDeviceChanges::flush(Waiter& waiter) {
    const auto position = streams_.device_lists.position();
    if (position == done_) return;
    db_.write(
        waiter, "advance_converted_device_changes",
        [&](pg::Transaction& tx) {
            storage::advance_converted_device_changes(tx, position, server_name_,
                                                      device_lists_writer_);
        },
        pg::Isolation::read_committed);
    done_ = position;
}

}  // namespace aksono::users
