// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/connection.h"
#include "pg/copy_text.h"

#include <memory>
#include <string>

struct pg_conn;

namespace aksono::pg {

/// A session of its own that takes rows in bulk, with COPY. Not thread-safe. After anything that it
/// throws (SqlError: PostgreSQL's refusal, BrokenConnection) it is of no more use.
class LoadSession {
public:
    explicit LoadSession(const ConnectionSettings& settings);  // throws BrokenConnection
    ~LoadSession();
    LoadSession(LoadSession&&) noexcept;
    LoadSession& operator=(LoadSession&&) noexcept;

    /// One statement or several; answers are dropped.
    void run(const std::string& sql);

    /// `statement` is «COPY table (columns) FROM STDIN».
    void copy(const std::string& statement, const CopyText& rows);

private:
    struct Close {
        void operator()(pg_conn* session) const;
    };

    [[noreturn]] void lost() const;

    std::unique_ptr<pg_conn, Close> session_;
};

}  // namespace aksono::pg
