// SPDX-License-Identifier: Apache-2.0
#include "rooms/recent_transactions.h"

namespace aksono::rooms {

namespace {
constexpr Millis kLifetime = 30 * 60'000;
constexpr Millis kCleanUpEvery = 60'000;
}  // namespace

std::optional<std::string> RecentTransactions::find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto it = entries_.find(key);
    if (it == entries_.end() || it->second.since + kLifetime < steady_ms()) return std::nullopt;
    return it->second.event_id;
}

void RecentTransactions::remember(const std::string& key, const std::string& event_id) {
    const std::lock_guard lock(mutex_);
    forget_old();
    entries_[key] = {event_id, steady_ms()};
}

void RecentTransactions::forget_old() {
    const Millis now = steady_ms();
    if (now < next_clean_up_) return;
    next_clean_up_ = now + kCleanUpEvery;
    std::erase_if(entries_,
                  [&](const auto& entry) { return entry.second.since + kLifetime < now; });
}

}  // namespace aksono::rooms
