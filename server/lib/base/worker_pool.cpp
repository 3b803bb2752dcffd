// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.h"

#include <algorithm>
#include <pthread.h>

namespace aksono {

WorkerPool::WorkerPool(std::string name, int threads)
    : name_(std::move(name)), long_limit_(static_cast<std::size_t>(std::max(1, threads / 2))) {
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
    stop();
}

bool WorkerPool::post(Lane lane, std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        (lane == Lane::long_jobs ? long_jobs_ : short_jobs_).push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void WorkerPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    threads_.clear();
}

bool WorkerPool::next(std::function<void()>& job, Lane& lane, std::unique_lock<std::mutex>& lock) {
    for (;;) {
        if (!short_jobs_.empty()) {
            lane = Lane::short_jobs;
            job = std::move(short_jobs_.front());
            short_jobs_.pop_front();
            return true;
        }
        if (!long_jobs_.empty() && long_running_ < long_limit_) {
            lane = Lane::long_jobs;
            job = std::move(long_jobs_.front());
            long_jobs_.pop_front();
            ++long_running_;
            return true;
        }
        if (stopping_ && long_jobs_.empty()) return false;
        changed_.wait(lock);
    }
}

void WorkerPool::work() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    std::unique_lock lock(mutex_);
    std::function<void()> job;
    Lane lane{};
    while (next(job, lane, lock)) {
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
        if (lane == Lane::long_jobs) {
            --long_running_;
            changed_.notify_one();
        }
    }
}

}  // namespace aksono
