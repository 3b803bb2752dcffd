# SPDX-License-Identifier: Apache-2.0
"""The shape of a JSON value: what is left when ids and times have got common names.

Two values with one shape are meant to be the same thing; so lists without order, and objects whose
keys are ids, are laid side by side.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .bindings import Bindings
from .ids import LOOSE, kind_of, words
from .times import Clock, is_span, is_time

# Lists that are sets. Events of a timeline have an order, those of a state have none.
UNORDERED = frozenset(
    (
        *("state", "state_after", "invite_state", "knock_state", "account_data", "ephemeral"),
        *("presence", "joined_rooms", "joined", "changed", "left", "devices", "aliases", "servers"),
        *("device_unused_fallback_key_types", "pushers", "auth_events", "prev_events", "pdu_ids"),
        *("highlights", "threepids", "available", "auth_chain", "auth_chain_ids", "user_ids"),
        *("required_state", "room_ids", "external_ids"),
    )
)
# Lists named `chunk`, or without a name, whose order means nothing, by the end of the route.
_UNORDERED_ROUTES = re.compile(
    r"/(?:members|state|joined_members|aliases|publicRooms|initialSync)$"
)

# In place of a route: the entries of the answer come in any order.
ANY_ORDER = "(any order)"

_WEAK = ("event_id", "room_id", "type", "state_key", "sender", "user_id", "device_id", "rule_id")


def is_unordered(key: str, parent: str, where: str) -> bool:
    """Whether the list under `key` (in an object under `parent`) is a set."""
    if key in UNORDERED or (key == "events" and parent in UNORDERED):
        return True
    return key in ("", "chunk") and (where == ANY_ORDER or bool(_UNORDERED_ROUTES.search(where)))


class Shaper:
    """Gives the shapes of one side's values (0: A, 1: B)."""

    def __init__(self, bindings: Bindings, side: int, clock: Clock, where: str) -> None:
        self._bindings = bindings
        self._side = side
        self._clock = clock
        self._where = where

    def name(self, kind: str, value: str) -> str:
        """B's name of a value that is paired; the value itself when both know it."""
        if kind in LOOSE:
            return f"<{kind}>"
        if self._side == 0:
            known = self._bindings.to_b(kind, value)
        else:
            known = value if self._bindings.to_a(kind, value) is not None else None
        if known is not None:
            return known
        return value if self._bindings.shared(value) else f"<{kind}>"

    def text(self, text: str, key: str = "") -> str:
        kind = kind_of(key, text, self._where)
        if kind is not None:
            return self.name(kind, text)
        result, at = "", 0
        for word in words(text):
            result += text[at : word.start] + self.name(word.kind, word.value)
            at = word.end
        return result + text[at:]

    def shape(self, value: Any, key: str = "", parent: str = "") -> Any:
        """A JSON value that is equal for values that mean the same."""
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, dict):
            fresh = self.is_fresh(value)
            return {
                self.text(name): "<fresh>"
                if fresh and name in ("signatures", "hashes", "prev_events", "auth_events")
                else self.shape(part, name, key)
                for name, part in sorted(value.items())
            }
        if isinstance(value, list):
            parts = [self.shape(part, "[]") for part in value]
            return sorted(parts, key=dump) if is_unordered(key, parent, self._where) else parts
        if is_span(key) or is_time(value, self._clock):
            return "<time>"
        return value

    def is_fresh(self, value: dict[str, Any]) -> bool:
        """Whether an object was signed during the run: its hashes cannot be equal."""
        return any(is_time(part, self._clock) for part in value.values())

    def strong(self, value: Any) -> str:
        return dump(self.shape(value))

    def weak(self, value: Any) -> str:
        """What says which thing it is, whatever is told about it."""
        if not isinstance(value, dict):
            return ""
        return dump({key: self.shape(value[key], key) for key in _WEAK if key in value})


def dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
