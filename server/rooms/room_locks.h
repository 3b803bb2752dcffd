// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace aksono::rooms {

/// One maker of events per room at a time, from reading its forward extremities to the commit;
/// first come, first served. A hold may outlive the request that took it.
class RoomLocks {
    struct Ticket {
        std::shared_ptr<WakeUp> wake_up;
        bool granted = false;
    };

public:
    class Hold {
    public:
        Hold() = default;
        Hold(Hold&& other) noexcept;
        Hold& operator=(Hold&& other) noexcept;
        ~Hold() { release(); }
        void release();

    private:
        friend class RoomLocks;
        Hold(RoomLocks* locks, std::string room) : locks_(locks), room_(std::move(room)) {}
        RoomLocks* locks_ = nullptr;
        std::string room_;
    };

    /// Waits for its turn; throws what the waiter throws.
    Hold acquire(Waiter& waiter, const std::string& room);

private:
    std::shared_ptr<Ticket> enter(const std::string& room, Waiter& waiter);
    bool is_granted(const Ticket& ticket);
    void leave(const std::string& room, const Ticket* ticket);

    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<std::shared_ptr<Ticket>>> queues_;
};

}  // namespace aksono::rooms
