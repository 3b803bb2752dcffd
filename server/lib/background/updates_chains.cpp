// SPDX-License-Identifier: Apache-2.0
#include "background/chain_cover.h"
#include "background/event_json_sql.h"
#include "background/updates.h"

#include <algorithm>
#include <set>

namespace aksono::background {

namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;

/// What rejected events lack that were stored before rejected ones were kept whole.
constexpr auto kRejectedSql = joined(R"(
WITH batch AS (
    SELECT event_id FROM rejections WHERE event_id > $1 ORDER BY event_id LIMIT $2),
parsed AS (
    SELECT j.event_id, j.room_id, coalesce(j.format_version, 1) AS format, )",
                                     kEventJson, R"( AS event
    FROM batch JOIN event_json j USING (event_id)),
state AS (SELECT * FROM parsed WHERE event -> 'state_key' IS NOT NULL),
stated AS (
    INSERT INTO state_events (event_id, room_id, type, state_key)
    SELECT event_id, room_id, event ->> 'type', event ->> 'state_key' FROM state
    ON CONFLICT (event_id) DO NOTHING),
named AS (
    SELECT s.event_id, s.room_id,
        CASE WHEN s.format <= 2 AND json_typeof(a.entry) = 'array' THEN a.entry ->> 0
             ELSE a.entry #>> '{}' END AS auth_id
    FROM state s CROSS JOIN json_array_elements(s.event -> 'auth_events') a(entry)
    UNION
    -- From room version 12 on the room's id stands for its create event.
    SELECT event_id, room_id, '$' || substr(room_id, 2) FROM state
    WHERE format >= 4 AND event ->> 'type' <> 'm.room.create'),
authed AS (
    INSERT INTO event_auth (event_id, room_id, auth_id)
    SELECT n.event_id, n.room_id, n.auth_id FROM named n
    WHERE NOT EXISTS (SELECT FROM event_auth x WHERE x.event_id = n.event_id))
SELECT max(event_id), count(*) FROM batch)");
constexpr pg::Statement kRejected{"background_rejected", kRejectedSql.data()};

Outcome keep_rejected_whole(const Work& work) {
    const auto after = work.progress.value("last_event_id", "");
    const auto rows = work.tx.query(kRejected, after, work.batch);
    const auto last = rows[0].maybe_text(0);
    if (!last) return {.done = true};
    return {.progress = {{"last_event_id", *last}}, .items = rows[0].integer(1)};
}

constexpr pg::Statement kDropPurged{"background_drop_purged_chains", R"(
WITH batch AS (
    SELECT event_id FROM event_auth_chains WHERE event_id > $1 ORDER BY event_id LIMIT $2),
dropped AS (
    DELETE FROM event_auth_chains c USING batch b
    WHERE c.event_id = b.event_id
      AND NOT EXISTS (SELECT FROM events e WHERE e.event_id = b.event_id)
    RETURNING c.chain_id, c.sequence_number),
unlinked AS (
    DELETE FROM event_auth_chain_links l USING dropped d
    WHERE l.origin_chain_id = d.chain_id AND l.origin_sequence_number = d.sequence_number)
SELECT max(event_id), count(*) FROM batch)"};

Outcome drop_purged(const Work& work) {
    const auto after = work.progress.value("current_event_id", "");
    const auto rows = work.tx.query(kDropPurged, after, work.batch);
    const auto last = rows[0].maybe_text(0);
    if (!last) return {.done = true};
    return {.progress = {{"current_event_id", *last}}, .items = rows[0].integer(1)};
}

constexpr pg::Statement kUnchained{"background_unchained", R"(
SELECT e.event_id, e.room_id, e.topological_ordering, e.stream_ordering
FROM events e JOIN state_events s ON s.event_id = e.event_id
WHERE (e.room_id, e.topological_ordering, e.stream_ordering) > ($1, $2, $3)
  AND NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.event_id = e.event_id)
ORDER BY e.room_id, e.topological_ordering, e.stream_ordering LIMIT $4)"};

/// The events themselves, and those that they name without a place, however deep.
constexpr pg::Statement kToPlace{"background_to_place", R"(
WITH RECURSIVE wanted(event_id) AS (
    SELECT unnest($1::text[])
    UNION
    SELECT a.auth_id FROM wanted w JOIN event_auth a ON a.event_id = w.event_id
    JOIN state_events s ON s.event_id = a.auth_id
    JOIN events e ON e.event_id = a.auth_id
    WHERE NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.event_id = a.auth_id))
SELECT w.event_id, s.type, s.state_key,
    ARRAY(SELECT DISTINCT a.auth_id FROM event_auth a WHERE a.event_id = w.event_id
          ORDER BY a.auth_id)
FROM wanted w JOIN state_events s ON s.event_id = w.event_id)"};

constexpr pg::Statement kPlaces{"background_chain_places", R"(
SELECT c.event_id, s.type, s.state_key, c.chain_id, c.sequence_number,
    NOT EXISTS (SELECT FROM event_auth_chains n
                WHERE n.chain_id = c.chain_id AND n.sequence_number > c.sequence_number)
FROM event_auth_chains c JOIN state_events s ON s.event_id = c.event_id
WHERE c.event_id = ANY($1::text[]))"};

