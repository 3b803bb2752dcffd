# SPDX-License-Identifier: Apache-2.0
"""Puts rows into a database as an older Synapse could have left them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import psycopg2.extensions
from psycopg2.extras import execute_values

FIRST_STREAM_ORDERING = 1000


class Crafter:
    """Inserts rows and whole events; ids count up, so that every run makes the same database."""

    def __init__(self, cursor: psycopg2.extensions.cursor, first: int = 1) -> None:
        self.cursor = cursor
        self._events = first - 1

    def run(self, sql: str) -> None:
        self.cursor.execute(sql)

    def rows(self, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """`columns`: their names, with blanks in between."""
        names = ", ".join(columns.split())
        execute_values(self.cursor, f"INSERT INTO {table} ({names}) VALUES %s", rows)

    def queue(self, *updates: str, depends_on: str | None = None, progress: str = "{}") -> None:
        """In this order, after what is queued already."""
        for name in updates:
            self.cursor.execute(
                "INSERT INTO background_updates (update_name, progress_json, depends_on, ordering)"
                " SELECT %s, %s, %s, coalesce(max(ordering), 0) + 1 FROM background_updates",
                (name, progress, depends_on),
            )

    def room(self, room: str, version: str | None = "6", creator: str | None = "") -> None:
        row = (room, False, creator, version, True)
        self.rows("rooms", "room_id is_public creator room_version has_auth_chain_index", [row])

    def event(
        self,
        room: str,
        kind: str,
        content: Any,
        sender: str = "@maker:test.local",
        *,
        state_key: str | None = None,
        current: bool = True,
        event_id: str | None = None,
        text: str | None = None,
        **more: Any,
    ) -> str:
        """An event in all tables that hold every event, in the format of room version 1, in which
        an id is free to choose. `text`: its JSON, if not the usual."""
        self._events += 1
        count = self._events
        stream = FIRST_STREAM_ORDERING + count
        event_id = event_id or f"$event{count:04}"
        event = {
            "event_id": event_id,
            "type": kind,
            "room_id": room,
            "sender": sender,
            "content": content,
            "origin_server_ts": 1600000000000 + count,
            "depth": count,
            "auth_events": [],
            "prev_events": [],
            "hashes": {"sha256": "x"},
            "signatures": {},
            **({} if state_key is None else {"state_key": state_key}),
            **more,
        }
        self.rows(
            "events",
            "topological_ordering event_id type room_id processed outlier depth origin_server_ts"
            " received_ts sender contains_url stream_ordering state_key instance_name",
            [
                (
                    count, event_id, kind, room, True, False, count, event["origin_server_ts"],
                    event["origin_server_ts"], sender, False, stream, state_key, "master",
                )
            ],
        )  # fmt: skip
        self.rows(
            "event_json",
            "event_id room_id internal_metadata json format_version",
            [(event_id, room, "{}", json.dumps(event) if text is None else text, 1)],
        )
        if state_key is not None:
            self._state(event_id, room, kind, state_key, current=current)
        return event_id

    def _state(self, event: str, room: str, kind: str, key: str, *, current: bool) -> None:
        row = (event, room, kind, key)
        self.rows("state_events", "event_id room_id type state_key", [row])
        if current:
            self.rows("current_state_events", "event_id room_id type state_key", [row])
