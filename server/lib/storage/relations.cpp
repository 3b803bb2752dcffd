// SPDX-License-Identifier: Apache-2.0
#include "storage/relations.h"

namespace aksono::storage {

namespace {

/// An edit counts when it is by the same sender, of the same type, in the same room, and neither is
/// a state event. https://spec.matrix.org/latest/client-server-api/#validity-of-replacement-events
constexpr pg::Statement kRelations{
    "relations_of_events",
    "WITH related AS MATERIALIZED ("
    "  SELECT l.relates_to_id, l.relation_type, e.event_id, e.sender, e.type, e.room_id,"
    "         e.state_key, e.origin_server_ts, e.topological_ordering, e.stream_ordering"
    "    FROM event_relations l JOIN events e ON e.event_id = l.event_id"
    "   WHERE l.relates_to_id = ANY($1::text[])"
    "     AND l.relation_type IN ('m.replace', 'm.reference', 'm.thread')"
    "     AND NOT EXISTS (SELECT FROM ignored_users i"
    "                      WHERE i.ignorer_user_id = $2 AND i.ignored_user_id = e.sender)"
    ") "
    "(SELECT DISTINCT ON (r.relates_to_id) r.relates_to_id, 'edit', r.event_id, 0::bigint, false"
    "   FROM related r JOIN events o ON o.event_id = r.relates_to_id"
    "  WHERE r.relation_type = 'm.replace' AND r.sender = o.sender AND r.type = o.type"
    "    AND r.room_id = o.room_id AND r.state_key IS NULL AND o.state_key IS NULL"
    "  ORDER BY r.relates_to_id, r.origin_server_ts DESC, r.event_id DESC) "
    "UNION ALL "
    "(SELECT r.relates_to_id, 'reference', r.event_id, 0, false FROM related r"
    "  WHERE r.relation_type = 'm.reference'"
    "  ORDER BY r.topological_ordering, r.stream_ordering) "
    "UNION ALL "
    "(SELECT DISTINCT ON (r.relates_to_id) r.relates_to_id, 'thread', r.event_id,"
    "        count(*) OVER (PARTITION BY r.relates_to_id),"
    "        (bool_or(r.sender = $2) OVER (PARTITION BY r.relates_to_id))"
    "        OR EXISTS (SELECT FROM events o WHERE o.event_id = r.relates_to_id AND o.sender = $2)"
    "   FROM related r"
    "  WHERE r.relation_type = 'm.thread'"
    "  ORDER BY r.relates_to_id, r.topological_ordering DESC, r.stream_ordering DESC)"};

}  // namespace

Relations relations_of(pg::Transaction& tx, const std::vector<std::string>& event_ids,
                       const std::string& viewer) {
    Relations relations;
    if (event_ids.empty()) return relations;
    for (const auto& row : tx.query(kRelations, event_ids, viewer)) {
        const auto kind = row.view(1);
        if (kind == "edit") {
            relations.edits.emplace(row.text(0), row.text(2));
        } else if (kind == "reference") {
            relations.references[row.text(0)].push_back(row.text(2));
        } else {
            relations.threads.emplace(row.text(0),
                                      ThreadSummary{row.text(2), row.integer(3), row.boolean(4)});
        }
    }
    return relations;
}

}  // namespace aksono::storage
