// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"
#include "pg/transaction.h"

#include <cstdint>

namespace aksono::datacheck {

/// For the rest of a transaction no index is used, so that one that is damaged hides nothing.
constexpr const char* kWithoutIndexes =
    "SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_indexscan', "
    "'enable_indexonlyscan', 'enable_bitmapscan']) name";

/// How many things are wrong, and the first of them.
struct Found {
    std::int64_t count = 0;
    std::vector<std::string> objects;
};

/// The statements of one probe, as they are sent.
class Question {
public:
    /// At most `objects` things are named by an answer. `apart`: main and state are two databases.
    Question(const Probe& probe, std::size_t objects, bool apart);

    /// In one statement: nothing has to be looked up in another database.
    [[nodiscard]] bool at_once() const { return lookup_sql_.empty(); }
    /// `bounds`: of the walk, none without one. For what is asked at once.
    Found ask(pg::Transaction& tx, const pg::Params& bounds) const;

    // For the others: what the first half finds, in whatever database it is, is given to the
    // second.
    std::vector<std::string> keys(pg::Transaction& tx, const pg::Params& bounds) const;
    Found look_up(pg::Transaction& tx, const std::vector<std::string>& keys) const;

private:
    std::string name_;
    bool without_indexes_;
    std::string sql_;
    std::string lookup_name_;
    std::string lookup_sql_;
};

}  // namespace aksono::datacheck
