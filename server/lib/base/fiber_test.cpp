// SPDX-License-Identifier: Apache-2.0
#include "base/fiber.h"

#include "base/io_threads.h"
#include "base/json.h"
#include "base/worker_pool.h"

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <catch2/catch.hpp>

using namespace aksono;

namespace {

/// Waits on the test's own thread until `ready`, at most ten seconds.
template <class Ready>
bool eventually(Ready ready) {
    const Millis deadline = steady_ms() + 10'000;
    while (!ready()) {
        if (steady_ms() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

/// A wake-up that a fiber publishes and another thread fires.
class Published {
public:
    void set(std::shared_ptr<WakeUp> wake_up) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(wake_up));
    }
    std::vector<std::shared_ptr<WakeUp>> all() {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<WakeUp>> all_;
};

}  // namespace

TEST_CASE("fiber: 500 parked waits are woken from other threads") {
    constexpr std::size_t kFibers = 500;
    IoThreads threads(2);
    Published wake_ups;
    std::atomic<std::size_t> woken = 0;
    std::atomic<int> strayed = 0;
    for (std::size_t i = 0; i < kFibers; ++i) {
        REQUIRE(threads.spawn([&](FiberWaiter& waiter) {
            const auto home = std::this_thread::get_id();
            const auto wake_up = waiter.make_wake_up();
            wake_ups.set(wake_up);
            if (waiter.wait(*wake_up, 60'000)) ++woken;
            if (std::this_thread::get_id() != home) ++strayed;
        }));
    }
    REQUIRE(eventually([&] { return wake_ups.all().size() == kFibers; }));
    const auto all = wake_ups.all();
    std::jthread other([&] {
        for (std::size_t i = 0; i < kFibers; i += 2)
            all[i]->fire();
    });
    for (std::size_t i = 1; i < kFibers; i += 2)
        all[i]->fire();
    REQUIRE(eventually([&] { return threads.fibers() == 0; }));
    CHECK(woken == kFibers);
    CHECK(strayed == 0);
}

TEST_CASE("fiber: waits end by time, and remember what fired before") {
    IoThreads threads(1);
    bool late = true, early = false, again = true;
    std::atomic<bool> done = false;
    Millis slept = 0;
    threads.spawn([&](FiberWaiter& waiter) {
        const auto wake_up = waiter.make_wake_up();
        late = waiter.wait(*wake_up, 5);
        wake_up->fire();
        early = waiter.wait(*wake_up, 60'000);
        again = waiter.wait(*wake_up, 0);
        const Millis before = steady_ms();
        waiter.sleep(20);
        slept = steady_ms() - before;
        done = true;
    });
    REQUIRE(eventually([&] { return done.load(); }));
    CHECK_FALSE(late);
    CHECK(early);
    CHECK_FALSE(again);
    CHECK(slept >= 20);
}

TEST_CASE("fiber: jobs run on the pool, and what they throw comes back") {
    WorkerPool pool("test", 2);
    IoThreads threads(1);
    std::atomic<int> right = 0;
    for (int i = 0; i < 50; ++i) {
        threads.spawn([&, i](FiberWaiter& waiter) {
            std::thread::id where;
            int value = 0;
            waiter.run_on(pool, Lane::short_jobs, [&] {
                where = std::this_thread::get_id();
                value = i;
            });
            if (value != i || where == std::this_thread::get_id()) return;
            std::string text;
            try {
                waiter.run_on(pool, Lane::long_jobs,
                              [&] { throw std::runtime_error("job " + std::to_string(i)); });
            } catch (const std::runtime_error& error) {
                text = error.what();
            }
            if (text == "job " + std::to_string(i) && waiter.take_usage().jobs == 2) ++right;
        });
    }
    REQUIRE(eventually([&] { return threads.fibers() == 0; }));
    CHECK(right == 50);
}

TEST_CASE("fiber: cancelling awaits a running job and drops a queued one") {
    WorkerPool pool("test", 1);
    IoThreads threads(1);
    std::atomic<bool> running = false, release = false, finished = false;
    std::atomic<bool> dropped_ran = false, first_cancelled = false, second_cancelled = false;
    std::atomic<FiberWaiter*> second = nullptr;
    threads.spawn([&](FiberWaiter& waiter) {
        const auto job = [&] {
            running = true;
            while (!release)
                std::this_thread::yield();
            finished = true;
        };
        waiter.run_on(pool, Lane::short_jobs, job);
        try {
            waiter.sleep(60'000);
        } catch (const Cancelled&) {
            first_cancelled = finished.load();
        }
    });
    REQUIRE(eventually([&] { return running.load(); }));
    threads.spawn([&](FiberWaiter& waiter) {
        second = &waiter;
        try {
            waiter.run_on(pool, Lane::short_jobs, [&] { dropped_ran = true; });
        } catch (const Cancelled&) {
            second_cancelled = true;
        }
    });
    REQUIRE(eventually([&] { return second.load() != nullptr; }));
    threads.request_stop();
    REQUIRE(eventually([&] { return threads.fibers() == 1; }));
    CHECK(second_cancelled);
    CHECK_FALSE(first_cancelled);
    release = true;
    threads.stop();
    pool.stop();
    CHECK(first_cancelled);
    CHECK_FALSE(dropped_ran);
}

TEST_CASE("fiber: a stop spares the shielded until its grace is over") {
    IoThreads threads(1);
    std::atomic<int> started = 0;
    std::atomic<bool> finished = false, unshielded_went_on = false, stuck_cancelled = false;
    threads.spawn([&](FiberWaiter& waiter) {
        waiter.set_shielded(true);
        ++started;
        waiter.sleep(50);
        finished = true;
        waiter.set_shielded(false);
        waiter.sleep(60'000);
        unshielded_went_on = true;
    });
    threads.spawn([&](FiberWaiter& waiter) {
        waiter.set_shielded(true);
        ++started;
        try {
            waiter.sleep(60'000);
        } catch (const Cancelled&) {
            stuck_cancelled = true;
        }
    });
    REQUIRE(eventually([&] { return started == 2; }));
    const Millis before = steady_ms();
    threads.stop(300);
    CHECK(steady_ms() - before < 3'000);
    CHECK(finished);
    CHECK_FALSE(unshielded_went_on);
    CHECK(stuck_cancelled);
    CHECK_FALSE(threads.spawn([](FiberWaiter&) {}));
}

TEST_CASE("fiber: 500 parked ones stop at once, and wake-ups may outlive them") {
    Published wake_ups;
    {
        IoThreads threads(2);
        for (int i = 0; i < 500; ++i) {
            threads.spawn([&](FiberWaiter& waiter) {
                const auto wake_up = waiter.make_wake_up();
                wake_ups.set(wake_up);
                waiter.wait(*wake_up, 600'000);
            });
        }
        REQUIRE(eventually([&] { return wake_ups.all().size() == 500; }));
        const Millis before = steady_ms();
        threads.stop();
        CHECK(steady_ms() - before < 1'000);
        CHECK(threads.fibers() == 0);
    }
    for (const auto& wake_up : wake_ups.all())
        wake_up->fire();
}

TEST_CASE("fiber: waiting inside a catch block is refused") {
    IoThreads threads(1);
    std::atomic<bool> refused = false;
    threads.spawn([&](FiberWaiter& waiter) {
        try {
            throw std::runtime_error("first");
        } catch (const std::runtime_error&) {
            try {
                waiter.sleep(1);
            } catch (const std::logic_error&) {
                refused = true;
            }
        }
    });
    REQUIRE(eventually([&] { return threads.fibers() == 0; }));
    CHECK(refused);
}

TEST_CASE("fiber: the deepest JSON fits its stack") {
    constexpr std::size_t kLevels = 953;
    IoThreads threads(1);
    std::atomic<bool> same = false;
    threads.spawn([&](FiberWaiter&) {
        std::string text = "1";
        for (std::size_t i = 0; i < kLevels; ++i)
            text = "{\"a\":" + text + "}";
        const auto value = parse_json(text);
        const Json copy = value.value();
        same = dump_json(copy) == text && copy == *value;
    });
    REQUIRE(eventually([&] { return threads.fibers() == 0; }));
    CHECK(same);
}
