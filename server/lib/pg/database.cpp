// SPDX-License-Identifier: Apache-2.0
#include "pg/database.h"

#include "base/log.h"
#include "base/matrix_error.h"

#include <chrono>

#include <pqxx/except>

namespace aksono::pg {

namespace {
constexpr int kAttempts = 5;
constexpr std::string_view kLogger = "synapse.storage.txn";

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

/// Reports a transaction's times however it ends.
class Timing {
public:
    Timing(TransactionObserver* observer, const char* name, Clock::time_point queued)
        : observer_(observer), name_(name), queued_(queued) {}
    ~Timing() {
        if (observer_ == nullptr) return;
        observer_->transaction(name_, seconds_between(queued_, begun_),
                               seconds_between(begun_, Clock::now()));
    }
    Timing(const Timing&) = delete;
    Timing& operator=(const Timing&) = delete;

private:
    TransactionObserver* observer_;
    const char* name_;
    Clock::time_point queued_;
    Clock::time_point begun_ = Clock::now();
};

}  // namespace

Database::Database(ConnectionSettings settings, int connections)
    : settings_(std::move(settings)), threads_("aksono-db", connections) {}

void Database::run(Waiter& waiter, const char* name, Isolation isolation, Lane lane,
                   const std::function<void(Transaction&)>& work) {
    const auto queued = Clock::now();
    waiter.run_on(threads_, lane, [&] {
        const Timing timing(observer_, name, queued);
        run_with_retries(name, isolation, work);
    });
}

void Database::run_with_retries(const char* name, Isolation isolation,
                                const std::function<void(Transaction&)>& work) {
    const bool writes =
        isolation == Isolation::read_committed || isolation == Isolation::repeatable_read;
    if (writes && may_write_ && !may_write_()) {
        throw MatrixError::unknown(503, "This server does not write at the moment");
    }
    for (int attempt = 1;; ++attempt) {
        auto connection = take();
        try {
            connection->run(isolation, work);
            return give_back(std::move(connection));
        } catch (const pqxx::serialization_failure&) {
            if (attempt >= kAttempts) throw;
            log::debug(kLogger, "[TXN {}] serialization failure, attempt {}", name, attempt);
        } catch (const pqxx::deadlock_detected&) {
            if (attempt >= kAttempts) throw;
            log::debug(kLogger, "[TXN {}] deadlock, attempt {}", name, attempt);
        } catch (...) {
            give_back(std::move(connection));
            throw;
        }
        give_back(std::move(connection));
    }
}

std::unique_ptr<Connection> Database::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    return std::make_unique<Connection>(settings_);
}

void Database::give_back(std::unique_ptr<Connection> connection) {
    if (!connection->usable()) return;
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
}

void Database::stop() {
    threads_.stop();
    const std::lock_guard lock(mutex_);
    idle_.clear();
}

}  // namespace aksono::pg
