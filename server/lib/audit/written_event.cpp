// SPDX-License-Identifier: Apache-2.0
#include "audit/written_event.h"

#include "audit/event_rules.h"

namespace aksono::audit {

namespace {

constexpr pg::Statement kEvents{"audit_events", R"(
SELECT e.event_id, e.room_id, e.type, e.sender, e.state_key, s.state_key, e.stream_ordering,
       e.depth, e.topological_ordering, coalesce(e.origin_server_ts, 0), e.outlier,
       e.rejection_reason IS NOT NULL
           OR EXISTS (SELECT FROM rejections x WHERE x.event_id = e.event_id),
       EXISTS (SELECT FROM redactions d WHERE d.redacts = e.event_id AND d.have_censored),
       g.state_group, coalesce(r.room_version, ''), coalesce(j.format_version, 1), j.json,
       ARRAY(SELECT a.auth_id FROM event_auth a WHERE a.event_id = e.event_id
             ORDER BY a.auth_id COLLATE "C"),
       ARRAY(SELECT p.prev_event_id FROM event_edges p
             WHERE p.event_id = e.event_id AND NOT p.is_state
             ORDER BY p.prev_event_id COLLATE "C"),
       m.membership
FROM events e
LEFT JOIN event_json j ON j.event_id = e.event_id
LEFT JOIN state_events s ON s.event_id = e.event_id
LEFT JOIN event_to_state_groups g ON g.event_id = e.event_id
LEFT JOIN rooms r ON r.room_id = e.room_id
LEFT JOIN room_memberships m ON m.event_id = e.event_id
WHERE e.stream_ordering > $1 AND e.stream_ordering <= $2
ORDER BY e.stream_ordering LIMIT $3)"};

std::string text_or_empty(const Json& json, const char* member) {
    const std::string* text = find_string(json, member);
    return text != nullptr ? *text : "";
}

/// From version 12 on the room's id stands for its create event.
std::vector<std::string> auth_events_of(const WrittenEvent& event, int version) {
    auto ids = references(version, event.json, "auth_events");
    if (version >= 12 && text_or_empty(event.json, "type") != "m.room.create") {
        ids.push_back("$" + event.room_id.substr(1));
    }
    return ids;
}

WrittenEvent read(const pg::Row& row) {
    const auto json = row.maybe_text(16);
    return {.event_id = row.text(0),
            .room_id = row.text(1),
            .type = row.text(2),
            .sender = row.maybe_text(3).value_or(""),
            .state_key = row.maybe_text(4),
            .in_state_rows = row.maybe_text(5),
            .stream_ordering = row.integer(6),
            .depth = row.integer(7),
            .topological_ordering = row.integer(8),
            .origin_server_ts = row.integer(9),
            .outlier = row.boolean(10),
            .rejected = row.boolean(11),
            .pruned = row.boolean(12),
            .state_group = row.maybe_integer(13),
            .room_version = row.text(14),
            .format_version = static_cast<int>(row.integer(15)),
            .json = json ? parse_json(*json).value_or(Json()) : Json(),
            .auth_rows = row.texts(17),
            .edge_rows = row.texts(18),
            .member_row = row.maybe_text(19)};
}

}  // namespace

std::vector<WrittenEvent> read_written_events(pg::Transaction& tx, std::int64_t after,
                                              std::int64_t upto, int limit) {
    std::vector<WrittenEvent> events;
    for (const auto row : tx.query(kEvents, after, upto, limit))
        events.push_back(read(row));
    return events;
}

Fact fact_of(const WrittenEvent& event, int version) {
    const Json* content = find_member(event.json, "content");
    return {.event_id = event.event_id,
            .room_id = event.room_id,
            .type = text_or_empty(event.json, "type"),
            .state_key = find_string(event.json, "state_key") != nullptr
                             ? std::optional(text_or_empty(event.json, "state_key"))
                             : std::nullopt,
            .sender = text_or_empty(event.json, "sender"),
            .content = content != nullptr ? *content : Json::object(),
            .prev_events = references(version, event.json, "prev_events"),
            .redacts = text_or_empty(event.json, "redacts"),
            .auth_events = auth_events_of(event, version),
            .origin_server_ts = event.origin_server_ts,
            .rejected = event.rejected};
}

}  // namespace aksono::audit
