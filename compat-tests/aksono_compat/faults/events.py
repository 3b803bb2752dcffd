# SPDX-License-Identifier: Apache-2.0
"""Events, what they follow on, what allows them, and what refers to them."""

from .fault import change, message, put, state

CONTENTS = (
    change(
        "event-without-json",
        f"DELETE FROM event_json WHERE event_id = {message('v1')} RETURNING event_id",
    ),
    put("json-without-event", "event_json", "$nowhere", event_id="$nowhere", json="{}",
        internal_metadata="{}"),
    change(
        "event-json-other-room",
        f"UPDATE event_json SET room_id = '!x' WHERE event_id = {message('v2')} RETURNING event_id",
    ),
    change(
        "event-json-broken",
        f"UPDATE event_json SET json = left(json, 20) WHERE event_id = {message('v3')}"
        " RETURNING event_id",
    ),
    change(
        "event-order",
        "UPDATE events SET topological_ordering = topological_ordering + 5"
        f" WHERE event_id = {message('v4')} RETURNING event_id",
    ),
    change(
        "event-room-unknown",
        "DELETE FROM rooms WHERE room_id = %(room_v5)s RETURNING (SELECT event_id FROM events"
        " WHERE room_id = %(room_v5)s ORDER BY stream_ordering LIMIT 1)",
    ),
    put("rejection-without-event", "rejections", "$unrejected", event_id="$unrejected"),
    change(
        "rejection-column",
        f"UPDATE events SET rejection_reason = 'x' WHERE event_id = {message('v6')}"
        " RETURNING event_id",
    ),
    change(
        ("state-event-without-row", "current-state-different", "state-row-wrong"),
        f"DELETE FROM state_events WHERE event_id = {state('v7', 'history_visibility')}"
        " RETURNING event_id",
    ),
    change(
        ("state-event-different", "current-state-different", "state-row-wrong"),
        "UPDATE state_events SET type = 'm.room.other'"
        f" WHERE event_id = {state('v8', 'history_visibility')} RETURNING event_id",
    ),
    change(
        ("state-key-different", "current-state-different", "state-row-wrong"),
        f"UPDATE state_events SET state_key = 'x' WHERE event_id = {state('v9', 'join_rules')}"
        " RETURNING event_id",
    ),
    put("state-event-gone", "state_events", "$gone", event_id="$gone"),
)  # fmt: skip

GRAPH = (
    put("edge-without-event", "event_edges", "$lost", event_id="$lost", prev_event_id="$more"),
    change(
        ("event-without-prev", "extremity-lost"),
        f"DELETE FROM event_edges WHERE event_id = {message('v1')} RETURNING event_id",
    ),
    change(
        "event-gap",
        f"UPDATE event_edges SET prev_event_id = '$missing' WHERE event_id = {message('v2')}"
        " RETURNING event_id",
    ),
    change(
        "room-without-extremity",
        "DELETE FROM event_forward_extremities WHERE room_id = %(room_v3)s RETURNING room_id",
    ),
    change(
        "extremity-without-event",
        "INSERT INTO event_forward_extremities (event_id, room_id) VALUES ('$ghost', %(room_v4)s)"
        " RETURNING event_id",
    ),
    change(
        ("extremity-other-room", "extremity-not-last"),
        "INSERT INTO event_forward_extremities (event_id, room_id)"
        f" SELECT {message('v6')}, %(room_v5)s RETURNING event_id",
    ),
    change(
        ("extremity-unusable", "rejection-column"),
        "INSERT INTO rejections (event_id, reason, last_check) SELECT event_id, 'x', 'y'"
        " FROM event_forward_extremities WHERE room_id = %(room_v7)s RETURNING event_id",
    ),
    change(
        "extremity-not-last",
        "INSERT INTO event_forward_extremities (event_id, room_id)"
        f" SELECT {message('v8')}, %(room_v8)s RETURNING event_id",
    ),
    change(
        "extremities-many",
        "INSERT INTO event_forward_extremities (event_id, room_id) SELECT event_id, room_id"
        " FROM events WHERE room_id = %(room_tea)s LIMIT 11 ON CONFLICT DO NOTHING"
        " RETURNING room_id",
    ),
    change(
        "backward-extremity-known",
        "INSERT INTO event_backward_extremities (event_id, room_id)"
        f" SELECT {message('v10')}, %(room_v10)s RETURNING event_id",
    ),
)

