// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/waiter.h"
#include "pg/database.h"
#include "storage/user_daily_visits.h"

#include <vector>

namespace aksono::users {

/// What is to be counted at `now` when the last count was at `last` (0: since the start of the
/// server none): the rest of yesterday, if midnight lies between, and today.
std::vector<storage::VisitSpan> visit_spans(Millis last, Millis now);

/// Counts which users were here on which day (user_daily_visits), out of what LastSeen has written.
class DailyVisits {
public:
    explicit DailyVisits(pg::Database& db) : db_(db) {}

    /// From one thread at a time. What could not be written is counted the next time.
    void count(Waiter& waiter);

    static constexpr Millis kInterval = 300000;

private:
    pg::Database& db_;
    Millis last_ = 0;
};

}  // namespace aksono::users
