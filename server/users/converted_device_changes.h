// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"
#include "pg/database.h"
#include "storage/stream.h"

#include <cstdint>
#include <string>

namespace aksono::users {

/// Keeps device_lists_changes_converted_stream_position moving, as long as no room with members on
/// other servers is concerned. Written behind.
class ConvertedDeviceChanges {
public:
    ConvertedDeviceChanges(pg::Database& db, storage::Streams& streams, std::string server_name,
                           std::string device_lists_writer);

    /// With the other things that are written behind, and when the server stops; from one thread at
    /// a time. Nothing is sent to the database when no device has changed.
    void flush(Waiter& waiter);

private:
    pg::Database& db_;
    storage::Streams& streams_;
    std::string server_name_;
    std::string device_lists_writer_;
    std::int64_t done_ = 0;
};

}  // namespace aksono::users
