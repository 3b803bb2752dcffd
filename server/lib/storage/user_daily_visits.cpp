// SPDX-License-Identifier: Apache-2.0
#include "storage/user_daily_visits.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kInsert{
    "user_daily_visits_insert",
    "INSERT INTO user_daily_visits (user_id, device_id, timestamp, user_agent)"
    " SELECT seen.user_id, seen.device_id, $1::bigint, max(seen.user_agent)"
    " FROM user_ips seen JOIN users ON users.name = seen.user_id"
    " WHERE seen.last_seen > $2::bigint AND seen.last_seen <= $3::bigint"
    " AND users.is_guest = 0 AND users.appservice_id IS NULL"
    " AND NOT EXISTS (SELECT FROM user_daily_visits known WHERE known.user_id = seen.user_id"
    " AND known.device_id = seen.device_id AND known.timestamp = $1::bigint)"
    " GROUP BY seen.user_id, seen.device_id ORDER BY seen.user_id, seen.device_id"};

}  // namespace

void insert_daily_visits(pg::Writer& tx, const VisitSpan& span) {
    tx.write(kInsert, span.day, span.after, span.until);
}

}  // namespace aksono::storage
