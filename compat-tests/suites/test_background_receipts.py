# SPDX-License-Identifier: Apache-2.0
"""Receipts that are there twice go before their unique indexes are built, as with Synapse."""

import pytest

from aksono_compat.pending_data.bench import queue_of, run_aksono, run_synapse
from aksono_compat.postgres import Cluster
from aksono_compat.world import World

DOUBLES = """
DROP INDEX receipts_linearized_unique_index;
DROP INDEX receipts_graph_unique_index;
INSERT INTO receipts_linearized
    (stream_id, room_id, receipt_type, user_id, event_id, data, event_stream_ordering, thread_id)
VALUES
    (5, '!r', 'm.read', '@a', '$1', '{}', 9, NULL), (7, '!r', 'm.read', '@a', '$2', '{}', 1, NULL),
    (6, '!r', 'm.read', '@a', '$3', '{}', 20, NULL), (5, '!r', 'm.read', '@b', '$1', '{}', 2, NULL),
    (5, '!r', 'm.read', '@b', '$2', '{}', 3, NULL), (5, '!r', 'm.read', '@b', '$3', '{}', 1, NULL),
    (8, '!r', 'm.read', '@a', '$4', '{}', 1, 't'), (3, '!s', 'm.read', '@a', '$1', '{}', 1, NULL),
    (4, '!s', 'm.read.private', '@a', '$1', '{}', 1, NULL),
    (4, '!s', 'm.read', '@a', '$2', '{}', 1, NULL);
INSERT INTO receipts_graph (room_id, receipt_type, user_id, event_ids, data, thread_id) VALUES
    ('!r', 'm.read', '@a', '["$1"]', '{"ts":5}', NULL),
    ('!r', 'm.read', '@a', '["$2"]', '{"ts":9}', NULL),
    ('!r', 'm.read', '@b', '["$1"]', '{}', NULL), ('!r', 'm.read', '@b', '["$1"]', '{}', 'x'),
    ('!s', 'm.read', '@b', '["$2"]', '{}', NULL), ('!s', 'm.read', '@b', '["$1"]', '{}', NULL);
INSERT INTO background_updates (update_name, progress_json, ordering) VALUES
    ('receipts_linearized_unique_index', '{}', 1), ('receipts_graph_unique_index', '{}', 2)"""


@pytest.mark.parametrize("kind", ["ours", "theirs"])
def test_which_receipts_stay(cluster: Cluster, world: World, kind: str) -> None:
    """Both are held to what Synapse 1.163.2 was seen to leave."""
    name = f"receipts_{kind}"
    cluster.create(name, world.database)
    with cluster.session(name) as cursor:
        cursor.execute(DOUBLES)
    printed = (
        run_synapse(cluster, name, 100) if kind == "theirs" else str(run_aksono(cluster, name, 2))
    )
    assert queue_of(cluster, name) == {}, printed
    with cluster.session(name) as cursor:
        cursor.execute(
            "SELECT room_id, receipt_type, user_id, event_id FROM receipts_linearized"
            " WHERE event_id LIKE '$_' ORDER BY 1, 2, 3, 4"
        )
        assert cursor.fetchall() == [
            ("!r", "m.read", "@a", "$2"),
            ("!r", "m.read", "@a", "$4"),
            ("!r", "m.read", "@b", "$1"),
            ("!s", "m.read", "@a", "$2"),
            ("!s", "m.read.private", "@a", "$1"),
        ]
        cursor.execute(
            "SELECT room_id, user_id, event_ids, thread_id FROM receipts_graph"
            " WHERE room_id IN ('!r', '!s') ORDER BY 1, 2, 4 NULLS FIRST"
        )
        assert cursor.fetchall() == [("!r", "@b", '["$1"]', None), ("!r", "@b", '["$1"]', "x")]
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexname IN"
            " ('receipts_linearized_unique_index', 'receipts_graph_unique_index')"
        )
        assert cursor.fetchone() == (2,)
    cluster.drop(name)
