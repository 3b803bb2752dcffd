// SPDX-License-Identifier: Apache-2.0
#include "sync/typing.h"

namespace aksono::sync {

TypingRooms::TypingRooms(Notifier& notifier, std::function<Millis()> clock)
    : notifier_(notifier), clock_(std::move(clock)) {}

void TypingRooms::start(const RoomId& room, const UserId& user, Millis timeout) {
    const Millis until = clock_() + timeout;
    {
        const std::lock_guard lock(mutex_);
        Room& typing = rooms_[room];
        const auto [it, is_new] = typing.until.insert_or_assign(user, until);
        if (!is_new) return;
        changed(typing);
    }
    notifier_.notify({room.str()});
}

void TypingRooms::stop(const RoomId& room, const UserId& user) {
    {
        const std::lock_guard lock(mutex_);
        const auto it = rooms_.find(room);
        if (it == rooms_.end() || it->second.until.erase(user) == 0) return;
        changed(it->second);
    }
    notifier_.notify({room.str()});
}

void TypingRooms::expire() {
    const Millis now = clock_();
    std::vector<std::string> news;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [id, room] : rooms_) {
            const auto ended =
                std::erase_if(room.until, [&](const auto& entry) { return entry.second <= now; });
            if (ended == 0) continue;
            changed(room);
            news.push_back(id.str());
        }
    }
    if (!news.empty()) notifier_.notify(news);
}

std::int64_t TypingRooms::serial() const {
    const std::lock_guard lock(mutex_);
    return serial_;
}

std::optional<std::vector<UserId>> TypingRooms::typing_since(const RoomId& room,
                                                             std::int64_t from) const {
    const std::lock_guard lock(mutex_);
    const auto it = rooms_.find(room);
    if (it == rooms_.end()) return std::nullopt;
    if (from <= serial_ && it->second.serial <= from) return std::nullopt;
    std::vector<UserId> users;
    for (const auto& [user, until] : it->second.until)
        users.push_back(user);
    return users;
}

}  // namespace aksono::sync
