// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/transaction.h"

#include <functional>
#include <memory>
#include <string>

namespace aksono::pg {

/// Where and how to connect, before any secret of it is shown to anyone.
struct ConnectionSettings {
    std::string conninfo;          ///< libpq URI or key=value string
    std::string application_name;  ///< always begins with «aksono»
    Millis statement_timeout = 0;  ///< 0 = none
};

enum class Isolation {
    autocommit,  ///< no transaction: each statement stands alone
    read_committed,
    repeatable_read,
    repeatable_read_only,
    serializable_deferrable_read_only,
};

/// One session. Not thread-safe. Statements are prepared on first use. A connection that broke
/// stays broken (`usable()` is false): make a new one.
class Connection {
public:
    explicit Connection(const ConnectionSettings& settings);  // throws pqxx::broken_connection
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    /// Runs `work` in one transaction and commits; rolls back when it throws. With `autocommit`
    /// each statement stands alone. No retry: see Database for that.
    void run(Isolation isolation, const std::function<void(Transaction&)>& work);

    template <class Work>
    auto in(Isolation isolation, Work&& work) {
        using Value = std::invoke_result_t<Work, Transaction&>;
        if constexpr (std::is_void_v<Value>) {
            run(isolation, [&](Transaction& tx) { work(tx); });
        } else {
            std::optional<Value> value;
            run(isolation, [&](Transaction& tx) { value.emplace(work(tx)); });
            return std::move(*value);
        }
    }

    [[nodiscard]] bool usable() const;
    [[nodiscard]] int server_version() const;  ///< as libpq: 150018
    void cancel();                             ///< from another thread: ends the running statement

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace aksono::pg
