// SPDX-License-Identifier: Apache-2.0
#include "background/updates.h"
#include "background/walk.h"

namespace aksono::background {

namespace {

constexpr pg::Statement kLastSeen{"background_devices_last_seen", R"(
WITH batch AS (
    SELECT d.user_id, d.device_id FROM devices d
    WHERE (d.user_id, d.device_id) > ($1, $2)
      AND EXISTS (
        SELECT FROM user_ips i WHERE i.user_id = d.user_id AND i.device_id = d.device_id)
    ORDER BY d.user_id, d.device_id LIMIT $3),
seen AS (
    UPDATE devices d SET last_seen = i.last_seen, ip = i.ip, user_agent = i.user_agent
    FROM batch b CROSS JOIN LATERAL (
        SELECT last_seen, ip, user_agent FROM user_ips
        WHERE user_id = b.user_id AND device_id = b.device_id
        ORDER BY last_seen DESC LIMIT 1) i
    WHERE d.user_id = b.user_id AND d.device_id = b.device_id)
SELECT user_id, device_id, count(*) OVER () FROM batch
ORDER BY user_id DESC, device_id DESC LIMIT 1)"};

/// Rows last seen from $1 on, so many moments at once, and all that are about the same user, token
/// and address. The newest stays; of several that are as new, what one of them knows is kept.
constexpr pg::Statement kSameAddress{"background_same_address", R"(
WITH bound AS (
    SELECT min(last_seen) AS upto FROM (
        SELECT last_seen FROM user_ips WHERE last_seen > $1
        ORDER BY last_seen OFFSET $2 LIMIT 1) edge),
touched AS (
    SELECT DISTINCT i.user_id, i.access_token, i.ip FROM user_ips i, bound
    WHERE i.last_seen >= $1 AND (bound.upto IS NULL OR i.last_seen < bound.upto)),
ranked AS (
    SELECT i.ctid AS place, row_number() OVER alike AS number, count(*) OVER as_new AS ties,
        max(i.device_id) OVER as_new AS device_id, max(i.user_agent) OVER as_new AS user_agent
    FROM touched JOIN user_ips i USING (user_id, access_token, ip)
    WINDOW alike AS (PARTITION BY user_id, access_token, ip ORDER BY i.last_seen DESC),
        as_new AS (PARTITION BY user_id, access_token, ip, i.last_seen)),
merged AS (
    UPDATE user_ips i SET device_id = r.device_id, user_agent = r.user_agent
    FROM ranked r WHERE i.ctid = r.place AND r.number = 1 AND r.ties > 1),
gone AS (DELETE FROM user_ips i USING ranked r WHERE i.ctid = r.place AND r.number > 1)
SELECT upto FROM bound)"};

/// From stream id $1 on, so many rows and those with the id of the last. One of each is left, to be
/// sent again.
constexpr pg::Statement kSamePoke{"background_same_poke", R"(
WITH batch AS (
    SELECT stream_id FROM device_lists_outbound_pokes WHERE stream_id >= $1
    ORDER BY stream_id LIMIT $2),
bound AS (SELECT count(*) AS items, max(stream_id) AS upto FROM batch),
ranked AS (
    SELECT p.ctid AS place, row_number() OVER alike AS number, count(*) OVER alike AS copies,
        max(p.ts) OVER alike AS ts
    FROM device_lists_outbound_pokes p, bound
    WHERE p.stream_id BETWEEN $1 AND bound.upto
    WINDOW alike AS (PARTITION BY p.stream_id, p.destination, p.user_id, p.device_id)),
merged AS (
    UPDATE device_lists_outbound_pokes p
    SET ts = r.ts, sent = false, opentracing_context = NULL, instance_name = 'master'
    FROM ranked r WHERE p.ctid = r.place AND r.number = 1 AND r.copies > 1),
gone AS (
    DELETE FROM device_lists_outbound_pokes p USING ranked r
    WHERE p.ctid = r.place AND r.number > 1)
SELECT items, upto FROM bound)"};

constexpr pg::Statement kNewestMessage{"background_newest_device_message",
                                       "SELECT max(stream_id) FROM device_inbox"};

/// A device whose `hidden` is NULL counts as none.
constexpr pg::Statement kDeadInbox{"background_dead_inbox", R"(
DELETE FROM device_inbox i
WHERE i.stream_id >= $1 AND i.stream_id < $2
  AND NOT EXISTS (
    SELECT FROM devices d
    WHERE d.user_id = i.user_id AND d.device_id = i.device_id AND NOT d.hidden))"};

/// Of the same signature by the same key, the one that sorts last.
constexpr pg::Statement kSameSignature{"background_same_signature", R"(
DELETE FROM e2e_cross_signing_signatures s
USING (
    SELECT ctid AS place, row_number() OVER (
        PARTITION BY user_id, key_id, target_user_id, target_device_id
        ORDER BY signature DESC) AS number
    FROM e2e_cross_signing_signatures) ranked
WHERE s.ctid = ranked.place AND ranked.number > 1)"};

Outcome fill_last_seen(const Work& work) {
    const auto rows = work.tx.query(kLastSeen, work.progress.value("last_user_id", ""),
                                    work.progress.value("last_device_id", ""), work.batch);
    if (rows.empty()) return {.done = true};
    return {.progress = {{"last_user_id", rows[0].text(0)}, {"last_device_id", rows[0].text(1)}},
            .items = rows[0].integer(2)};
}

Outcome merge_addresses(const Work& work) {
    const auto from = work.progress.find("last_seen");
    if (from != work.progress.end() && from->is_null()) return {.done = true};
    const auto begin = from == work.progress.end() ? 0 : from->get<std::int64_t>();
    const auto upto = work.tx.query(kSameAddress, begin, work.batch)[0].maybe_integer(0);
    if (!upto) return {.done = true};
    return {.progress = {{"last_seen", *upto}}, .items = work.batch};
}

/// The progress names a whole row; this goes by stream ids, each of which it does as a whole.
Outcome merge_pokes(const Work& work) {
    const auto last = work.progress.value("last_row", Json::object());
    const auto from = last.value("stream_id", std::int64_t{0});
    const auto rows = work.tx.query(kSamePoke, from, work.batch);
    if (rows[0].integer(0) == 0) return {.done = true};
    const Json next{{"stream_id", rows[0].integer(1) + 1},
                    {"destination", ""},
                    {"user_id", ""},
                    {"device_id", ""}};
    return {.progress = {{"last_row", next}}, .items = rows[0].integer(0)};
}

Outcome empty_dead_inboxes(const Work& work) {
    const auto range = next_range(work, kNewestMessage);
    if (range.past) return {.done = true};
    work.tx.write(kDeadInbox, range.from, range.to);
    return range.outcome();
}

Outcome drop_same_signatures(const Work& work) {
    const auto gone = work.tx.query(kSameSignature).affected();
    return {.done = true, .items = gone};
}

}  // namespace

void add_device_updates(Updates& updates) {
    add(updates, {.name = "devices_last_seen", .walks = "devices", .step = fill_last_seen});
    add(updates, {.name = "user_ips_remove_dupes", .walks = "user_ips", .step = merge_addresses});
    add(updates, {.name = "remove_dup_outbound_pokes",
                  .walks = "device_lists_outbound_pokes",
                  .step = merge_pokes});
    add(updates, {.name = "remove_dead_devices_from_device_inbox",
                  .walks = "device_inbox",
                  .step = empty_dead_inboxes,
                  .largest_batch = kLargestRange});
    add(updates,
        {.name = "e2e_cross_signing_signatures_remove_duplicates", .step = drop_same_signatures});
}

}  // namespace aksono::background
