# SPDX-License-Identifier: Apache-2.0
"""Replaces secrets and people's words inside JSON.

A value is judged by the name of its field and by where it stands: `Mode`. Numbers, booleans and
null stay; a string stays only when a rule says so.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from . import vocabulary as words
from .replacer import Replacer


class Mode(Enum):
    """Where in a body we are."""

    ENVELOPE = auto()  # fields of the API around events
    CONTENT = auto()  # what people and their clients wrote: event content, account data
    PRIVATE = auto()  # to-device messages, backups, secret storage: never kept
    KEYS = auto()  # public keys, one-time keys, signatures: never kept
    FILTER = auto()  # filters: kept
    RULES = auto()  # push rules


_FILTERS = frozenset(("filter", "not_filter", "required_state", "search_filter"))
_RULES = frozenset(("conditions", "actions"))
_CONTENTS = frozenset(
    ("content", "prev_content", "creation_content", "power_level_content_override")
)
# Where an admin is shown account data: content by its type.
_BY_TYPE = frozenset(("global", "rooms"))
_NAME_TREES = frozenset(("unsigned", "failures"))
_NEVER_KEPT = (Mode.PRIVATE, Mode.KEYS)
_CONDITION_KEYS = ("content.", "unsigned.")
_CONDITION_NAMES = frozenset(("type", "sender", "room_id", "state_key"))


class JsonScrubber:
    """Scrubs the values of one exchange; what it replaces, the exchange's Replacer remembers."""

    def __init__(self, replacer: Replacer, *, content: bool) -> None:
        self._replace = replacer
        self._content = content

    def scrub(self, value: Any, mode: Mode = Mode.ENVELOPE, name: str = "") -> Any:
        """`value` as it may be written down; `name` is that of the field that holds it."""
        if isinstance(value, dict):
            return self._object(value, mode, name)
        if isinstance(value, list):
            return [self.scrub(part, mode, name) for part in value]
        if isinstance(value, str):
            return self._string(value, mode, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return 0 if words.secret_kind(name) else value
        return value

    def _object(self, value: dict[str, Any], mode: Mode, name: str) -> dict[str, Any]:
        found = {}
        for key, part in value.items():
            inner = self._mode(key, part, mode, name, value)
            field = self._field(key, name, value)
            found[self._name(key, mode, name)] = self.scrub(part, inner, field)
        return found

    def _field(self, key: str, parent: str, siblings: dict[str, Any]) -> str:
        """The name that a value is judged by: ids and other names of members are no fields."""
        if key == "token" and siblings.get("type") in ("m.room.third_party_invite",):
            return "secret"
        if parent == "signatures" or words.ID.fullmatch(key):
            return parent
        return key

    def _mode(self, key: str, part: Any, mode: Mode, parent: str, siblings: dict[str, Any]) -> Mode:
        kind = siblings.get("type", siblings.get("edu_type"))
        if mode is Mode.PRIVATE or key in ("session_data", "device_data", "auth"):
            return mode if key == "auth" and not isinstance(part, dict) else Mode.PRIVATE
        if words.secret_kind(key) and isinstance(part, dict | list):
            return Mode.PRIVATE
        if key in words.KEY_TREES and isinstance(part, dict | list) and mode is not Mode.FILTER:
            return Mode.ENVELOPE if _lists_words(key, part) else Mode.KEYS
        if mode is Mode.KEYS and key in _NAME_TREES:
            return Mode.KEYS
        if key == "to_device" or (key == "messages" and _is_to_device(part)):
            return Mode.PRIVATE
        if key in _CONTENTS and isinstance(part, dict):
            return content_mode(kind)
        if parent in _BY_TYPE and isinstance(part, dict) and "." in key:
            return mode if words.ID.fullmatch(key) else content_mode(key)
        if key in _RULES and isinstance(part, list):
            return Mode.RULES
        if key in _FILTERS and mode is Mode.ENVELOPE:
            return Mode.FILTER
        return mode

    def _name(self, key: str, mode: Mode, parent: str) -> str:
        """The name of a member as it may be written down."""
        if key in words.CONTENT_NAMES:
            return key
        algorithm = words.ALGORITHM_KEY.fullmatch(key)
        if algorithm:
            return f"{algorithm[1]}:{self._replace(algorithm[2], 'key')}"
        if parent == "sessions" and mode is Mode.KEYS:
            return self._replace(key, "key")
        if words.is_plain(key):
            return key
        if parent == "tags" and key.startswith("u."):
            return key if self._content else f"u.{self._replace(key[2:], 'text')}"
        if mode is Mode.PRIVATE and parent != "messages":
            # Of to-device messages, those who are sent them, and their devices, are told.
            return self._replace(key, "secret")
        if mode is Mode.CONTENT and not self._content:
            return self._replace(key, "text")
        if mode in (Mode.CONTENT, Mode.FILTER):
            return self._replace.known(key)
        if words.EMAIL.fullmatch(key) or not words.IDENTIFIER.fullmatch(key):
            return self._replace(key, "text")
        return self._replace.known(key)

    def _string(self, value: str, mode: Mode, name: str) -> str:
        if not value:
            return value
        secret = words.secret_kind(name)
        if secret and not (secret == "hash" and self._content and mode is not Mode.PRIVATE):
            return self._replace.secret(value, secret)
        if mode is Mode.KEYS:
            return self._key(value, name)
        if name in words.KEY_FIELDS:
            return self._replace(value, "key")
        if mode is Mode.PRIVATE:
            return self._private(value, name)
        if name == "error" and mode is Mode.ENVELOPE:
            return self._replace.error(value)
        if self._content or (mode is Mode.FILTER and name not in words.TEXTS):
            return self._replace.known(value)
        return self._judged(value, mode, name)

    def _judged(self, value: str, mode: Mode, name: str) -> str:
        """With content left out: what a rule of the protocol needs stays."""
        if mode is Mode.RULES:
            return self._rule(value, name)
        if name == "rule_id":
            return self._rule_id(value)
        if name in ("user", "username") and words.PHONE.fullmatch(value):
            return self._replace.secret(value, "phone")
        if name in words.TEXTS:
            known = mode is Mode.ENVELOPE and name == "name" and value.startswith("@")
            return value if known and words.ID.fullmatch(value) else self._replace(value, "text")
        if words.is_plain(value):
            return self._replace.known(value)
        kept = words.CONTENT if mode is Mode.CONTENT else words.ENVELOPE
        if name in kept and words.IDENTIFIER.fullmatch(value):
            return self._replace.known(value)
        if name == "url":
            return self._replace.url(value)
        return self._replace(value, "text")

    def _key(self, value: str, name: str) -> str:
        if name in words.TEXTS:
            return self._replace(value, "text")
        if words.is_plain(value):
            return value
        if name in ("signatures", "signature"):
            return self._replace(value, "signature")
        if words.KEY_LIKE.fullmatch(value) or name in words.KEY_FIELDS or name == "key":
            return self._replace(value, "key")
        kept = name in words.ENVELOPE or name in words.KEY_TREES
        return self._plain_or(value, "key" if not kept else "")

    def _private(self, value: str, name: str) -> str:
        if words.is_plain(value):
            return value
        kept = name in ("type", "algorithm", "device_id", "from_device", "next_batch", "user")
        return self._plain_or(value, "" if kept else "secret")

    def _rule(self, value: str, name: str) -> str:
        if name == "key" and (value.startswith(_CONDITION_KEYS) or value in _CONDITION_NAMES):
            return value
        if words.is_plain(value) or name in ("kind", "set_tweak", "actions"):
            return self._plain_or(value, "")
        if name == "is" and len(value) < 12:
            return self._plain_or(value, "")
        return self._replace(value, "text")

    def _rule_id(self, value: str) -> str:
        """Server-default rules begin with a dot; those of words have the word for their id."""
        if value.startswith(".") or words.is_plain(value):
            return self._plain_or(value, "")
        return self._replace(value, "text")

    def _plain_or(self, value: str, kind: str) -> str:
        """Kept when it looks like an identifier and no kind is given."""
        if kind or not words.IDENTIFIER.fullmatch(value):
            return self._replace(value, kind or "text")
        return self._replace.known(value)


def content_mode(kind: object) -> Mode:
    """How the content of an event, an EDU or account data of this type is judged."""
    if words.is_private_type(kind):
        return Mode.PRIVATE
    if kind == "m.push_rules":
        return Mode.ENVELOPE
    return Mode.CONTENT


def _is_to_device(part: Any) -> bool:
    """`messages` of to-device requests map users to devices; those of rooms hold a chunk."""
    return isinstance(part, dict) and "chunk" not in part


def _lists_words(key: str, part: Any) -> bool:
    """`keys` of a search are names of fields, `sessions` of a user are connections."""
    return key in ("keys", "sessions") and isinstance(part, list)
