// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "synschema/catalogue.h"

namespace aksono::synschema {

/// The strongest lock that a statement takes on its table, weakest first (PostgreSQL, «Explicit
/// Locking»).
enum class Lock {
    none,
    row_exclusive,           ///< reads and writes go on
    share_update_exclusive,  ///< reads and writes go on
    share,                   ///< writes wait
    share_row_exclusive,     ///< writes wait
    access_exclusive,        ///< reads and writes wait
};

/// How long the lock is held.
enum class Work {
    brief,    ///< the catalogues alone
    scan,     ///< reads the whole table
    rewrite,  ///< writes the whole table anew
};

/// One statement that brings a shape nearer to another.
struct Change {
    std::string sql;    ///< without a semicolon
    std::string table;  ///< that is locked; empty: none that was there before
    Lock lock = Lock::none;
    Work work = Work::brief;
    std::string also_locked;  ///< the table that a foreign key points at: SHARE ROW EXCLUSIVE
    bool destroys = false;    ///< what it drops is lost
};

/// What makes `to` out of `from`, in an order in which it can be run in one transaction. Texts of
/// functions and comments are those of `texts`; sequences that both have stay where they are, and
/// so do rows of tables that both have.
std::vector<Change> changes_between(const Schema& from, const Schema& to, const Catalogue& texts);

}  // namespace aksono::synschema