AUTH = (
    change(
        "state-event-without-auth",
        f"DELETE FROM event_auth WHERE event_id = {state('v1', 'history_visibility')}"
        " RETURNING event_id",
    ),
    change(
        "event-auth-incomplete",
        f"DELETE FROM event_auth WHERE event_id = {state('v6', 'join_rules')} AND auth_id ="
        f" {state('v6', 'power_levels')} RETURNING event_id",
    ),
    put("auth-without-event", "event_auth", "$unallowed", event_id="$unallowed"),
    change(
        "auth-twice",
        "INSERT INTO event_auth SELECT * FROM event_auth WHERE"
        f" event_id = {state('v7', 'history_visibility')} RETURNING event_id",
    ),
    change(
        "auth-event-missing",
        "INSERT INTO event_auth (event_id, auth_id, room_id)"
        f" SELECT {message('v2')}, '$missing', %(room_v2)s RETURNING event_id",
    ),
    change(
        ("chain-missing", "chain-link-dangling"),
        f"DELETE FROM event_auth_chains WHERE event_id = {state('v3', 'history_visibility')}"
        " RETURNING event_id",
    ),
    put("chain-without-event", "event_auth_chains", "$unchained", event_id="$unchained",
        chain_id=999999),
    change(
        "chain-order",
        "UPDATE event_auth_chains SET sequence_number = 0, chain_id = (SELECT chain_id FROM"
        f" event_auth_chains WHERE event_id = {state('v4', 'create')})"
        f" WHERE event_id = {state('v4', 'history_visibility')} RETURNING event_id",
    ),
    change(
        "chain-unlinked",
        "DELETE FROM event_auth_chain_links WHERE origin_chain_id = (SELECT chain_id FROM"
        f" event_auth_chains WHERE event_id = {state('v5', 'history_visibility')})"
        f" RETURNING {state('v5', 'history_visibility')}",
    ),
    change(
        "chain-link-beyond",
        "UPDATE event_auth_chain_links SET target_sequence_number = target_sequence_number + 70"
        " WHERE ctid = (SELECT ctid FROM event_auth_chain_links ORDER BY origin_chain_id DESC LIMIT"
        " 1) RETURNING origin_chain_id || ' -> '",
    ),
    change(
        "chain-link-twice",
        "INSERT INTO event_auth_chain_links SELECT * FROM event_auth_chain_links ORDER BY"
        " origin_chain_id LIMIT 1 RETURNING origin_chain_id || ' -> '",
    ),
    put("chain-link-dangling", "event_auth_chain_links", "888888", origin_chain_id=888888,
        target_chain_id=888889),
)  # fmt: skip

REFERENCES = (
    put("redaction-without-event", "redactions", "$r", event_id="$r", redacts="$s"),
    change(
        "redaction-missing",
        "DELETE FROM redactions WHERE event_id = (SELECT event_id FROM events WHERE room_id ="
        " %(room_v1)s AND type = 'm.room.redaction' LIMIT 1) RETURNING event_id",
    ),
    change(
        "receipt-ordering",
        "UPDATE receipts_linearized SET event_stream_ordering = event_stream_ordering + 1 WHERE"
        " stream_id = (SELECT min(stream_id) FROM receipts_linearized) RETURNING event_id",
    ),
    put("relation-without-event", "event_relations", "$r", event_id="$r"),
    change(
        "relation-different",
        "INSERT INTO event_relations (event_id, relates_to_id, relation_type)"
        f" SELECT event_id, {message('v12')}, 'm.thread' FROM events WHERE room_id = %(room_v11)s"
        " AND type = 'm.room.message' ORDER BY stream_ordering DESC LIMIT 1 RETURNING event_id",
    ),
    change(
        "relation-missing",
        "DELETE FROM event_relations WHERE event_id = (SELECT r.event_id FROM event_relations r"
        " WHERE NOT EXISTS (SELECT FROM redactions d WHERE d.redacts = r.event_id)"
        " ORDER BY r.event_id LIMIT 1)"
        " RETURNING event_id",
    ),
    put("label-without-event", "event_labels", "$r", event_id="$r"),
    put("expiry-without-event", "event_expiry", "$r", event_id="$r"),
    put("search-without-event", "event_search", "$r", event_id="$r"),
    put("to-calculate-without-event", "event_auth_chain_to_calculate", "$r", event_id="$r"),
    put("push-action-without-event", "event_push_actions", "$r", event_id="$r", stream_ordering=3,
        thread_id="main"),
    put("thread-without-event", "threads", "$t", thread_id="$t", latest_event_id="$r"),
    put(("receipt-without-room", "receipt-without-event"), "receipts_linearized", "!nowhere",
        room_id="!nowhere", event_id="$r"),
    change(
        "redaction-uncensored",
        "UPDATE redactions SET received_ts = 1, have_censored = false WHERE event_id = (SELECT"
        " r.event_id FROM redactions r JOIN events e ON e.event_id = r.redacts LIMIT 1)"
        " RETURNING redacts",
    ),
)  # fmt: skip
