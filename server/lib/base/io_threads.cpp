// SPDX-License-Identifier: Apache-2.0
#include "base/io_threads.h"

#include "base/fiber_core.h"
#include "base/log.h"

#include <algorithm>
#include <pthread.h>
#ifdef BOOST_USE_ASAN
#include <sanitizer/asan_interface.h>
#endif
#include <string>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>

namespace aksono {
namespace {

// Only what is touched takes memory. The deepest JSON that is accepted (953 levels) needs 160 kB of
// stack when it is copied; with sanitizers, up to 3 MB when it is printed.
#ifdef BOOST_USE_ASAN
constexpr std::size_t kStackBytes = 8U << 20U;
#else
constexpr std::size_t kStackBytes = 512U << 10U;
#endif

/// A fiber's last frames never return: with AddressSanitizer their redzones would be left behind
/// for the next owner of the memory.
class FiberStack : public boost::context::protected_fixedsize_stack {
    using Base = boost::context::protected_fixedsize_stack;

public:
    FiberStack() : Base(kStackBytes) {}
    boost::context::stack_context allocate() {
        auto stack = Base::allocate();
#ifdef BOOST_USE_ASAN
        __asan_unpoison_memory_region(static_cast<char*>(stack.sp) - kStackBytes, kStackBytes);
#endif
        return stack;
    }
};

constexpr std::string_view kLogger = "aksono.fiber";

}  // namespace

void IoLoop::start(int number) {
    thread_ = std::thread([this, number] {
        pthread_setname_np(pthread_self(), ("aksono-io-" + std::to_string(number)).c_str());
        io.run();
    });
}

bool IoLoop::spawn(std::function<void(FiberWaiter&)> body) {
    ++fibers_;
    if (stopping_) {
        ended();
        return false;
    }
    boost::asio::post(io, [self = shared_from_this(), body = std::move(body)]() mutable {
        boost::asio::spawn(
            self->io, std::allocator_arg, FiberStack(),
            [self, body = std::move(body)](const boost::asio::yield_context& yield) {
                self->run_fiber(body, yield);
            },
            boost::asio::detached);
    });
    return true;
}

/// A fiber's place among the living, given up however its body ends.
class IoLoop::Membership {
public:
    Membership(IoLoop& loop, std::shared_ptr<FiberCore> core)
        : loop_(loop), core_(std::move(core)) {
        loop_.alive_.insert(core_.get());
        if (loop_.stopping_) core_->request_stop();
    }
    ~Membership() {
        core_->finish();
        loop_.alive_.erase(core_.get());
        loop_.ended();
    }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

private:
    IoLoop& loop_;
    std::shared_ptr<FiberCore> core_;
};

void IoLoop::run_fiber(const std::function<void(FiberWaiter&)>& body,
                       const boost::asio::yield_context& yield) {
    const auto core = std::make_shared<FiberCore>(shared_from_this(), yield);
    const Membership membership(*this, core);
    core->account_cpu(true);
    try {
        FiberWaiter waiter(core);
        body(waiter);
    } catch (const Cancelled&) {
        // The ordinary end of a fiber whose client left, or whose server stops.
    } catch (const std::exception& error) {
        log::error(kLogger, "a fiber ended with an exception: {}", error.what());
    }
}

void IoLoop::ended() {
    const std::lock_guard lock(mutex_);
    --fibers_;
    changed_.notify_all();
}

void IoLoop::request_stop() {
    if (stopping_.exchange(true)) return;
    boost::asio::post(io, [self = shared_from_this()] {
        for (FiberCore* fiber : self->alive_)
            fiber->request_stop();
    });
}

void IoLoop::cancel_all() {
    boost::asio::post(io, [self = shared_from_this()] {
        for (FiberCore* fiber : self->alive_)
            fiber->cancel();
    });
}

bool IoLoop::await_fibers(std::optional<Millis> deadline) {
    std::unique_lock lock(mutex_);
    const auto none = [this] { return fibers_ == 0; };
    if (deadline) {
        const auto left = std::max<Millis>(*deadline - steady_ms(), 0);
        return changed_.wait_for(lock, std::chrono::milliseconds(left), none);
    }
    changed_.wait(lock, none);
    return true;
}

void IoLoop::join() {
    guard_.reset();
    if (thread_.joinable()) thread_.join();
    // What was posted at the last moment: it holds this loop, so nothing else would ever free it.
    io.restart();
    io.poll();
}

IoThreads::IoThreads(int threads) {
    for (int i = 0; i < std::max(threads, 1); ++i) {
        loops_.push_back(std::make_shared<IoLoop>());
        loops_.back()->start(i);
    }
}

IoThreads::~IoThreads() {
    stop();
}

bool IoThreads::spawn(Body body) {
    return spawn_on(static_cast<int>(next_++ % loops_.size()), std::move(body));
}

bool IoThreads::spawn_on(int thread, Body body) {
    return loops_.at(static_cast<std::size_t>(thread))->spawn(std::move(body));
}

boost::asio::io_context& IoThreads::io(int thread) {
    return loops_.at(static_cast<std::size_t>(thread))->io;
}

void IoThreads::request_stop() {
    for (const auto& loop : loops_)
        loop->request_stop();
}

int IoThreads::fibers() const {
    int count = 0;
    for (const auto& loop : loops_)
        count += loop->fibers();
    return count;
}

void IoThreads::stop(Millis grace) {
    if (stopped_) return;
    stopped_ = true;
    request_stop();
    const Millis deadline = steady_ms() + grace;
    for (const auto& loop : loops_)
        loop->await_fibers(deadline);
    for (const auto& loop : loops_)
        loop->cancel_all();
    for (const auto& loop : loops_)
        loop->await_fibers(std::nullopt);
    for (const auto& loop : loops_)
        loop->join();
}

}  // namespace aksono
