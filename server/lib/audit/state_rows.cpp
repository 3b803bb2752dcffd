// SPDX-License-Identifier: Apache-2.0
#include "audit/state_rows.h"

#include "audit/event_rules.h"
#include "audit/written_event.h"

namespace aksono::audit {

namespace {

constexpr pg::Statement kGroups{
    "audit_groups",
    "SELECT event_id, state_group FROM event_to_state_groups WHERE event_id = ANY($1::text[])"};

constexpr pg::Statement kState{"audit_state", R"(
WITH RECURSIVE wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) w(top, type, state_key)
), chain(top, state_group, hops) AS (
    SELECT DISTINCT top, top, 0 FROM wanted
    UNION ALL
    SELECT c.top, e.prev_state_group, c.hops + 1
    FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group
)
SELECT DISTINCT ON (w.top, w.type, w.state_key) w.top, w.type, w.state_key, s.event_id
FROM wanted w JOIN chain c ON c.top = w.top
JOIN state_groups_state s
    ON s.state_group = c.state_group AND s.type = w.type AND s.state_key = w.state_key
ORDER BY w.top, w.type, w.state_key, c.hops)"};

constexpr pg::Statement kFacts{"audit_facts", R"(
SELECT j.event_id, j.room_id, j.json, coalesce(e.origin_server_ts, 0),
       e.rejection_reason IS NOT NULL
FROM event_json j JOIN events e ON e.event_id = j.event_id
WHERE j.event_id = ANY($1::text[]))"};

constexpr pg::Statement kWhole{"audit_whole_state", R"(
WITH RECURSIVE chain(top, state_group, hops) AS (
    SELECT g, g, 0 FROM unnest($1::bigint[]) g
    UNION ALL
    SELECT c.top, e.prev_state_group, c.hops + 1
    FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group
)
SELECT DISTINCT ON (c.top, s.type, s.state_key) c.top, s.type, s.state_key, s.event_id
FROM chain c JOIN state_groups_state s ON s.state_group = c.state_group
ORDER BY c.top, s.type, s.state_key, c.hops)"};

constexpr pg::Statement kAuthEdges{"audit_auth_edges", R"(
WITH RECURSIVE chain(event_id) AS (
    SELECT unnest($1::text[])
    UNION
    SELECT a.auth_id FROM chain c JOIN event_auth a ON a.event_id = c.event_id
)
SELECT a.event_id, a.auth_id, e.type FROM chain c
JOIN event_auth a ON a.event_id = c.event_id
JOIN events e ON e.event_id = a.auth_id)"};

constexpr pg::Statement kDifference{"audit_state_difference", R"(
WITH RECURSIVE chain(top, state_group, hops) AS (
    SELECT g, g, 0 FROM unnest(ARRAY[$1, $2]::bigint[]) g WHERE g IS NOT NULL
    UNION
    SELECT c.top, e.prev_state_group, c.hops + 1
    FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group
), whole AS (
    SELECT DISTINCT ON (c.top, s.type, s.state_key) c.top, s.type, s.state_key, s.event_id
    FROM chain c JOIN state_groups_state s ON s.state_group = c.state_group
    ORDER BY c.top, s.type, s.state_key, c.hops
)
SELECT type, state_key, coalesce(a.event_id, ''), coalesce(b.event_id, '')
FROM (SELECT * FROM whole WHERE top = $1) a
FULL JOIN (SELECT * FROM whole WHERE top = $2) b USING (type, state_key)
WHERE a.event_id IS DISTINCT FROM b.event_id
ORDER BY type, state_key LIMIT 10)"};

constexpr pg::Statement kSingleSteps{"audit_single_steps", R"(
SELECT p.later, min(s.event_id)
FROM unnest($1::bigint[], $2::bigint[]) p(later, earlier)
JOIN state_group_edges e ON e.state_group = p.later AND e.prev_state_group = p.earlier
JOIN state_groups_state s ON s.state_group = p.later
GROUP BY p.later HAVING count(*) = 1)"};

std::vector<std::string> listed(const std::set<std::string>& ids) {
    return {ids.begin(), ids.end()};
}

}  // namespace

std::map<std::string, Group> read_groups(pg::Transaction& tx, const std::set<std::string>& events) {
    std::map<std::string, Group> groups;
    if (events.empty()) return groups;
    for (const auto row : tx.query(kGroups, listed(events)))
        groups[row.text(0)] = row.integer(1);
    return groups;
}

std::map<GroupKey, std::string> read_state(pg::Transaction& tx, const std::set<GroupKey>& wanted) {
    std::map<GroupKey, std::string> state;
    if (wanted.empty()) return state;
    std::vector<Group> groups;
    std::vector<std::string> types;
    std::vector<std::string> keys;
    for (const auto& one : wanted) {
        groups.push_back(one.group);
        types.push_back(one.key.first);
        keys.push_back(one.key.second);
    }
    for (const auto row : tx.query(kState, groups, types, keys))
        state[{row.integer(0), {row.text(1), row.text(2)}}] = row.text(3);
    return state;
}

std::map<std::string, Fact> read_facts(pg::Transaction& tx, const std::set<std::string>& events,
                                       const std::map<std::string, int>& version_of) {
    std::map<std::string, Fact> facts;
    if (events.empty()) return facts;
    for (const auto row : tx.query(kFacts, listed(events))) {
        WrittenEvent event;
        event.event_id = row.text(0);
        event.room_id = row.text(1);
        event.json = parse_json(row.view(2)).value_or(Json());
        event.origin_server_ts = row.integer(3);
        event.rejected = row.boolean(4);
        const auto version = version_of.find(event.room_id);
        if (version == version_of.end()) continue;
        facts[event.event_id] = fact_of(event, version->second);
    }
    return facts;
}

std::map<Group, StateIds> read_whole_states(pg::Transaction& tx, const std::set<Group>& groups) {
    std::map<Group, StateIds> states;
    for (const Group group : groups)
        states[group];
    for (const auto row : tx.query(kWhole, std::vector<Group>(groups.begin(), groups.end())))
        states[row.integer(0)][{row.text(1), row.text(2)}] = row.text(3);
    return states;
}

AuthGraph read_auth_graph(pg::Transaction& tx, const std::set<std::string>& events) {
    AuthGraph graph;
    for (const auto row : tx.query(kAuthEdges, listed(events))) {
        graph.edges[row.text(0)].push_back(row.text(1));
        if (row.text(2) == "m.room.power_levels") graph.power_levels.insert(row.text(1));
    }
    return graph;
}

std::vector<StateDifference> read_difference(pg::Transaction& tx, std::optional<Group> first,
                                             std::optional<Group> second) {
    std::vector<StateDifference> differences;
    for (const auto row : tx.query(kDifference, first, second)) {
        differences.push_back({{row.text(0), row.text(1)}, row.text(2), row.text(3)});
    }
    return differences;
}

std::map<Group, std::string> read_single_steps(pg::Transaction& tx,
                                               const std::map<Group, Group>& pairs) {
    std::map<Group, std::string> steps;
    if (pairs.empty()) return steps;
    std::vector<Group> later;
    std::vector<Group> earlier;
    for (const auto& [after, before] : pairs) {
        later.push_back(after);
        earlier.push_back(before);
    }
    for (const auto row : tx.query(kSingleSteps, later, earlier))
        steps[row.integer(0)] = row.text(1);
    return steps;
}

}  // namespace aksono::audit
