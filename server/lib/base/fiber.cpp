// SPDX-License-Identifier: Apache-2.0
#include "base/fiber.h"

#include "base/fiber_core.h"
#include "base/log.h"
#include "base/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stdexcept>

#include <boost/asio/post.hpp>

namespace aksono {
namespace {

using std::chrono::steady_clock;

constexpr Millis kLongest = 10LL * 365 * 24 * 3600 * 1000;

std::int64_t steady_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               steady_clock::now().time_since_epoch())
        .count();
}

std::int64_t thread_cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

std::optional<Millis> deadline_after(Millis timeout) {
    if (timeout < 0) return std::nullopt;
    return steady_ms() + std::min(timeout, kLongest);
}

class FiberWakeUp : public WakeUp {
public:
    explicit FiberWakeUp(std::shared_ptr<FiberCore> core) : core_(std::move(core)) {}

    void fire() override {
        if (state_.exchange(State::fired) == State::awaited) core_->post_unpark();
    }
    /// False when it has fired already.
    bool begin_wait() {
        State expected = State::idle;
        return state_.compare_exchange_strong(expected, State::awaited);
    }
    [[nodiscard]] bool fired() const { return state_ == State::fired; }
    /// Whether it had fired; forgets it.
    bool end_wait() { return state_.exchange(State::idle) == State::fired; }

private:
    enum class State { idle, awaited, fired };
    std::shared_ptr<FiberCore> core_;
    std::atomic<State> state_ = State::idle;
};

/// A job between its fiber and a pool thread. The pool may hold it after the fiber gave it up.
struct PooledJob {
    enum class State { queued, running, done, dropped };
    std::atomic<State> state = State::queued;
    const std::function<void()>* work;
    std::shared_ptr<FiberCore> core;
    const std::string* request;  ///< for the log; the fiber keeps it alive while the job runs
    std::exception_ptr error{};
    std::int64_t posted_at = steady_us();
    std::int64_t begun_at = 0;
    std::int64_t ended_at = 0;

    bool change(State from, State to) { return state.compare_exchange_strong(from, to); }

    void run() {
        if (!change(State::queued, State::running)) return;
        begun_at = steady_us();
        const std::string* before = log::swap_request(request);
        try {
            (*work)();
        } catch (...) {
            error = std::current_exception();
        }
        log::swap_request(before);
        ended_at = steady_us();
        state = State::done;
        core->post_unpark();
    }
};

}  // namespace

void FiberCore::park(std::optional<Millis> deadline) {
    if (std::current_exception() || std::uncaught_exceptions() > 0) {
        throw std::logic_error("a fiber waits inside a catch block or a destructor");
    }
    if (deadline) {
        timer_.expires_at(steady_clock::time_point(std::chrono::milliseconds(*deadline)));
        timer_.async_wait([core = shared_from_this()](boost::system::error_code error) {
            if (!error) core->unpark();
        });
    }
    account_cpu(false);
    const std::string* request = log::swap_request(nullptr);
    boost::asio::async_initiate<boost::asio::yield_context, void()>(
        [this](auto handler) {
            resume_ = [held = std::move(handler)]() mutable { std::move(held)(); };
        },
        yield_);
    log::swap_request(request);
    account_cpu(true);
    if (deadline) timer_.cancel();
}

void FiberCore::unpark() {
    if (!resume_) return;
    auto resume = std::exchange(resume_, nullptr);
    resume();
}

void FiberCore::post_unpark() {
    if (finished_) return;
    boost::asio::post(loop->io, [core = shared_from_this()] { core->unpark(); });
}

void FiberCore::cancel() {
    cancelled = true;
    post_unpark();
}

void FiberCore::request_stop() {
    stop_requested_ = true;
    if (!shielded_) cancel();
}

void FiberCore::set_shielded(bool shielded) {
    shielded_ = shielded;
    if (stop_requested_ && !shielded_) cancelled = true;
}

void FiberCore::before_wait() {
    throw_if_cancelled();
    if (first_wait) std::exchange(first_wait, nullptr)();
}

void FiberCore::throw_if_cancelled() const {
    if (cancelled) throw Cancelled();
}

void FiberCore::account_cpu(bool running) {
    const auto now = thread_cpu_us();
    if (!running) usage.cpu += now - cpu_since_;
    cpu_since_ = now;
}

void FiberWaiter::sleep(Millis duration) {
    const auto deadline = deadline_after(std::max<Millis>(duration, 0));
    core_->before_wait();
    while (steady_ms() < *deadline) {
        core_->park(deadline);
        core_->throw_if_cancelled();
    }
}

void FiberWaiter::run_on(WorkerPool& pool, Lane lane, const std::function<void()>& work) {
    using State = PooledJob::State;
    core_->before_wait();
    auto job = std::make_shared<PooledJob>();
    job->work = &work;
    job->core = core_;
    job->request = log::swap_request(nullptr);
    log::swap_request(job->request);
    if (!pool.post(lane, [job] { job->run(); })) throw Cancelled();
    while (job->state != State::done) {
        core_->park(std::nullopt);
        if (core_->cancelled && job->change(State::queued, State::dropped)) throw Cancelled();
    }
    auto& usage = core_->usage;
    ++usage.jobs;
    usage.job_queued += job->begun_at - job->posted_at;
    usage.job_run += job->ended_at - job->begun_at;
    if (job->error) std::rethrow_exception(std::exchange(job->error, nullptr));
}

std::shared_ptr<WakeUp> FiberWaiter::make_wake_up() {
    return std::make_shared<FiberWakeUp>(core_);
}

bool FiberWaiter::wait(WakeUp& wake_up, Millis timeout) {
    auto& own = static_cast<FiberWakeUp&>(wake_up);
    core_->before_wait();
    const auto deadline = deadline_after(timeout);
    if (own.begin_wait()) {
        while (!own.fired() && !core_->cancelled && (!deadline || steady_ms() < *deadline)) {
            core_->park(deadline);
        }
    }
    const bool fired = own.end_wait();
    core_->throw_if_cancelled();
    return fired;
}

void FiberWaiter::cancel() {
    core_->cancel();
}

bool FiberWaiter::cancelled() const {
    return core_->cancelled;
}

void FiberWaiter::set_shielded(bool shielded) {
    core_->set_shielded(shielded);
}

void FiberWaiter::yield() {
    core_->before_wait();
    core_->post_unpark();
    core_->park(std::nullopt);
    core_->throw_if_cancelled();
}

void FiberWaiter::on_first_wait(std::function<void()> hook) {
    core_->first_wait = std::move(hook);
}

boost::asio::io_context& FiberWaiter::io() const {
    return core_->loop->io;
}

std::function<void()> FiberWaiter::unparker() const {
    return [core = core_] { core->unpark(); };
}

FiberWaiter::Parked FiberWaiter::park_until(const bool& done, Millis timeout,
                                            bool even_when_cancelled) {
    const auto deadline = deadline_after(timeout);
    while (!done) {
        if (core_->cancelled && !even_when_cancelled) return Parked::cancelled;
        if (deadline && steady_ms() >= *deadline) return Parked::timeout;
        core_->park(deadline);
    }
    return Parked::done;
}

void FiberWaiter::park_until(const bool& done) {
    while (!done)
        core_->park(std::nullopt);
}

FiberWaiter::Usage FiberWaiter::take_usage() {
    core_->account_cpu(false);
    core_->account_cpu(true);
    return std::exchange(core_->usage, {});
}

}  // namespace aksono
