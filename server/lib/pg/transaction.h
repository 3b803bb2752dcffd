// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pg/params.h"
#include "pg/rows.h"
#include "pg/statement.h"

namespace aksono::pg {

/// Where statements whose answers nobody waits for are sent: a transaction, which runs each at
/// once, or a pipeline, which sends many in one round trip.
class Writer {
public:
    virtual ~Writer() = default;

    template <class... Args>
    void write(const Statement& statement, const Args&... args) {
        write_params(statement, params(args...));
    }
    virtual void write_params(const Statement& statement, const Params& values) = 0;
};

/// An open transaction (or a single autocommitted statement's scope). Storage functions take one
/// and never commit: who opened it does.
class Transaction : public Writer {
public:
    template <class... Args>
    Rows query(const Statement& statement, const Args&... args) {
        return query_params(statement, params(args...));
    }
    virtual Rows query_params(const Statement& statement, const Params& values) = 0;

    /// SQL that is put together at run time (introspection, DDL); never with values inside.
    virtual Rows query_text(const std::string& sql) = 0;

    void write_params(const Statement& statement, const Params& values) override {
        query_params(statement, values);
    }
};

}  // namespace aksono::pg
