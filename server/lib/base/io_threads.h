// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fiber.h"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace aksono {

class IoLoop;

/// The threads that fibers run on, each with an event loop of its own.
///
/// Stop order: request_stop() once no new work comes in, then whatever ends running jobs of worker
/// pools, then stop(). Worker pools must live until stop() has returned.
class IoThreads {
public:
    explicit IoThreads(int threads);
    ~IoThreads();  // stop()
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    using Body = std::function<void(FiberWaiter&)>;

    /// Starts a fiber on the next thread in turn, or on a given one; from any thread. Cancelled
    /// ends it quietly, any other exception is logged. False when stopping: `body` is dropped.
    bool spawn(Body body);
    bool spawn_on(int thread, Body body);

    [[nodiscard]] int size() const { return static_cast<int>(loops_.size()); }
    [[nodiscard]] boost::asio::io_context& io(int thread);

    /// Cancels all fibers that are not shielded, those shielded as soon as they no longer are.
    void request_stop();
    /// Fibers that have not ended yet.
    [[nodiscard]] int fibers() const;
    /// request_stop(), and after `grace` cancels the shielded too; joins all fibers and threads.
    void stop(Millis grace = 2000);

private:
    std::vector<std::shared_ptr<IoLoop>> loops_;
    std::atomic<unsigned> next_ = 0;
    bool stopped_ = false;
};

}  // namespace aksono
