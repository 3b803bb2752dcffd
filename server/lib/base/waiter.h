// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

#include <exception>
#include <functional>
#include <memory>

namespace aksono {

class WorkerPool;

/// Which queue of a worker pool a job goes to; long jobs never hold more than half of the threads.
enum class Lane { short_jobs, long_jobs };

/// Something that code waits for and another thread fires. One waiter at a time; firing before the
/// wait is remembered. Shared ownership: whoever fires it may outlive the waiter.
class WakeUp {
public:
    virtual ~WakeUp() = default;
    virtual void fire() = 0;  // from any thread
};

/// The client went away, or the server stops: unwinds the request. Not an error; never caught
/// except where the request began.
class Cancelled : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "cancelled"; }
};

/// The only ways in which code may wait. In the server a fiber that parks; in tools and tests the
/// calling thread. Never use one inside a catch block or a destructor, nor with a mutex held.
class Waiter {
public:
    virtual ~Waiter() = default;

    /// Throws Cancelled when the request ended meanwhile.
    virtual void sleep(Millis duration) = 0;

    /// Runs `job` on a thread of `pool` and returns when it is done; what it throws is thrown here.
    virtual void run_on(WorkerPool& pool, Lane lane, const std::function<void()>& job) = 0;

    virtual std::shared_ptr<WakeUp> make_wake_up() = 0;

    /// True when `wake_up` (made by this waiter) fired, false when `timeout` passed first.
    virtual bool wait(WakeUp& wake_up, Millis timeout) = 0;
};

}  // namespace aksono
