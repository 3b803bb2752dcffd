// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"
#include "pg/transaction.h"

#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <string>

struct pg_conn;
struct pg_result;

namespace aksono::pg {

/// A statement that PostgreSQL refused; the transaction it was in is rolled back.
class StatementFailed : public std::exception {
public:
    StatementFailed(std::string statement, std::string sqlstate, const std::string& message);
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
    [[nodiscard]] const std::string& statement() const { return statement_; }
    [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
    /// It names a row that does not exist (any more).
    [[nodiscard]] bool is_missing_reference() const { return sqlstate_ == "23503"; }
    /// A serialization failure or a deadlock: the same again may succeed.
    [[nodiscard]] bool transient() const { return sqlstate_.starts_with("40"); }

private:
    std::string statement_;
    std::string sqlstate_;
    std::string what_;
};

/// The session ended while a transaction was under way: it may have been committed or not.
class OutcomeUnknown : public std::exception {
public:
    explicit OutcomeUnknown(int backend) : backend_(backend) {}
    [[nodiscard]] const char* what() const noexcept override {
        return "the connection to the database was lost during a commit";
    }
    [[nodiscard]] int backend() const { return backend_; }  ///< the lost session's process id

private:
    int backend_;
};

/// A session of its own that writes one transaction in one round trip: statements are queued from
/// BEGIN to COMMIT and answered together. Not thread-safe.
class Pipeline : public Writer {
public:
    explicit Pipeline(const ConnectionSettings& settings);  // throws std::runtime_error
    ~Pipeline() override;
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// READ COMMITTED.
    void begin();
    void write_params(const Statement& statement, const Params& values) override;
    /// Returns once COMMIT is answered. Throws StatementFailed (rolled back, go on) or
    /// OutcomeUnknown (make a new Pipeline).
    void commit();
    /// Drops what was queued since begin().
    void roll_back();

    [[nodiscard]] bool usable() const;

private:
    struct Queued {
        std::string name;
        bool prepares;
    };
    struct Close {
        void operator()(pg_conn* session) const;
    };

    void run(const char* sql);  // outside of a transaction, before pipeline mode
    void queue(const char* sql);
    void flush_and_sync();
    /// The first error among the answers up to the next sync; nullptr when there was none.
    std::unique_ptr<StatementFailed> collect();
    std::unique_ptr<StatementFailed> failure_of(const pg_result* answer, const std::string& name);
    [[noreturn]] void lost();

    std::unique_ptr<pg_conn, Close> session_;
    int backend_ = 0;
    std::set<std::string, std::less<>> prepared_;
    std::set<std::string, std::less<>> preparing_;
    std::deque<Queued> queued_;
};

}  // namespace aksono::pg
