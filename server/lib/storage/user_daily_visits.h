// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "pg/transaction.h"

namespace aksono::storage {

/// Part of a day whose visits are counted: after `after`, up to and with `until`.
struct VisitSpan {
    Millis day = 0;  ///< when the day began (UTC)
    Millis after = 0;
    Millis until = 0;
};

/// Adds to user_daily_visits who was seen in the span, by user_ips: one row for each user and
/// device that has none for the day yet; guests and users of application services do not count.
/// Visits without device (an admin's login as a user) are added each time, as Synapse does.
void insert_daily_visits(pg::Writer& tx, const VisitSpan& span);

}  // namespace aksono::storage
