// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/lru_cache.h"
#include "sync/sync_room.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aksono::sync {

/// Which memberships one device was told of while loading members lazily: it needs them but once.
/// As in Synapse the last 100, one a member, whatever the room.
///
/// What was told counts from the next answer on, that is, once the device shows by its token that
/// the answer reached it. Who comes again with an older token is told again.
class ToldMembers {
public:
    /// `since`: where the device's token stands.
    [[nodiscard]] bool knows(const storage::Event& member, std::int64_t since);
    /// `at`: where the answer's token will stand.
    void add(const storage::Event& member, std::int64_t at);
    void forget() { members_.clear(); }

    /// Takes out of the rooms' states the members that are known (without `since` none is), and
    /// notes down all that are left, those in timelines as well.
    void omit_known(const std::vector<SyncRoom*>& rooms, std::optional<std::int64_t> since,
                    std::int64_t at);

private:
    struct Told {
        std::string event_id;
        std::int64_t at = 0;
    };
    static constexpr std::size_t kMembers = 100;
    LruCache<std::string, Told> members_{kMembers};
};

/// Of all devices. What is forgotten is told again: after half an hour without a sync, and of
/// devices beyond the last few thousand.
class LazyMembers {
public:
    std::shared_ptr<ToldMembers> of(const std::string& user,
                                    const std::optional<std::string>& device_id);

private:
    struct Device {
        std::shared_ptr<ToldMembers> members;
        Millis used = 0;
    };
    static constexpr std::size_t kDevices = 4'000;
    static constexpr Millis kKept = 30LL * 60 * 1000;
    LruCache<std::string, Device> devices_{kDevices};
};

}  // namespace aksono::sync
