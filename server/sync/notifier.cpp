// SPDX-License-Identifier: Apache-2.0
#include "sync/notifier.h"

#include <algorithm>

namespace aksono::sync {

Notifier::Subscription::Subscription(Notifier& notifier, std::vector<std::string> keys,
                                     std::shared_ptr<WakeUp> wake_up)
    : notifier_(notifier), keys_(std::move(keys)), wake_up_(std::move(wake_up)) {
    const std::lock_guard lock(notifier_.mutex_);
    for (const auto& key : keys_)
        notifier_.waiting_[key].push_back(wake_up_);
}

Notifier::Subscription::~Subscription() {
    const std::lock_guard lock(notifier_.mutex_);
    for (const auto& key : keys_) {
        const auto it = notifier_.waiting_.find(key);
        if (it == notifier_.waiting_.end()) continue;
        std::erase(it->second, wake_up_);
        if (it->second.empty()) notifier_.waiting_.erase(it);
    }
}

void Notifier::notify(const std::vector<std::string>& keys) {
    std::vector<std::shared_ptr<WakeUp>> woken;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& key : keys) {
            if (const auto it = waiting_.find(key); it != waiting_.end()) {
                woken.insert(woken.end(), it->second.begin(), it->second.end());
            }
        }
    }
    for (const auto& wake_up : woken)
        wake_up->fire();
}

}  // namespace aksono::sync
