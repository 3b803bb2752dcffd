// SPDX-License-Identifier: Apache-2.0
#include "rooms/room_locks.h"

#include <algorithm>
#include <utility>

namespace aksono::rooms {

namespace {
constexpr Millis kLongWait = 60'000;
}

RoomLocks::Hold::Hold(Hold&& other) noexcept
    : locks_(std::exchange(other.locks_, nullptr)), room_(std::move(other.room_)) {}

RoomLocks::Hold& RoomLocks::Hold::operator=(Hold&& other) noexcept {
    if (this != &other) {
        release();
        locks_ = std::exchange(other.locks_, nullptr);
        room_ = std::move(other.room_);
    }
    return *this;
}

void RoomLocks::Hold::release() {
    if (RoomLocks* locks = std::exchange(locks_, nullptr)) locks->leave(room_, nullptr);
}

RoomLocks::Hold RoomLocks::acquire(Waiter& waiter, const std::string& room) {
    const auto ticket = enter(room, waiter);
    try {
        while (!is_granted(*ticket))
            waiter.wait(*ticket->wake_up, kLongWait);
    } catch (...) {
        leave(room, ticket.get());
        throw;
    }
    return {this, room};
}

std::shared_ptr<RoomLocks::Ticket> RoomLocks::enter(const std::string& room, Waiter& waiter) {
    auto ticket = std::make_shared<Ticket>();
    const std::lock_guard lock(mutex_);
    auto& queue = queues_[room];
    ticket->granted = queue.empty();
    if (!ticket->granted) ticket->wake_up = waiter.make_wake_up();
    queue.push_back(ticket);
    return ticket;
}

bool RoomLocks::is_granted(const Ticket& ticket) {
    const std::lock_guard lock(mutex_);
    return ticket.granted;
}

/// The holder, or who gives up waiting, goes; whoever is then first has its turn.
void RoomLocks::leave(const std::string& room, const Ticket* ticket) {
    std::shared_ptr<WakeUp> next;
    {
        const std::lock_guard lock(mutex_);
        const auto it = queues_.find(room);
        auto& queue = it->second;
        const auto gone = ticket == nullptr
                              ? queue.begin()
                              : std::ranges::find(queue, ticket, &std::shared_ptr<Ticket>::get);
        queue.erase(gone);
        if (queue.empty()) {
            queues_.erase(it);
        } else if (!queue.front()->granted) {
            queue.front()->granted = true;
            next = queue.front()->wake_up;
        }
    }
    if (next) next->fire();
}

}  // namespace aksono::rooms
