// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

namespace aksono {

/// Waiting for programs without fibers (tools, tests, start-up): the calling thread blocks, and
/// jobs for a pool run on it directly.
class ThreadWaiter : public Waiter {
public:
    void sleep(Millis duration) override;
    void run_on(WorkerPool& pool, Lane lane, const std::function<void()>& job) override;
    std::shared_ptr<WakeUp> make_wake_up() override;
    bool wait(WakeUp& wake_up, Millis timeout) override;
};

}  // namespace aksono
