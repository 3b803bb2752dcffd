# SPDX-License-Identifier: Apache-2.0
"""Damages of rows on their way from the server into its database."""

from __future__ import annotations

from dataclasses import dataclass

LOSE = "RETURN NULL;"
# In an AFTER trigger; the row that it adds itself is left alone.
TWICE = "IF pg_trigger_depth() < 2 THEN INSERT INTO {table} SELECT NEW.*; END IF;"
INSERT = "BEFORE INSERT"
AFTER = "AFTER INSERT"
# The same JSON: jsonb has an order of keys and spaces of its own.
REWRITTEN = "NEW.{column} := CAST(CAST(NEW.{column} AS jsonb) AS text);"
_REACTION = "NEW.type = 'm.reaction'"
# Sums that are made of push actions and receipts.
_COUNTS = ("table event_push_summary",)


@dataclass(frozen=True)
class RowDamage:
    """What happens to a row on its way into a table, and how it must be named."""

    name: str
    table: str
    body: str  # PL/pgSQL; NEW is the row
    kind: str  # "": must not be found; * and ? are patterns, here and in `path`
    path: str = ""  # the column, and what is inside it
    when: str = "true"  # which rows
    how: str = "BEFORE INSERT OR UPDATE"
    follow: tuple[str, ...] = ()  # other tables, or orders, where it shows as well
    shows: str = ""  # where it must be named; "": in its table

    @property
    def place(self) -> str:
        return self.shows or f"table {self.table}"


def _off(name: str, table: str, column: str, to: str, when: str = "true",
         kind: str = "row value", how: str = INSERT,
         follow: tuple[str, ...] = ()) -> RowDamage:  # fmt: skip
    """One column gets another value."""
    body = f"NEW.{column} := {to};"
    return RowDamage(name, table, body, kind, f"{column}*", when, how, follow)


VALUES = [
    _off("wrong instance", "receipts_linearized", "instance_name", "'worker1'"),
    _off("NULL for a text", "local_media_repository", "media_type", "NULL"),
    _off("JSON value changed", "room_tags", "content", "replace(NEW.content, '0.5', '0.25')"),
    _off("text for empty text", "event_push_actions", "actions", "'[]'",
         "NEW.actions = ''"),
    _off("empty text for a name", "room_memberships", "display_name", "''",
         "NEW.display_name LIKE 'Alice%'"),
    _off("words of a search changed", "event_search", "vector",
         "to_tsvector('english', 'nothing')", "NEW.key = 'content.body'"),
    _off("NULL for a key", "event_relations", "aggregation_key", "NULL",
         "NEW.aggregation_key IS NOT NULL"),
    _off("flag turned", "local_media_repository", "safe_from_quarantine", "true"),
    _off("number off by one", "events", "depth", "NEW.depth + 1", _REACTION,
         follow=("table event_json", "table event_push_actions", "table threads")),
    _off("space behind a text", "devices", "display_name", "NEW.display_name || ' '",
         "NEW.display_name LIKE 'round%'", how="BEFORE UPDATE"),
    _off("member left out of a count", "room_stats_current", "joined_members",
         "NEW.joined_members - 1", "NEW.joined_members = 2", "row *", "BEFORE UPDATE"),
    _off("JSON number as text", "event_json", "json",
         "regexp_replace(NEW.json, '\"depth\": ?([0-9]+)', '\"depth\":\"\\1\"')",
         "NEW.json LIKE '%m.reaction%'"),
    _off("empty text for NULL", "room_stats_state", "encryption", "''", how="BEFORE UPDATE"),
]  # fmt: skip
TIMES = [
    _off("seconds for milliseconds", "redactions", "received_ts", "NEW.received_ts / 1000"),
    _off("microseconds for milliseconds", "user_ips", "last_seen", "NEW.last_seen * 1000"),
    _off("time one off", "event_search", "origin_server_ts", "NEW.origin_server_ts + 1"),
    _off("time of another day", "local_media_repository", "created_ts",
         "NEW.created_ts - 86400000"),
    _off("time zero", "event_txn_id_device_id", "inserted_ts", "0"),
    _off("position of another event", "threads", "stream_ordering", "NEW.stream_ordering - 1",
         how="BEFORE INSERT OR UPDATE"),
    _off("position forgotten", "event_search", "stream_ordering", "NULL",
         "NEW.key = 'content.name'"),
    _off("push action at another event", "event_push_actions", "stream_ordering",
         "NEW.stream_ordering + 1", follow=_COUNTS),
    # A stream's numbers may leave gaps: what counts is their order.
    RowDamage("wrong stream id", "account_data", "NEW.stream_id := NEW.stream_id + 1000000;",
              "order", when="NEW.account_data_type = 'org.example.n'", how=INSERT,
              follow=("table account_data", "table (sequences)", "table stream_positions"),
              shows="order of the account data stream"),
    _off("event of a receipt changed", "receipts_graph", "event_ids",
         "'[\"$' || repeat('A', 43) || '\"]'"),
]  # fmt: skip
LOST = [
    RowDamage(f"row lost of {table}", table, LOSE, "row lost", when=when, how=INSERT,
              follow=follow)
    for table, when, follow in (
        ("receipts_linearized", "true",
         (*_COUNTS, "table (sequences)", "table stream_positions", "order of the receipts stream",
          "table event_push_summary_last_receipt_stream_id")),
        ("event_push_actions", "NEW.highlight = 1", _COUNTS),
        ("event_relations", "NEW.relation_type = 'm.annotation'", ()),
        ("event_search", "NEW.key = 'content.name'", ()),
        ("room_tags", "true", ()),
        ("account_data", "NEW.account_data_type = 'org.example.n'",
         ("order of the account data stream",)),
        ("redactions", "true", ()),
        ("event_txn_id_device_id", "true", ()),
        ("threads", "true", ()),
        ("user_ips", "NEW.user_id LIKE '@dave:%'", ()),
        ("device_inbox", "true", ()),
    )
]  # fmt: skip
MORE = [
    RowDamage(f"row doubled of {table}", table, TWICE.format(table=table), "row extra", how=AFTER,
              follow=("table room_stats_current",))
    for table in ("device_inbox", "current_state_delta_stream", "stream_ordering_to_exterm")
] + [
    RowDamage("row more of room_tags", "room_tags",
              "IF pg_trigger_depth() < 2 THEN NEW.tag := 'u.more'; INSERT INTO room_tags "
              "SELECT NEW.*; END IF;", "row extra", how=AFTER),
    RowDamage("push action more", "event_push_actions",
              "IF pg_trigger_depth() < 2 THEN NEW.profile_tag := 'x'; INSERT INTO "
              "event_push_actions SELECT NEW.*; END IF;", "row extra", how=AFTER,
              when="NEW.highlight = 1", follow=_COUNTS),
]  # fmt: skip
NO_ROW_DAMAGES = [
    RowDamage(f"{table}.{column} written otherwise", table, REWRITTEN.format(column=column), "",
              how=INSERT)
    for table, column in (
        *(("event_json", "json"), ("event_json", "internal_metadata"), ("account_data", "content")),
        *(("room_tags", "content"), ("receipts_linearized", "data"), ("receipts_graph", "data")),
        *(("e2e_device_keys_json", "key_json"), ("device_inbox", "message_json")),
    )
]  # fmt: skip
# What is done at once: to different tables, so that each is known by its own.
GROUPS: dict[str, list[RowDamage]] = {
    "values": VALUES,
    "times": TIMES,
    "lost": LOST,
    "more": MORE,
    "none": NO_ROW_DAMAGES,
}
