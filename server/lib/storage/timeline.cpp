// SPDX-License-Identifier: Apache-2.0
#include "storage/timeline.h"

#include <limits>

namespace aksono::storage {

namespace {

#define AKSONO_EVENT_ROW                                                                \
    "e.event_id, e.room_id, e.type, e.sender, e.state_key IS NOT NULL, e.contains_url," \
    " e.stream_ordering, e.topological_ordering, e.instance_name, g.state_group"

constexpr pg::Statement kRecentEvents{
    "timeline_recent",
    "SELECT " AKSONO_EVENT_ROW
    "  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY"
    "       AS w(room_id, after, until, n)"
    "  CROSS JOIN LATERAL ("
    "    SELECT * FROM events"
    "     WHERE room_id = w.room_id AND stream_ordering > w.after AND stream_ordering <= w.until"
    "       AND NOT outlier AND rejection_reason IS NULL"
    "     ORDER BY stream_ordering DESC LIMIT $4) e"
    "  LEFT JOIN event_to_state_groups g ON g.event_id = e.event_id"
    " ORDER BY w.n, e.stream_ordering DESC"};

constexpr pg::Statement kRecentByDepth{
    "timeline_recent_by_depth",
    "SELECT " AKSONO_EVENT_ROW
    "  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $5::bigint[], $6::bigint[])"
    "       WITH ORDINALITY AS w(room_id, after, until, depth, stream, n)"
    "  CROSS JOIN LATERAL ("
    "    SELECT * FROM events"
    "     WHERE room_id = w.room_id AND stream_ordering > w.after AND stream_ordering <= w.until"
    "       AND (topological_ordering, stream_ordering) < (w.depth, w.stream)"
    "       AND NOT outlier AND rejection_reason IS NULL"
    "     ORDER BY topological_ordering DESC, stream_ordering DESC LIMIT $4) e"
    "  LEFT JOIN event_to_state_groups g ON g.event_id = e.event_id"
    " ORDER BY w.n, e.topological_ordering DESC, e.stream_ordering DESC"};

constexpr pg::Statement kRoomsWithEvents{
    "timeline_rooms_with_events",
    "SELECT w.room_id FROM unnest($1::text[]) AS w(room_id)"
    " WHERE EXISTS (SELECT FROM events e"
    "                WHERE e.room_id = w.room_id"
    "                  AND e.stream_ordering > $2 AND e.stream_ordering <= $3 AND NOT e.outlier)"};

/// When little happened since: through what happened, not through the rooms.
constexpr pg::Statement kRoomsOfFewEvents{
    "timeline_rooms_of_few_events",
    "SELECT DISTINCT room_id FROM events"
    " WHERE stream_ordering > $2 AND stream_ordering <= $3 AND NOT outlier"
    "   AND room_id = ANY($1::text[])"};

#define AKSONO_HISTORY_FILTER                                                     \
    " WHERE e.room_id = $1 AND NOT e.outlier AND e.rejection_reason IS NULL"      \
    "   AND ($4::text[] IS NULL OR e.type LIKE ANY($4))"                          \
    "   AND NOT e.type LIKE ANY($5::text[])"                                      \
    "   AND ($6::text[] IS NULL OR e.sender = ANY($6))"                           \
    "   AND NOT e.sender = ANY($7::text[])"                                       \
    "   AND ($8::boolean IS NULL OR e.contains_url = $8)"                         \
    "   AND ($9::text[] IS NULL OR EXISTS (SELECT FROM event_relations l"         \
    "         WHERE l.relates_to_id = e.event_id AND l.relation_type = ANY($9)))" \
    "   AND ($10::text[] IS NULL OR EXISTS (SELECT FROM event_relations l"        \
    "         JOIN events le ON le.event_id = l.event_id"                         \
    "         WHERE l.relates_to_id = e.event_id AND le.sender = ANY($10)))"

// The page lies between two places of the room's order ($11 $12 exclusive, $13 $14 inclusive),
// which an index finds, and between two stream positions ($15 exclusive, $16 inclusive).
#define AKSONO_HISTORY_BOUNDS                                                          \
    "   AND (e.topological_ordering, e.stream_ordering) > ($11::bigint, $12::bigint)"  \
    "   AND (e.topological_ordering, e.stream_ordering) <= ($13::bigint, $14::bigint)" \
    "   AND e.stream_ordering > $15 AND e.stream_ordering <= $16"

constexpr pg::Statement kHistoryBackwards{
    "timeline_history_backwards",
    "SELECT " AKSONO_EVENT_ROW
    "  FROM events e LEFT JOIN event_to_state_groups g ON g.event_id = "
    "e.event_id" AKSONO_HISTORY_FILTER AKSONO_HISTORY_BOUNDS
    " AND $2::boolean ORDER BY e.topological_ordering DESC, e.stream_ordering DESC LIMIT $3"};

constexpr pg::Statement kHistoryForwards{
    "timeline_history_forwards",
    "SELECT " AKSONO_EVENT_ROW
    "  FROM events e LEFT JOIN event_to_state_groups g ON g.event_id = "
    "e.event_id" AKSONO_HISTORY_FILTER AKSONO_HISTORY_BOUNDS
    " AND NOT $2::boolean ORDER BY e.topological_ordering, e.stream_ordering LIMIT $3"};

EventRow event_row(const pg::Row& row) {
    return {row.text(0),
            row.text(1),
            row.text(2),
            row.maybe_text(3).value_or(""),
            row.boolean(4),
            row.maybe_boolean(5).value_or(false),
            row.integer(6),
            row.integer(7),
            row.maybe_text(8).value_or("master"),
            row.maybe_integer(9)};
}

std::string like_pattern(const std::string& glob) {
    std::string pattern;
    for (const char c : glob) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c == '*' ? '%' : c;
    }
    return pattern;
}

std::vector<std::string> like_patterns(const std::vector<std::string>& globs) {
    std::vector<std::string> patterns;
    patterns.reserve(globs.size());
    for (const auto& glob : globs)
        patterns.push_back(like_pattern(glob));
    return patterns;
}

template <class T>
std::optional<std::vector<std::string>> like_patterns(const std::optional<T>& globs) {
    return globs ? std::optional(like_patterns(*globs)) : std::nullopt;
}

/// NULL stands for no list at all.
pg::Param nullable(const std::optional<std::vector<std::string>>& list) {
    return list ? pg::array(*list) : pg::Param();
}

struct Bounds {
    std::int64_t topological;
    std::int64_t stream;
    std::int64_t live_stream;
};

Bounds bounds(const std::optional<HistoryPosition>& at, std::int64_t open) {
    if (!at) return {open, open, open};
    if (!at->topological) return {open, open, at->stream};
    return {*at->topological, at->stream, open};
}

struct Columns {
    std::vector<std::string> rooms;
    std::vector<std::int64_t> after;
    std::vector<std::int64_t> until;
    std::vector<std::int64_t> depth;
    std::vector<std::int64_t> stream;
};

Columns columns(const std::vector<RoomRange>& ranges) {
    Columns out;
    for (const auto& range : ranges) {
        out.rooms.push_back(range.room_id);
        out.after.push_back(range.after);
        out.until.push_back(range.until);
        const auto before = range.before.value_or(kDeepest);
        out.depth.push_back(before.first);
        out.stream.push_back(before.second);
    }
    return out;
}

}  // namespace

