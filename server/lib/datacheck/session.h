// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace aksono::datacheck {

/// What kept a statement from being answered, where another attempt, another day or a smaller range
/// may bring the answer.
struct Trouble {
    enum class Kind {
        too_long,    ///< ended by the statement timeout
        disturbed,   ///< a standby had to end it
        locked,      ///< a lock was not to be had within 100 ms
        forbidden,   ///< no rights on a table
        unreadable,  ///< a value in a row is not what the statement takes it for
        failed,      ///< anything else that PostgreSQL refuses
    };
    Kind kind = Kind::failed;
    std::string why;    ///< one line, PostgreSQL's
    std::string state;  ///< SQLSTATE
};

/// The connection is gone and does not come back.
class ConnectionLost : public std::runtime_error {
    using runtime_error::runtime_error;
};

/// One database that is in use: asked in read-only transactions that are short, that wait for
/// no lock and that do not hold vacuum back for long.
class Session {
public:
    using Connect = std::function<pg::Connection()>;
    static constexpr Millis kLongestStatement = 50'000;

    /// `connect` throws when it cannot.
    explicit Session(Connect connect);

    /// Runs `work` in a transaction (a snapshot) of its own. A connection that is lost is made
    /// again, a few times; a lock is tried for again; throws ConnectionLost.
    std::optional<Trouble> run(const std::function<void(pg::Transaction&)>& work);

    /// The same with a shorter timeout.
    std::optional<Trouble> run_within(Millis longest,
                                      const std::function<void(pg::Transaction&)>& work);

private:
    void connect();
    void reconnect(const std::string& why);
    std::optional<Trouble> attempt(Millis longest,
                                   const std::function<void(pg::Transaction&)>& work);

    Connect connect_;
    std::optional<pg::Connection> connection_;
};

}  // namespace aksono::datacheck
