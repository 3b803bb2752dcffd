// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/transaction_observer.h"
#include "base/waiter.h"
#include "base/worker_pool.h"
#include "pg/connection.h"

#include <memory>
#include <mutex>
#include <vector>

namespace aksono::pg {

/// A pool of connections, each used by one database thread at a time. The calling fiber parks while
/// its work runs there, so work may refer to the caller's locals.
///
/// `name` says what the transaction is for; it labels metrics and slow-query logs.
class Database {
public:
    Database(ConnectionSettings settings, int connections);

    /// One statement, or several that need not see the same snapshot.
    template <class Work>
    auto fetch(Waiter& waiter, const char* name, Work work, Lane lane = Lane::short_jobs) {
        return in(waiter, name, Isolation::autocommit, lane, std::move(work));
    }
    /// Several statements over one snapshot.
    template <class Work>
    auto read(Waiter& waiter, const char* name, Work work, Lane lane = Lane::short_jobs) {
        return in(waiter, name, Isolation::repeatable_read_only, lane, std::move(work));
    }
    /// Repeated on serialization failures and deadlocks: `work` must be ready to run again.
    template <class Work>
    auto write(Waiter& waiter, const char* name, Work work,
               Isolation isolation = Isolation::repeatable_read) {
        return in(waiter, name, isolation, Lane::short_jobs, std::move(work));
    }

    /// From now on write() answers 503 (MatrixError) while `may_write` says no. Before the first
    /// use.
    void only_write_while(std::function<bool()> may_write) { may_write_ = std::move(may_write); }

    /// Tells `observer` of every transaction. Before the first use; it must outlive stop().
    void observe(TransactionObserver& observer) { observer_ = &observer; }

    [[nodiscard]] const ConnectionSettings& settings() const { return settings_; }
    /// Ends running statements and lets queued work go; called once, when the server stops.
    void stop();

private:
    template <class Work>
    auto in(Waiter& waiter, const char* name, Isolation isolation, Lane lane, Work work) {
        using Value = std::invoke_result_t<Work, Transaction&>;
        if constexpr (std::is_void_v<Value>) {
            run(waiter, name, isolation, lane, [&](Transaction& tx) { work(tx); });
        } else {
            std::optional<Value> value;
            run(waiter, name, isolation, lane, [&](Transaction& tx) { value.emplace(work(tx)); });
            return std::move(*value);
        }
    }
    void run(Waiter& waiter, const char* name, Isolation isolation, Lane lane,
             const std::function<void(Transaction&)>& work);
    void run_with_retries(const char* name, Isolation isolation,
                          const std::function<void(Transaction&)>& work);
    std::unique_ptr<Connection> take();
    void give_back(std::unique_ptr<Connection> connection);

    ConnectionSettings settings_;
    std::function<bool()> may_write_;
    TransactionObserver* observer_ = nullptr;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
    WorkerPool threads_;
};

}  // namespace aksono::pg
