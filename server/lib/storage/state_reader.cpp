// SPDX-License-Identifier: Apache-2.0
#include "storage/state_reader.h"

namespace aksono::storage {

namespace {

/// Chains are walked once for all groups, since those of one room mostly share theirs; which delta
/// wins for which group is worked out here, not there. OFFSET 0 keeps one index scan per group of
/// the chain: the planner cannot know how short chains are.
constexpr pg::Statement kStateOfGroups{
    "state_of_groups",
    "WITH RECURSIVE chain(state_group) AS ("
    "  SELECT unnest($1::bigint[])"
    "  UNION"
    "  SELECT e.prev_state_group FROM chain c"
    "    JOIN state_group_edges e ON e.state_group = c.state_group"
    ")"
    "SELECT e.state_group, e.prev_state_group, NULL, NULL, NULL"
    "  FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group "
    "UNION ALL "
    "SELECT c.state_group, NULL, s.type, s.state_key, s.event_id"
    "  FROM chain c"
    "  CROSS JOIN LATERAL ("
    "    SELECT type, state_key, event_id FROM state_groups_state"
    "     WHERE state_group = c.state_group"
    "       AND (NOT $2::boolean"
    "            OR ($3::boolean AND type <> 'm.room.member')"
    "            OR EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS w(type, state_key)"
    "                        WHERE w.type = state_groups_state.type"
    "                          AND (w.state_key IS NULL"
    "                               OR w.state_key = state_groups_state.state_key)))"
    "    OFFSET 0) s"};

/// The same for a few keys, each looked up through the index: rooms have many members.
constexpr pg::Statement kKeysOfGroups{
    "state_keys_of_groups",
    "WITH RECURSIVE chain(state_group) AS ("
    "  SELECT unnest($1::bigint[])"
    "  UNION"
    "  SELECT e.prev_state_group FROM chain c"
    "    JOIN state_group_edges e ON e.state_group = c.state_group"
    ")"
    "SELECT e.state_group, e.prev_state_group, NULL, NULL, NULL"
    "  FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group "
    "UNION ALL "
    "SELECT c.state_group, NULL, s.type, s.state_key, s.event_id"
    "  FROM chain c"
    "  CROSS JOIN unnest($2::text[], $3::text[]) AS w(type, state_key)"
    "  CROSS JOIN LATERAL ("
    "    SELECT type, state_key, event_id FROM state_groups_state"
    "     WHERE state_group = c.state_group AND type = w.type AND state_key = w.state_key"
    "    OFFSET 0) s"};

constexpr pg::Statement kGroupsOfEvents{
    "state_groups_of_events",
    "SELECT event_id, state_group FROM event_to_state_groups WHERE event_id = ANY($1::text[])"};

constexpr pg::Statement kCurrentState{
    "state_current",
    "SELECT room_id, type, state_key, event_id FROM current_state_events s"
    " WHERE room_id = ANY($1::text[])"
    "   AND (NOT $2::boolean"
    "        OR ($3::boolean AND type <> 'm.room.member')"
    "        OR EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS w(type, state_key)"
    "                    WHERE w.type = s.type"
    "                      AND (w.state_key IS NULL OR w.state_key = s.state_key)))"};

constexpr pg::Statement kCurrentAmong{
    "state_current_among",
    "SELECT event_id FROM current_state_events WHERE event_id = ANY($1::text[])"};

constexpr pg::Statement kNamedRooms{
    "state_named_rooms",
    "SELECT DISTINCT s.room_id FROM current_state_events s JOIN event_json j USING (event_id)"
    " WHERE s.room_id = ANY($1::text[]) AND s.state_key = ''"
    "   AND ((s.type = 'm.room.name'"
    "         AND COALESCE(j.json::json -> 'content' ->> 'name', '') <> '')"
    "     OR (s.type = 'm.room.canonical_alias'"
    "         AND COALESCE(j.json::json -> 'content' ->> 'alias', '') <> ''))"
    "   AND NOT EXISTS (SELECT FROM redactions d WHERE d.redacts = s.event_id)"};

struct Delta {
    std::optional<std::int64_t> previous;
    StateMap changes;
};

bool has_wildcard(const StateFilter& filter) {
    for (const auto& key : filter.keys()) {
        if (!key) return true;
    }
    return filter.other_types();
}

pg::Rows query_groups(pg::Transaction& tx, const std::vector<std::int64_t>& groups,
                      const StateFilter& filter) {
    constexpr std::size_t kFewKeys = 20;
    if (filter.restricted() && filter.keys().size() <= kFewKeys && !has_wildcard(filter)) {
        return tx.query(kKeysOfGroups, groups, filter.types(), filter.keys());
    }
    return tx.query(kStateOfGroups, groups, filter.restricted(), filter.other_types(),
                    filter.types(), filter.keys());
}

}  // namespace

StateFilter StateFilter::only(
    const std::vector<std::pair<std::string, std::optional<std::string>>>& keys) {
    StateFilter filter;
    filter.restricted_ = true;
    for (const auto& [type, key] : keys) {
        filter.types_.push_back(type);
        filter.keys_.push_back(key);
    }
    return filter;
}

StateFilter StateFilter::without_members_but(const std::vector<std::string>& users) {
    StateFilter filter;
    filter.restricted_ = true;
    filter.other_types_ = true;
    for (const auto& user : users) {
        filter.types_.emplace_back("m.room.member");
        filter.keys_.emplace_back(user);
    }
    return filter;
}

std::unordered_map<std::int64_t, StateMap> state_of_groups(pg::Transaction& tx,
                                                           const std::vector<std::int64_t>& groups,
                                                           const StateFilter& filter) {
    std::unordered_map<std::int64_t, StateMap> states;
    if (groups.empty()) return states;
    std::unordered_map<std::int64_t, Delta> deltas;
    for (const auto& row : query_groups(tx, groups, filter)) {
        auto& delta = deltas[row.integer(0)];
        if (row.is_null(2)) {
            delta.previous = row.integer(1);
        } else {
            delta.changes.emplace(StateKey{row.text(2), row.text(3)}, row.text(4));
        }
    }
    for (const auto group : groups) {
        auto [entry, added] = states.try_emplace(group);
        if (!added) continue;
        std::optional<std::int64_t> at = group;
        while (at) {
            const auto delta = deltas.find(*at);
            if (delta == deltas.end()) break;
            // The nearer group's entries stand; insert leaves them.
            entry->second.insert(delta->second.changes.begin(), delta->second.changes.end());
            at = delta->second.previous;
        }
    }
    return states;
}

std::unordered_map<std::string, std::int64_t> state_groups_of_events(
    pg::Transaction& tx, const std::vector<std::string>& event_ids) {
    std::unordered_map<std::string, std::int64_t> groups;
    if (event_ids.empty()) return groups;
    for (const auto& row : tx.query(kGroupsOfEvents, event_ids)) {
        groups.emplace(row.text(0), row.integer(1));
    }
    return groups;
}

std::unordered_map<std::string, StateMap> current_state(pg::Transaction& tx,
                                                        const std::vector<std::string>& room_ids,
                                                        const StateFilter& filter) {
    std::unordered_map<std::string, StateMap> states;
    if (room_ids.empty()) return states;
    for (const auto& row : tx.query(kCurrentState, room_ids, filter.restricted(),
                                    filter.other_types(), filter.types(), filter.keys())) {
        states[row.text(0)].emplace(StateKey{row.text(1), row.text(2)}, row.text(3));
    }
    return states;
}

std::unordered_set<std::string> current_among(pg::Transaction& tx,
                                              const std::vector<std::string>& event_ids) {
    std::unordered_set<std::string> current;
    if (event_ids.empty()) return current;
    for (const auto& row : tx.query(kCurrentAmong, event_ids))
        current.insert(row.text(0));
    return current;
}

std::unordered_set<std::string> named_rooms(pg::Transaction& tx,
                                            const std::vector<std::string>& room_ids) {
    std::unordered_set<std::string> named;
    if (room_ids.empty()) return named;
    for (const auto& row : tx.query(kNamedRooms, room_ids))
        named.insert(row.text(0));
    return named;
}

}  // namespace aksono::storage
