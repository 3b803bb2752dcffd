// SPDX-License-Identifier: Apache-2.0
#include "storage/send_context.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kSendContext{
    "send_context",
    "SELECT r.room_version, t.event_id, m.membership, coalesce(rm.participant, false),"
    " coalesce(u.suspended, false), c.event_id, cj.json, p.event_id, pj.json, m.event_id, mj.json,"
    " x.ids, x.depths, x.groups"
    " FROM (SELECT $1::text AS room_id, $2::text AS user_id) AS a"
    " LEFT JOIN rooms r ON r.room_id = a.room_id"
    " LEFT JOIN event_txn_id_device_id t ON t.user_id = a.user_id AND t.device_id = $3"
    "  AND t.room_id = a.room_id AND t.txn_id = $4"
    " LEFT JOIN users u ON u.name = a.user_id"
    " LEFT JOIN current_state_events m ON m.room_id = a.room_id AND m.type = 'm.room.member'"
    "  AND m.state_key = a.user_id"
    " LEFT JOIN event_json mj ON mj.event_id = m.event_id"
    " LEFT JOIN room_memberships rm ON rm.event_id = m.event_id"
    " LEFT JOIN current_state_events c ON c.room_id = a.room_id AND c.type = 'm.room.create'"
    "  AND c.state_key = ''"
    " LEFT JOIN event_json cj ON cj.event_id = c.event_id"
    " LEFT JOIN current_state_events p ON p.room_id = a.room_id"
    "  AND p.type = 'm.room.power_levels' AND p.state_key = ''"
    " LEFT JOIN event_json pj ON pj.event_id = p.event_id"
    " LEFT JOIN LATERAL (SELECT array_agg(f.event_id) AS ids, array_agg(f.depth) AS depths,"
    "  array_agg(coalesce((SELECT g.state_group FROM event_to_state_groups g"
    "   WHERE g.event_id = f.event_id), 0)) AS groups FROM ("
    "   SELECT e.event_id, e.depth FROM event_forward_extremities fe"
    "   JOIN events e ON e.event_id = fe.event_id WHERE fe.room_id = a.room_id"
    "   ORDER BY e.depth DESC LIMIT 10) AS f) AS x ON true"};

constexpr pg::Statement kCountExtremities{
    "send_count_extremities",
    "SELECT count(*), count(DISTINCT g.state_group) FROM event_forward_extremities f"
    " LEFT JOIN event_to_state_groups g ON g.event_id = f.event_id WHERE f.room_id = $1"};

constexpr pg::Statement kStoredEvents{
    "send_stored_events",
    "SELECT j.event_id, j.json FROM unnest($1::text[]) WITH ORDINALITY AS a (event_id, place)"
    " JOIN event_json j ON j.event_id = a.event_id ORDER BY a.place"};

constexpr pg::Statement kRelationTarget{
    "send_relation_target",
    "SELECT e.room_id, e.type, e.sender, r.relates_to_id, r.relation_type"
    " FROM events e LEFT JOIN event_relations r ON r.event_id = e.event_id"
    " WHERE e.event_id = $1 AND e.rejection_reason IS NULL"};

constexpr pg::Statement kHasAnnotated{
    "send_has_annotated",
    "SELECT 1 FROM event_relations r JOIN events e ON e.event_id = r.event_id"
    " WHERE r.relates_to_id = $1 AND r.relation_type = 'm.annotation' AND r.aggregation_key = $4"
    " AND e.sender = $2 AND e.type = $3 LIMIT 1"};

constexpr pg::Statement kCurrentStateJson{
    "send_current_state_json",
    "SELECT j.json FROM current_state_events c JOIN event_json j ON j.event_id = c.event_id"
    " WHERE c.room_id = $1 AND c.type = $2 AND c.state_key = $3"};

constexpr pg::Statement kRoomOfAlias{"send_room_of_alias",
                                     "SELECT room_id FROM room_aliases WHERE room_alias = $1"};

std::optional<StoredEvent> stored_event(const pg::Row& row, int column) {
    if (row.is_null(column) || row.is_null(column + 1)) return std::nullopt;
    return StoredEvent{row.text(column), row.text(column + 1)};
}

}  // namespace

SendContext send_context(pg::Transaction& tx, std::string_view room_id, std::string_view user_id,
                         const std::optional<std::string>& device_id,
                         const std::optional<std::string>& txn_id) {
    const auto rows = tx.query(kSendContext, room_id, user_id, device_id, txn_id);
    const auto row = rows[0];
    SendContext context;
    context.room_version = row.maybe_text(0);
    context.known_event_id = row.maybe_text(1);
    context.membership = row.maybe_text(2);
    context.participant = row.boolean(3);
    context.suspended = row.boolean(4);
    context.create = stored_event(row, 5);
    context.power_levels = stored_event(row, 7);
    context.member = stored_event(row, 9);
    if (row.is_null(11)) return context;
    const auto ids = row.texts(11);
    const auto depths = row.texts(12);
    const auto groups = row.texts(13);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        context.extremities.push_back({ids[i], std::stoll(depths[i]), std::stoll(groups[i])});
    }
    return context;
}

ExtremityCounts count_extremities(pg::Transaction& tx, std::string_view room_id) {
    const auto rows = tx.query(kCountExtremities, room_id);
    return {rows[0].integer(0), rows[0].integer(1)};
}

std::vector<StoredEvent> stored_events(pg::Transaction& tx,
                                       const std::vector<std::string>& event_ids) {
    std::vector<StoredEvent> events;
    for (const auto& row : tx.query(kStoredEvents, event_ids)) {
        events.push_back({row.text(0), row.text(1)});
    }
    return events;
}

std::optional<RelationTarget> relation_target(pg::Transaction& tx, std::string_view event_id) {
    const auto rows = tx.query(kRelationTarget, event_id);
    if (rows.empty()) return std::nullopt;
    const auto row = rows[0];
    RelationTarget target{row.text(0), row.text(1), row.text(2), std::nullopt};
    if (!row.is_null(3)) target.relation = {row.text(3), row.text(4)};
    return target;
}

bool has_annotated(pg::Transaction& tx, std::string_view target, std::string_view sender,
                   std::string_view type, std::string_view key) {
    return !tx.query(kHasAnnotated, target, sender, type, key).empty();
}

std::optional<std::string> current_state_json(pg::Transaction& tx, std::string_view room_id,
                                              std::string_view type, std::string_view state_key) {
    const auto rows = tx.query(kCurrentStateJson, room_id, type, state_key);
    return rows.empty() ? std::nullopt : std::optional(rows[0].text(0));
}

std::optional<std::string> room_of_alias(pg::Transaction& tx, std::string_view alias) {
    const auto rows = tx.query(kRoomOfAlias, alias);
    return rows.empty() ? std::nullopt : std::optional(rows[0].text(0));
}

}  // namespace aksono::storage
