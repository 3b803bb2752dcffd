// SPDX-License-Identifier: Apache-2.0
#include "datacheck/session.h"

#include "pg/errors.h"

#include <chrono>
#include <thread>

namespace aksono::datacheck {

namespace {

constexpr int kLockAttempts = 8;
constexpr Millis kLockPause = 250;
constexpr int kConnectAttempts = 5;
constexpr Millis kConnectPause = 250;  ///< twice as long with each attempt

// Values of a range decide the plan, so each statement is planned for its own. They are short, and
// many: compiling them takes longer than they do.
constexpr const char* kSettings =
    "SET lock_timeout = '100ms'; SET plan_cache_mode = force_custom_plan; SET jit = off; "
    "SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_read_only = on";

void pause(Millis time) {
    std::this_thread::sleep_for(std::chrono::milliseconds(time));
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// SQLSTATEs with which PostgreSQL says that this session is over.
bool ends_session(const std::string& state) {
    return state == "57P01" || state == "57P02" || state == "57P03" || state.starts_with("08");
}

/// Beyond those of class 22: JSON that is nested deeper than PostgreSQL's stack allows.
bool unreadable(const pg::SqlError& error) {
    return dynamic_cast<const pg::DataError*>(&error) != nullptr ||
           error.sqlstate().starts_with("22") || error.sqlstate() == "54001";
}

Trouble trouble_of(const pg::SqlError& error) {
    using Kind = Trouble::Kind;
    const auto& state = error.sqlstate();
    const bool no_rights = dynamic_cast<const pg::NoRights*>(&error) != nullptr;
    const Kind kind = no_rights || state == "42501" ? Kind::forbidden
                      : state == "57014"            ? Kind::too_long
                      : state == "55P03"            ? Kind::locked
                      : unreadable(error)           ? Kind::unreadable
                                                    : Kind::failed;
    return {kind, first_line(error.what()), state};
}

}  // namespace

Session::Session(Connect connect) : connect_(std::move(connect)) {}

std::optional<Trouble> Session::run(const std::function<void(pg::Transaction&)>& work) {
    return run_within(kLongestStatement, work);
}

std::optional<Trouble> Session::run_within(Millis longest,
                                           const std::function<void(pg::Transaction&)>& work) {
    std::optional<Trouble> trouble;
    for (int i = 0; i < kLockAttempts; ++i) {
        if (i > 0) pause(kLockPause);
        trouble = attempt(longest, work);
        if (!trouble || trouble->kind != Trouble::Kind::locked) break;
    }
    return trouble;
}

std::optional<Trouble> Session::attempt(Millis longest,
                                        const std::function<void(pg::Transaction&)>& work) {
    if (!connection_) connect();
    for (int lost = 0;; ++lost) {
        std::string why;
        try {
            connection_->run(pg::Isolation::repeatable_read_only, [&](pg::Transaction& tx) {
                tx.query_text("SET LOCAL statement_timeout = " + std::to_string(longest));
                work(tx);
            });
            return std::nullopt;
        } catch (const pg::SqlError& error) {
            if (!ends_session(error.sqlstate()) && connection_->usable()) return trouble_of(error);
            why = first_line(error.what());
        } catch (const pg::RolledBack& error) {
            return Trouble{Trouble::Kind::disturbed, first_line(error.what()), ""};
        } catch (const std::exception& error) {  // libpqxx has many names for it
            const bool broken = dynamic_cast<const pg::BrokenConnection*>(&error) != nullptr;
            if (!broken && connection_->usable()) throw;
            why = first_line(error.what());
        }
        if (lost == kConnectAttempts) throw ConnectionLost(why);
        reconnect(why);
    }
}

void Session::connect() {
    connection_.emplace(connect_());
    connection_->run(pg::Isolation::autocommit,
                     [](pg::Transaction& tx) { tx.query_text(kSettings); });
}

void Session::reconnect(const std::string& why) {
    connection_.reset();
    for (int i = 0; i < kConnectAttempts; ++i) {
        pause(kConnectPause << i);
        try {
            return connect();
        } catch (const std::exception&) {  // what ended the first one is the one to tell
        }
    }
    throw ConnectionLost(why);
}

}  // namespace aksono::datacheck
