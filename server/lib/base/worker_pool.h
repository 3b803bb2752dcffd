// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/waiter.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aksono {

/// Threads for work that blocks: the database, password hashing, thumbnails. Long jobs have a queue
/// of their own and never hold more than half of the threads.
class WorkerPool {
public:
    WorkerPool(std::string name, int threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// `job` must not throw. After stop() it is dropped and false returned.
    bool post(Lane lane, std::function<void()> job);

    /// Finishes what is queued, then joins the threads.
    void stop();

private:
    void work();
    bool next(std::function<void()>& job, Lane& lane, std::unique_lock<std::mutex>& lock);

    std::string name_;
    std::size_t long_limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> short_jobs_;
    std::deque<std::function<void()>> long_jobs_;
    std::size_t long_running_ = 0;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace aksono
