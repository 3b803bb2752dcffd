// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/probe.h"
#include "pg/transaction.h"

#include <cstdint>

namespace aksono::datacheck {

/// How many things are wrong, and the first of them.
struct Found {
    std::int64_t count = 0;
    std::vector<std::string> objects;
};

/// The statements of one probe, as they are sent.
class Question {
public:
    /// At most `objects` things are named by an answer.
    Question(const Probe& probe, std::size_t objects);

    /// `bounds`: of the walk, none without one. For probes without a lookup.
    Found ask(pg::Transaction& tx, const pg::Params& bounds) const;

    // Probes with one: what the first half finds, in whatever database it is, is given to the
    // second.
    std::vector<std::string> keys(pg::Transaction& tx, const pg::Params& bounds) const;
    Found look_up(pg::Transaction& tx, const std::vector<std::string>& keys) const;

private:
    std::string name_;
    std::string sql_;
    std::string lookup_name_;
    std::string lookup_sql_;
};

}  // namespace aksono::datacheck
