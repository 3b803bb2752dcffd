// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace aksono {

class FiberCore;

/// Waiting on a fiber: parks it and lets its thread run others. A fiber stays on the thread that it
/// was spawned on (see IoThreads). All but a WakeUp's fire() is for that thread alone.
///
/// A wait inside a catch block or a destructor would mix up the exceptions of different fibers; it
/// throws std::logic_error, in release builds too.
class FiberWaiter : public Waiter {
public:
    explicit FiberWaiter(std::shared_ptr<FiberCore> core) : core_(std::move(core)) {}

    void sleep(Millis duration) override;
    void run_on(WorkerPool& pool, Lane lane, const std::function<void()>& job) override;
    std::shared_ptr<WakeUp> make_wake_up() override;
    bool wait(WakeUp& wake_up, Millis timeout) override;

    /// Makes this fiber's present and all later waits throw Cancelled. A job that runs on a pool
    /// thread is awaited first, one that is still queued is dropped.
    void cancel();
    [[nodiscard]] bool cancelled() const;

    /// While shielded, a stop waits for the fiber (as long as its grace lasts) instead of
    /// cancelling it at once: for requests that write.
    void set_shielded(bool shielded);

    /// Lets the other fibers of the thread run.
    void yield();

    /// Called once, when the fiber is about to wait for something for the first time from now on.
    void on_first_wait(std::function<void()> hook);

    // For code that talks to asio (sockets), on the fiber's thread.

    [[nodiscard]] boost::asio::io_context& io() const;
    /// To be called by an operation's completion, on this thread, after it set its `done`. May be
    /// kept longer than the fiber lives.
    [[nodiscard]] std::function<void()> unparker() const;
    enum class Parked { done, timeout, cancelled };
    /// A negative timeout is for ever. A fiber that is cancelled beforehand may still wait here if
    /// `even_when_cancelled`.
    Parked park_until(const bool& done, Millis timeout, bool even_when_cancelled = false);
    /// Neither time nor cancellation interrupts: for operations already told to end.
    void park_until(const bool& done);

    /// What the fiber used since the last call, for the request log. Microseconds.
    struct Usage {
        std::int64_t cpu = 0;
        std::int64_t jobs = 0;        ///< run_on calls
        std::int64_t job_queued = 0;  ///< from run_on until a thread took the job
        std::int64_t job_run = 0;
    };
    Usage take_usage();

private:
    std::shared_ptr<FiberCore> core_;
};

}  // namespace aksono
