// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/json.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aksono::datacheck {

/// Why a question has no whole answer.
enum class Gap {
    none,
    budget,     ///< the time was up
    forbidden,  ///< no rights on a table
    unlogged,   ///< a standby does not have the table
    locked,     ///< somebody held a lock on it all the time
    slow,       ///< takes longer than a snapshot may
    failed,     ///< PostgreSQL refused the statement
};

/// What one question has found out so far.
struct Answer {
    bool done = false;
    std::string at;                    ///< the last key that was looked at; empty: none yet
    std::int64_t found = 0;            ///< things that are wrong
    std::vector<std::string> objects;  ///< the first of them
    Gap gap = Gap::none;
    std::string why;            ///< of the gap, in PostgreSQL's words or a table's name
    std::int64_t left_out = 0;  ///< keys whose rows PostgreSQL cannot read
    std::string left_why = "";  ///< the same for the first of these
    bool operator==(const Answer&) const = default;
};

/// How far a check has come: enough to go on from there.
struct Progress {
    std::string database;                   ///< which one, so that no other is gone on with
    std::map<std::string, Answer> answers;  ///< by id of the probe
    bool operator==(const Progress&) const = default;

    /// Going on would bring nothing more.
    [[nodiscard]] bool complete() const;
};

/// For a file; the second throws std::runtime_error when it is no such file.
Json write_progress(const Progress& progress);
Progress read_progress(const Json& json);

}  // namespace aksono::datacheck
