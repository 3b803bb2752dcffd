// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aksono::sync {

/// Wakes parked polls. Keys are user ids and room ids; a poll subscribes to its user and to the
/// rooms that the user is joined to, BEFORE it looks for news, so that nothing falls between.
class Notifier {
public:
    class Subscription {
    public:
        Subscription(Notifier& notifier, std::vector<std::string> keys,
                     std::shared_ptr<WakeUp> wake_up);
        ~Subscription();
        Subscription(const Subscription&) = delete;
        Subscription& operator=(const Subscription&) = delete;

    private:
        Notifier& notifier_;
        std::vector<std::string> keys_;
        std::shared_ptr<WakeUp> wake_up_;
    };

    /// From any thread, after the stream position that the news is at has moved.
    void notify(const std::vector<std::string>& keys);

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<std::shared_ptr<WakeUp>>> waiting_;
};

}  // namespace aksono::sync
