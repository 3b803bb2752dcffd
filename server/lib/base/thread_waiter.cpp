// SPDX-License-Identifier: Apache-2.0
#include "base/thread_waiter.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace aksono {

namespace {

class ThreadWakeUp : public WakeUp {
public:
    void fire() override {
        {
            const std::lock_guard lock(mutex_);
            fired_ = true;
        }
        changed_.notify_all();
    }
    bool wait(Millis timeout) {
        std::unique_lock lock(mutex_);
        const bool fired =
            changed_.wait_for(lock, std::chrono::milliseconds(timeout), [this] { return fired_; });
        fired_ = false;
        return fired;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool fired_ = false;
};

}  // namespace

void ThreadWaiter::sleep(Millis duration) {
    std::this_thread::sleep_for(std::chrono::milliseconds(duration));
}

void ThreadWaiter::run_on(WorkerPool& /*pool*/, Lane /*lane*/, const std::function<void()>& job) {
    job();
}

std::shared_ptr<WakeUp> ThreadWaiter::make_wake_up() {
    return std::make_shared<ThreadWakeUp>();
}

bool ThreadWaiter::wait(WakeUp& wake_up, Millis timeout) {
    return static_cast<ThreadWakeUp&>(wake_up).wait(timeout);
}

}  // namespace aksono