constexpr pg::Statement kLinks{"background_chain_links", R"(
WITH RECURSIVE chains(chain_id) AS (
    SELECT unnest($1::bigint[])
    UNION
    SELECT l.target_chain_id FROM chains c
    JOIN event_auth_chain_links l ON l.origin_chain_id = c.chain_id)
SELECT l.origin_chain_id, l.origin_sequence_number, l.target_chain_id, l.target_sequence_number
FROM chains c JOIN event_auth_chain_links l ON l.origin_chain_id = c.chain_id)"};

constexpr pg::Statement kNewChains{
    "background_new_chains",
    "SELECT nextval('event_auth_chain_id') FROM generate_series(1, $1::bigint)"};

constexpr pg::Statement kAddPlaces{"background_add_chain_places", R"(
INSERT INTO event_auth_chains (event_id, chain_id, sequence_number)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]))"};

constexpr pg::Statement kAddLinks{"background_add_chain_links", R"(
INSERT INTO event_auth_chain_links (origin_chain_id, origin_sequence_number, target_chain_id,
    target_sequence_number)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]))"};

constexpr pg::Statement kCalculated{
    "background_chains_calculated",
    "DELETE FROM event_auth_chain_to_calculate WHERE event_id = ANY($1::text[])"};

constexpr pg::Statement kRoomsCovered{
    "background_rooms_covered",
    "UPDATE rooms SET has_auth_chain_index = true WHERE room_id = ANY($1::text[])"};

std::vector<Unchained> read_to_place(pg::Transaction& tx, const Texts& events) {
    std::vector<Unchained> found;
    for (const auto row : tx.query(kToPlace, events))
        found.push_back({row.text(0), {row.text(1), row.text(2)}, row.texts(3)});
    return found;
}

ChainCover read_cover(pg::Transaction& tx, const std::vector<Unchained>& events) {
    std::set<std::string> named;
    for (const auto& event : events)
        named.insert(event.auth_events.begin(), event.auth_events.end());
    ChainCover cover;
    Numbers chains;
    for (const auto row : tx.query(kPlaces, Texts(named.begin(), named.end()))) {
        cover.events[row.text(0)] = {
            {row.text(1), row.text(2)}, {row.integer(3), row.integer(4)}, row.boolean(5)};
        chains.push_back(row.integer(3));
    }
    for (const auto row : tx.query(kLinks, chains)) {
        cover.links.push_back({{row.integer(0), row.integer(1)}, {row.integer(2), row.integer(3)}});
    }
    return cover;
}

/// Numbers of the sequence in the place of -1, -2 …
class Numbering {
public:
    Numbering(pg::Transaction& tx, int chains) {
        for (const auto row : tx.query(kNewChains, chains))
            numbers_.push_back(row.integer(0));
    }
    [[nodiscard]] std::int64_t of(std::int64_t chain) const {
        return chain > 0 ? chain : numbers_[static_cast<std::size_t>(-chain - 1)];
    }

private:
    Numbers numbers_;
};

void write_extension(pg::Transaction& tx, const CoverExtension& extension) {
    const Numbering numbering(tx, extension.new_chains);
    Texts events;
    Numbers chains;
    Numbers sequences;
    for (const auto& [event, place] : extension.places) {
        events.push_back(event);
        chains.push_back(numbering.of(place.chain));
        sequences.push_back(place.sequence);
    }
    tx.query(kAddPlaces, events, chains, sequences);
    tx.query(kCalculated, events);
    Numbers origins;
    Numbers origin_sequences;
    Numbers targets;
    Numbers target_sequences;
    for (const auto& link : extension.links) {
        origins.push_back(numbering.of(link.origin.chain));
        origin_sequences.push_back(link.origin.sequence);
        targets.push_back(numbering.of(link.target.chain));
        target_sequences.push_back(link.target.sequence);
    }
    tx.query(kAddLinks, origins, origin_sequences, targets, target_sequences);
}

/// Rooms in the order of their ids, in each the state events by depth. A room is marked as covered
/// when the walk has left it.
Outcome cover_by_chains(const Work& work) {
    const auto room = work.progress.value("current_room_id", "");
    const auto rows = work.tx.query(kUnchained, room, work.progress.value("last_depth", 0LL),
                                    work.progress.value("last_stream", 0LL), work.batch);
    std::set<std::string> left{room};
    Texts events;
    for (const auto row : rows) {
        events.push_back(row.text(0));
        left.insert(row.text(1));
    }
    if (!events.empty()) {
        const auto to_place = read_to_place(work.tx, events);
        write_extension(work.tx, extend_cover(read_cover(work.tx, to_place), to_place));
    }
    const bool done = static_cast<std::int64_t>(events.size()) < work.batch;
    if (!done) left.erase(rows[rows.size() - 1].text(1));
    work.tx.query(kRoomsCovered, Texts(left.begin(), left.end()));
    if (done) return {.done = true, .items = work.batch};
    const auto last = rows[rows.size() - 1];
    return {.progress = {{"current_room_id", last.text(1)},
                         {"last_depth", last.integer(2)},
                         {"last_stream", last.integer(3)}},
            .items = work.batch};
}

}  // namespace

void add_chain_updates(Updates& updates) {
    add(updates,
        {.name = "rejected_events_metadata", .walks = "rejections", .step = keep_rejected_whole});
    add(updates, {.name = "chain_cover", .walks = "state_events", .step = cover_by_chains});
    add(updates, {.name = "purged_chain_cover", .walks = "event_auth_chains", .step = drop_purged});
}

}  // namespace aksono::background
