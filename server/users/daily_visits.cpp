// SPDX-License-Identifier: Apache-2.0
#include "users/daily_visits.h"

#include <algorithm>

namespace aksono::users {

namespace {

constexpr Millis kDay = 24LL * 60 * 60 * 1000;

}  // namespace

std::vector<storage::VisitSpan> visit_spans(Millis last, Millis now) {
    const Millis today = now - now % kDay;
    std::vector<storage::VisitSpan> spans;
    if (last != 0 && last < today) {
        const Millis yesterday = today - kDay;
        spans.push_back({yesterday, std::max(last, yesterday - 1), today - 1});
    }
    spans.push_back({today, std::max(last, today - 1), now});
    return spans;
}

void DailyVisits::count(Waiter& waiter) {
    const auto now = now_ms();
    const auto spans = visit_spans(last_, now);
    db_.write(
        waiter, "count_daily_visits",
        [&](pg::Transaction& tx) {
            for (const auto& span : spans)
                storage::insert_daily_visits(tx, span);
        },
        pg::Isolation::read_committed);
    last_ = now;
}

}  // namespace aksono::users