std::vector<EventRow> recent_events(pg::Transaction& tx, const std::vector<RoomRange>& ranges,
                                    std::int64_t limit) {
    std::vector<EventRow> events;
    std::vector<RoomRange> by_stream;
    std::vector<RoomRange> by_depth;
    for (const auto& range : ranges)
        (range.before ? by_depth : by_stream).push_back(range);
    const auto take = [&](const pg::Rows& rows) {
        events.reserve(events.size() + rows.size());
        for (const auto& row : rows)
            events.push_back(event_row(row));
    };
    if (!by_stream.empty()) {
        const auto wanted = columns(by_stream);
        take(tx.query(kRecentEvents, wanted.rooms, wanted.after, wanted.until, limit));
    }
    if (!by_depth.empty()) {
        const auto wanted = columns(by_depth);
        take(tx.query(kRecentByDepth, wanted.rooms, wanted.after, wanted.until, limit, wanted.depth,
                      wanted.stream));
    }
    return events;
}

std::unordered_map<std::string, EventRow> last_events(pg::Transaction& tx,
                                                      const std::vector<RoomRange>& ranges) {
    std::vector<RoomRange> open = ranges;
    for (auto& range : open)
        range.after = 0;
    std::unordered_map<std::string, EventRow> last;
    for (auto& event : recent_events(tx, open, 1))
        last.emplace(event.room_id, std::move(event));
    return last;
}

std::vector<std::string> rooms_with_events(pg::Transaction& tx,
                                           const std::vector<std::string>& room_ids,
                                           std::int64_t after, std::int64_t until) {
    constexpr std::int64_t kFewEvents = 500;
    std::vector<std::string> rooms;
    if (room_ids.empty() || after >= until) return rooms;
    const auto& statement = until - after <= kFewEvents ? kRoomsOfFewEvents : kRoomsWithEvents;
    for (const auto& row : tx.query(statement, room_ids, after, until))
        rooms.push_back(row.text(0));
    return rooms;
}

std::vector<EventRow> history_page(pg::Transaction& tx, const HistoryQuery& query) {
    const auto& older = query.backwards ? query.to : query.from;
    const auto& newer = query.backwards ? query.from : query.to;
    const auto low = bounds(older, std::numeric_limits<std::int64_t>::min());
    const auto high = bounds(newer, std::numeric_limits<std::int64_t>::max());
    const auto rows = tx.query(
        query.backwards ? kHistoryBackwards : kHistoryForwards, query.room_id, query.backwards,
        query.limit, nullable(like_patterns(query.types)), like_patterns(query.not_types),
        nullable(query.senders), query.not_senders, query.contains_url,
        nullable(query.relation_types), nullable(query.relation_senders), low.topological,
        low.stream, high.topological, high.stream, low.live_stream, high.live_stream);
    std::vector<EventRow> events;
    events.reserve(rows.size());
    for (const auto& row : rows)
        events.push_back(event_row(row));
    return events;
}

}  // namespace aksono::storage
