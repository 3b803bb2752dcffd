// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "pg/transaction.h"
#include "storage/cache_invalidation.h"
#include "storage/stream.h"

#include <functional>
#include <string>
#include <vector>

namespace aksono::users {

/// Wakes whoever waits for news of these users and rooms.
using Notify = std::function<void(const std::vector<std::string>& keys)>;

/// The stream rows of one change to an account. Holds their ids in flight: keep it alive until the
/// transaction has committed or failed, and call begin() at the start of each attempt.
class ChangeWriter {
public:
    /// `device_lists_writer`: the instance that we stand in for. All else the main process does.
    ChangeWriter(storage::Streams& streams, std::string device_lists_writer)
        : streams_(streams), device_lists_writer_(std::move(device_lists_writer)) {}

    void begin();

    /// Devices were added, renamed or deleted.
    void devices_changed(pg::Transaction& tx, const UserId& user,
                         const std::vector<std::string>& devices);
    void invalidate(pg::Transaction& tx, const std::vector<storage::CacheInvalidation>& what);
    /// Ids of the pushers' stream.
    std::vector<std::int64_t> pusher_ids(pg::Transaction& tx, std::size_t count);

    /// Lets the ids go and wakes those who wait; call it after the commit.
    void committed(const Notify& notify);

    [[nodiscard]] std::int64_t to_device_position() const { return streams_.to_device.position(); }

private:
    const std::vector<std::int64_t>& take(storage::Stream& stream, pg::Transaction& tx,
                                          std::size_t count);

    storage::Streams& streams_;
    std::string device_lists_writer_;
    std::vector<storage::Stream::Lease> leases_;
    std::vector<std::string> keys_;
};

}  // namespace aksono::users
