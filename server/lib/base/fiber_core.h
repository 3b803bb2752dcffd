// SPDX-License-Identifier: Apache-2.0
#pragma once

// The machinery below FiberWaiter and IoThreads; nothing else includes this.

#include "base/fiber.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/steady_timer.hpp>

namespace aksono {

/// A thread and its event loop. Shared by everything that may post to it, so that a WakeUp fired
/// after the stop finds a loop that is merely no longer run.
class IoLoop : public std::enable_shared_from_this<IoLoop> {
public:
    boost::asio::io_context io{1};

    void start(int number);
    bool spawn(std::function<void(FiberWaiter&)> body);
    void request_stop();
    void cancel_all();
    [[nodiscard]] int fibers() const { return fibers_; }
    bool await_fibers(std::optional<Millis> deadline);
    void join();

private:
    class Membership;
    void run_fiber(const std::function<void(FiberWaiter&)>& body,
                   const boost::asio::yield_context& yield);
    void ended();

    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        io.get_executor()};
    std::thread thread_;
    std::unordered_set<FiberCore*> alive_;  ///< on the loop's thread only
    std::atomic<bool> stopping_ = false;
    std::atomic<int> fibers_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// A fiber's state. Everything runs on the loop's thread; shared ownership keeps callbacks that
/// come after the fiber's end harmless.
class FiberCore : public std::enable_shared_from_this<FiberCore> {
public:
    FiberCore(std::shared_ptr<IoLoop> its_loop, const boost::asio::yield_context& yield)
        : loop(std::move(its_loop)), yield_(yield), timer_(loop->io) {}

    /// Until unpark() or the deadline (steady_ms), whichever is first; also for no reason.
    void park(std::optional<Millis> deadline);
    void unpark();
    void post_unpark();  ///< from any thread

    void cancel();
    void request_stop();
    void set_shielded(bool shielded);
    void before_wait();
    void throw_if_cancelled() const;
    void finish() { finished_ = true; }
    void account_cpu(bool running);

    std::shared_ptr<IoLoop> loop;
    std::function<void()> first_wait;
    bool cancelled = false;
    FiberWaiter::Usage usage;

private:
    boost::asio::yield_context yield_;
    boost::asio::steady_timer timer_;
    std::move_only_function<void()> resume_;
    std::atomic<bool> finished_ = false;
    bool shielded_ = false;
    bool stop_requested_ = false;
    std::int64_t cpu_since_ = 0;
};

}  // namespace aksono
