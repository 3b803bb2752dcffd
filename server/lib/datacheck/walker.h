// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datacheck/engine.h"
#include "datacheck/pace.h"
#include "datacheck/question.h"

namespace aksono::datacheck {

/// Puts one probe to the databases, range by range.
class Walker {
public:
    Walker(const Probe& probe, Sessions sessions, const EngineOptions& options, Answer& answer);

    /// Finds out where the walk ends. False when the answer is complete already or cannot be had.
    bool begin();
    /// One statement (or pair). False when there is nothing more to do.
    bool step();
    /// How much of the walk is done, 0 to 1; a guess where the key is text.
    [[nodiscard]] double part() const;

private:
    [[nodiscard]] Session& session(Side side) const;
    std::optional<Trouble> ask(const std::string& to);
    std::optional<Trouble> ask_apart(const pg::Params& bounds, Found& found);
    std::optional<Trouble> next_bound(std::string& to);
    bool give_up(const Trouble& trouble);
    bool after(const Trouble& trouble, const std::string& to);
    bool leave_out(const Trouble& trouble, const std::string& to);
    bool went_to(const std::string& to);
    void take(const Found& found);
    void finish();
    [[nodiscard]] pg::Params bounds(const std::string& to) const;

    const Probe& probe_;
    Sessions sessions_;
    const EngineOptions& options_;
    Answer& answer_;
    Question question_;
    Pace pace_;
    std::string first_;  ///< key; empty: the table is
    std::string last_;
    double rows_ = 0;  ///< of a text walk, as PostgreSQL's statistics have it
    double rows_done_ = 0;
    int disturbances_ = 0;  ///< in a row
};

}  // namespace aksono::datacheck
