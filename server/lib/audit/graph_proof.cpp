// SPDX-License-Identifier: Apache-2.0
#include "audit/graph_proof.h"

namespace aksono::audit {

namespace {

constexpr pg::Statement kChainless{"audit_chainless", R"(
SELECT e.event_id FROM events e
JOIN state_events s ON s.event_id = e.event_id
JOIN rooms r ON r.room_id = e.room_id AND r.has_auth_chain_index
WHERE e.stream_ordering > $1 AND e.stream_ordering <= $2 AND e.rejection_reason IS NULL
  AND NOT EXISTS (SELECT FROM event_auth_chains c WHERE c.event_id = e.event_id)
  AND NOT EXISTS (SELECT FROM event_auth_chain_to_calculate c WHERE c.event_id = e.event_id)
ORDER BY e.stream_ordering)"};

constexpr pg::Statement kUnreached{"audit_unreached", R"(
WITH RECURSIVE written AS (
    SELECT e.event_id, c.chain_id, c.sequence_number
    FROM events e JOIN event_auth_chains c ON c.event_id = e.event_id
    WHERE e.stream_ordering > $1 AND e.stream_ordering <= $2
), reach(event_id, chain_id, upto) AS (
    SELECT event_id, chain_id, sequence_number FROM written
    UNION
    SELECT r.event_id, l.target_chain_id, l.target_sequence_number
    FROM reach r JOIN event_auth_chain_links l
        ON l.origin_chain_id = r.chain_id AND l.origin_sequence_number <= r.upto
)
SELECT w.event_id, a.auth_id
FROM written w
JOIN event_auth a ON a.event_id = w.event_id
LEFT JOIN event_auth_chains t ON t.event_id = a.auth_id
WHERE NOT EXISTS (
    SELECT FROM reach r WHERE r.event_id = w.event_id AND r.chain_id = t.chain_id
        AND r.upto >= t.sequence_number)
ORDER BY 1, 2)"};

/// What the cover claims of an event itself: the one before it in its chain, and its links.
constexpr pg::Statement kOverreached{"audit_overreached", R"(
WITH RECURSIVE written AS (
    SELECT e.event_id, c.chain_id, c.sequence_number
    FROM events e JOIN event_auth_chains c ON c.event_id = e.event_id
    WHERE e.stream_ordering > $1 AND e.stream_ordering <= $2
), claimed AS (
    SELECT w.event_id, b.event_id AS target FROM written w
    JOIN event_auth_chains b
        ON b.chain_id = w.chain_id AND b.sequence_number = w.sequence_number - 1
    UNION
    SELECT w.event_id, t.event_id FROM written w
    JOIN event_auth_chain_links l
        ON l.origin_chain_id = w.chain_id AND l.origin_sequence_number = w.sequence_number
    JOIN event_auth_chains t
        ON t.chain_id = l.target_chain_id AND t.sequence_number = l.target_sequence_number
), auth(event_id, ancestor) AS (
    SELECT event_id, event_id FROM claimed
    UNION
    SELECT x.event_id, a.auth_id FROM auth x JOIN event_auth a ON a.event_id = x.ancestor
)
SELECT c.event_id, c.target FROM claimed c
WHERE NOT EXISTS (
    SELECT FROM auth x WHERE x.event_id = c.event_id AND x.ancestor = c.target)
ORDER BY 1, 2)"};

/// Events followed by nothing that are no forward extremity, and extremities that something follows
/// (with what). Events that are rejected, soft-failed or out of the room's graph neither are nor
/// end extremities.
constexpr pg::Statement kExtremities{"audit_extremities", R"(
WITH accepted AS MATERIALIZED (
    SELECT e.room_id, e.event_id FROM events e JOIN event_json j ON j.event_id = e.event_id
    WHERE e.room_id = ANY($1::text[]) AND NOT e.outlier AND e.rejection_reason IS NULL
      AND (j.internal_metadata::json ->> 'soft_failed') IS DISTINCT FROM 'true'
), followed AS MATERIALIZED (
    SELECT p.prev_event_id AS event_id, min(p.event_id) AS follower
    FROM accepted a JOIN event_edges p ON p.event_id = a.event_id AND NOT p.is_state
    GROUP BY p.prev_event_id
)
SELECT a.room_id, a.event_id, '' FROM accepted a
WHERE NOT EXISTS (SELECT FROM followed f WHERE f.event_id = a.event_id)
  AND NOT EXISTS (SELECT FROM event_forward_extremities x WHERE x.event_id = a.event_id)
UNION ALL
SELECT x.room_id, x.event_id, f.follower
FROM event_forward_extremities x JOIN followed f ON f.event_id = x.event_id
WHERE x.room_id = ANY($1::text[])
ORDER BY 1, 2)"};

constexpr pg::Statement kOtherState{"audit_other_state", R"(
WITH RECURSIVE ends AS (
    SELECT f.room_id, min(g.state_group) AS top FROM event_forward_extremities f
    LEFT JOIN event_to_state_groups g ON g.event_id = f.event_id
    WHERE f.room_id = ANY($1::text[])
      AND EXISTS (SELECT FROM current_state_events c WHERE c.room_id = f.room_id)
      AND NOT EXISTS (SELECT FROM partial_state_rooms p WHERE p.room_id = f.room_id)
    GROUP BY f.room_id HAVING count(*) = 1
), chain(room_id, state_group, hops) AS (
    SELECT room_id, top, 0 FROM ends WHERE top IS NOT NULL
    UNION ALL
    SELECT c.room_id, e.prev_state_group, c.hops + 1
    FROM chain c JOIN state_group_edges e ON e.state_group = c.state_group
), wanted AS (
    SELECT DISTINCT ON (c.room_id, s.type, s.state_key)
        c.room_id, s.type, s.state_key, s.event_id
    FROM chain c JOIN state_groups_state s ON s.state_group = c.state_group
    ORDER BY c.room_id, s.type, s.state_key, c.hops
), have AS (
    SELECT c.room_id, c.type, c.state_key, c.event_id
    FROM current_state_events c JOIN ends USING (room_id) WHERE top IS NOT NULL
)
SELECT room_id, type, state_key, coalesce(h.event_id, 'nothing'), coalesce(w.event_id, 'nothing')
FROM have h FULL JOIN wanted w USING (room_id, type, state_key)
WHERE h.event_id IS DISTINCT FROM w.event_id ORDER BY 1, 2, 3 LIMIT 100)"};

}  // namespace

std::vector<std::pair<std::string, Flaw>> flaws_of_chains(pg::Transaction& tx, std::int64_t after,
                                                          std::int64_t upto) {
    std::vector<std::pair<std::string, Flaw>> flaws;
    for (const auto row : tx.query(kChainless, after, upto)) {
        flaws.push_back({row.text(0), {"audit-chain", "it has no row in event_auth_chains"}});
    }
    for (const auto row : tx.query(kUnreached, after, upto)) {
        flaws.push_back({row.text(0),
                         {"audit-chain", "its chain does not lead to " + row.text(1) +
                                             ", which is among its auth events"}});
    }
    for (const auto row : tx.query(kOverreached, after, upto)) {
        flaws.push_back({row.text(0),
                         {"audit-chain", "its chain leads to " + row.text(1) +
                                             ", which is not in its auth chain"}});
    }
    return flaws;
}

std::vector<RoomFlaw> flaws_of_rooms(pg::Transaction& tx, const std::vector<std::string>& rooms) {
    std::vector<RoomFlaw> flaws;
    for (const auto row : tx.query(kExtremities, rooms)) {
        const std::string follower = row.text(2);
        const std::string what =
            follower.empty() ? row.text(1) + " is followed by nothing and is no forward extremity"
                             : "forward extremity " + row.text(1) + " is followed by " + follower;
        flaws.push_back({row.text(0), {"audit-extremity", what}});
    }
    for (const auto row : tx.query(kOtherState, rooms)) {
        flaws.push_back({row.text(0),
                         {"audit-current-state",
                          "current_state_events has " + row.text(3) + " as " + row.text(1) + " '" +
                              row.text(2) + "', the state after the last event " + row.text(4)}});
    }
    return flaws;
}

}  // namespace aksono::audit
