// SPDX-License-Identifier: Apache-2.0
#include "users/last_seen.h"

#include "users/text.h"

#include <exception>

namespace aksono::users {

namespace {

constexpr Millis kGranularity = 120000;

}  // namespace

void LastSeen::record(const Requester& requester, std::string_view token, std::string_view ip,
                      std::string_view user_agent) {
    const auto now = now_ms();
    const auto agent = ascii_or_replacement(user_agent);
    const std::lock_guard lock(mutex_);
    remember(requester.authenticated_as, requester, token, ip, agent, now);
    if (track_puppeted_ && requester.user != requester.authenticated_as) {
        remember(requester.user, requester, token, ip, agent, now);
    }
}

void LastSeen::remember(const UserId& user, const Requester& requester, std::string_view token,
                        std::string_view ip, const std::string& user_agent, Millis now) {
    Key key{user.str(), std::string(token), std::string(ip)};
    auto& last = recorded_[key];
    if (now - last < kGranularity) return;
    last = now;
    storage::UserSeen seen{user.str(),          std::get<1>(key), std::get<2>(key),
                           requester.device_id, user_agent,       now};
    pending_.insert_or_assign(std::move(key), std::move(seen));
}

std::vector<storage::UserSeen> LastSeen::take() {
    const std::lock_guard lock(mutex_);
    const auto old = now_ms() - kGranularity;
    std::erase_if(recorded_, [&](const auto& entry) { return entry.second <= old; });
    std::vector<storage::UserSeen> seen;
    for (auto& [key, entry] : pending_)
        seen.push_back(std::move(entry));
    pending_.clear();
    return seen;
}

void LastSeen::give_back(std::vector<storage::UserSeen> seen) {
    const std::lock_guard lock(mutex_);
    for (auto& entry : seen) {
        Key key{entry.user, entry.access_token, entry.ip};
        pending_.try_emplace(std::move(key), std::move(entry));
    }
}

void LastSeen::flush(Waiter& waiter) {
    auto seen = take();
    if (seen.empty()) return;
    std::exception_ptr failed;
    try {
        db_.write(
            waiter, "update_client_ips",
            [&](pg::Transaction& tx) { storage::insert_users_seen(tx, seen); },
            pg::Isolation::read_committed);
    } catch (...) {
        failed = std::current_exception();
    }
    if (!failed) return;
    give_back(std::move(seen));
    std::rethrow_exception(failed);
}

}  // namespace aksono::users
