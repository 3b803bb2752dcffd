// SPDX-License-Identifier: Apache-2.0
#include "rooms/room_locks.h"

#include "base/thread_waiter.h"

#include <atomic>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace aksono;

TEST_CASE("room locks: one at a time, and nobody is forgotten") {
    rooms::RoomLocks locks;
    std::atomic<int> inside = 0;
    std::atomic<int> done = 0;
    std::atomic<bool> overlapped = false;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                ThreadWaiter waiter;
                for (int n = 0; n < 50; ++n) {
                    const auto hold = locks.acquire(waiter, "!a:b");
                    if (++inside != 1) overlapped = true;
                    std::this_thread::yield();
                    --inside;
                    ++done;
                }
            });
        }
    }
    CHECK_FALSE(overlapped);
    CHECK(done == 400);
}

TEST_CASE("room locks: rooms do not wait for each other, and a moved hold still releases") {
    rooms::RoomLocks locks;
    ThreadWaiter waiter;
    auto first = locks.acquire(waiter, "!a:b");
    const auto other = locks.acquire(waiter, "!c:d");
    auto moved = std::move(first);
    moved.release();
    const auto again = locks.acquire(waiter, "!a:b");
    SUCCEED();
}

namespace {

/// Gives up as soon as it has to wait.
class ImpatientWaiter : public ThreadWaiter {
public:
    bool wait(WakeUp&, Millis) override { throw Cancelled(); }
};

}  // namespace

TEST_CASE("room locks: who gives up waiting does not block the next") {
    rooms::RoomLocks locks;
    ThreadWaiter patient;
    ImpatientWaiter impatient;
    {
        const auto hold = locks.acquire(patient, "!a:b");
        CHECK_THROWS_AS(locks.acquire(impatient, "!a:b"), Cancelled);
    }
    const auto again = locks.acquire(patient, "!a:b");
    SUCCEED();
}
