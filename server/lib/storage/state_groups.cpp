// SPDX-License-Identifier: Apache-2.0
#include "storage/state_groups.h"

namespace aksono::storage {

namespace {

constexpr pg::Statement kCurrentState{
    "state_current",
    "SELECT type, state_key, event_id FROM current_state_events WHERE room_id = $1"};

// Each key's value is the one nearest to the group.
constexpr pg::Statement kStateOfGroup{
    "state_of_group",
    "WITH RECURSIVE chain (id, hops) AS ("
    "  SELECT $1::bigint, 0 UNION ALL"
    "  SELECT e.prev_state_group, c.hops + 1 FROM chain c"
    "  JOIN state_group_edges e ON e.state_group = c.id)"
    " SELECT DISTINCT ON (s.type, s.state_key) s.type, s.state_key, s.event_id"
    " FROM chain c JOIN state_groups_state s ON s.state_group = c.id"
    " ORDER BY s.type, s.state_key, c.hops"};

constexpr pg::Statement kChainLength{
    "state_group_chain_length",
    "WITH RECURSIVE chain (id) AS (SELECT $1::bigint UNION ALL"
    "  SELECT e.prev_state_group FROM chain c JOIN state_group_edges e ON e.state_group = c.id)"
    " SELECT count(*) - 1 FROM chain"};

constexpr pg::Statement kMakeGroup{
    "state_group_insert",
    "WITH made AS (INSERT INTO state_groups (id, room_id, event_id)"
    "  VALUES (nextval('state_group_id_seq'), $1, $2) RETURNING id),"
    " edge AS (INSERT INTO state_group_edges (state_group, prev_state_group)"
    "  SELECT id, $3::bigint FROM made WHERE $3::bigint IS NOT NULL),"
    " state AS (INSERT INTO state_groups_state (state_group, room_id, type, state_key, event_id)"
    "  SELECT made.id, $1, s.* FROM made, unnest($4::text[], $5::text[], $6::text[]) AS s)"
    " SELECT id FROM made"};

StateMap state_map(const pg::Rows& rows) {
    StateMap state;
    for (const auto& row : rows)
        state.emplace(std::pair(row.text(0), row.text(1)), row.text(2));
    return state;
}

}  // namespace

StateMap current_state(pg::Transaction& tx, std::string_view room_id) {
    return state_map(tx.query(kCurrentState, room_id));
}

StateMap state_of_group(pg::Transaction& tx, std::int64_t group) {
    return state_map(tx.query(kStateOfGroup, group));
}

std::int64_t chain_length(pg::Transaction& tx, std::int64_t group) {
    return tx.query(kChainLength, group)[0].integer(0);
}

std::int64_t make_state_group(pg::Transaction& tx, std::string_view room_id,
                              std::string_view event_id, std::optional<std::int64_t> previous,
                              const StateMap& delta) {
    std::vector<std::string> types, keys, events;
    for (const auto& [key, value] : delta) {
        types.push_back(key.first);
        keys.push_back(key.second);
        events.push_back(value);
    }
    return tx.query(kMakeGroup, room_id, event_id, previous, types, keys, events)[0].integer(0);
}

}  // namespace aksono::storage
