// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace aksono::migrate {

/// What SQLite says about a file or a statement.
class SqliteError : public std::runtime_error {
    using runtime_error::runtime_error;
};

/// The answer of one statement, row by row; columns are counted from 0.
class SqliteRows {
public:
    enum class Kind { null, integer, real, text, blob };

    SqliteRows(sqlite3* file, const std::string& sql);

    void bind(int number, std::int64_t value);  // counted from 1
    void bind(int number, const std::string& value);
    /// The next row; false when there is none.
    bool step();

    [[nodiscard]] Kind kind(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    /// Of a text or a blob; valid until the next step().
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }

private:
    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };
    sqlite3* file_;
    std::unique_ptr<sqlite3_stmt, Finish> statement_;
};

/// A SQLite database, opened for reading only. Not thread-safe.
class SqliteFile {
public:
    explicit SqliteFile(const std::string& path);  // throws SqliteError

    SqliteRows query(const std::string& sql) { return SqliteRows(file_.get(), sql); }
    /// The first column of the only row.
    std::int64_t number(const std::string& sql);
    void run(const std::string& sql);

private:
    struct Close {
        void operator()(sqlite3* file) const;
    };
    std::unique_ptr<sqlite3, Close> file_;
};

/// `"name"` as SQLite wants it.
std::string quote_for_sqlite(const std::string& name);

}  // namespace aksono::migrate
