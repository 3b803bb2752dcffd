// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace aksono::rooms {

/// Transaction ids of sessions without a device, which have no row in event_txn_id_device_id: they
/// are remembered for half an hour, while the process lives.
class RecentTransactions {
public:
    [[nodiscard]] std::optional<std::string> find(const std::string& key);
    void remember(const std::string& key, const std::string& event_id);

private:
    void forget_old();

    struct Entry {
        std::string event_id;
        Millis since;
    };
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
    Millis next_clean_up_ = 0;
};

}  // namespace aksono::rooms
