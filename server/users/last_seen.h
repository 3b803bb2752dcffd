// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/requester.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/user_ips.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace aksono::users {

/// When and from where users were here (user_ips, and what devices show). Written behind: record()
/// only remembers, flush() writes; one entry for each user, token and address in two minutes, the
/// first of them.
class LastSeen {
public:
    LastSeen(pg::Database& db, bool track_puppeted) : db_(db), track_puppeted_(track_puppeted) {}

    void record(const Requester& requester, std::string_view token, std::string_view ip,
                std::string_view user_agent);
    /// Every five seconds, and when the server stops. What could not be written is kept.
    void flush(Waiter& waiter);

    static constexpr Millis kFlushInterval = 5000;

private:
    using Key = std::tuple<std::string, std::string, std::string>;  // user, token, address

    void remember(const UserId& user, const Requester& requester, std::string_view token,
                  std::string_view ip, const std::string& user_agent, Millis now);
    std::vector<storage::UserSeen> take();
    void give_back(std::vector<storage::UserSeen> seen);

    pg::Database& db_;
    bool track_puppeted_;
    std::mutex mutex_;
    std::map<Key, Millis> recorded_;
    std::map<Key, storage::UserSeen> pending_;
};

}  // namespace aksono::users
