# SPDX-License-Identifier: Apache-2.0
"""Compares two answers to one request, and learns which values stand for each other."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..answers import HEADERS
from ..client import Answer
from ..reporting.result import Kind
from .align import Alignment, align
from .bindings import Bindings
from .ids import LOOSE, Word, form, is_id_key, is_secret, kind_of, skeleton, words
from .reply import Reply
from .shapes import ANY_ORDER, Shaper, is_unordered
from .times import Clock, same_span, same_time

Path = tuple[str | int, ...]

# Synapse lists these in the order of a set, another one after each start.
_LIST = re.compile(r"^(Receipt type must be |.* must be one of \[)([^\]]*)")
# Of a key that could not be fetched: when it was asked for.
_ASKED = re.compile(r"(minimum_valid_until_ts=)\d{13}\b")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{86}(?:==)?")
_HASH = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


@dataclass(frozen=True)
class Difference:
    """One place where B's answer is not A's."""

    kind: Kind
    path: Path
    a: Any = None
    b: Any = None

    def __str__(self) -> str:
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        sides = [_short(value) for value in (self.a, self.b)]
        return f"{self.kind}{' at ' if path else ''}{path.lstrip('.')}: A {sides[0]}, B {sides[1]}"


Found = Difference
Times = tuple[tuple[float, float], tuple[float, float]]


def compare_answers(
    a: Answer,
    b: Answer,
    bindings: Bindings,
    *,
    unordered: bool = False,
    where: str = "",
    times: Times | None = None,
) -> list[Found]:
    """Compares two answers of a conversation, in their order, and learns pairs from them.

    `unordered`: the entries of the answer (the body, or its `chunk`) come in any order.
    `where`: the route ("GET /_matrix/client/v3/rooms/{room_id}/members").
    `times`: when each was asked for and came, in seconds since 1970; if not given: now.
    """
    now = time.time()
    replies = [
        Reply(
            answer.status,
            {name.lower(): value for name, value in answer.headers.items()},
            answer.body,
            asked=asked,
            ended=ended,
        )
        for answer, (asked, ended) in zip((a, b), times or ((now, now), (now, now)), strict=True)
    ]
    comparer = Comparer(bindings, bindings.made_ms, bindings.made_ms)
    return comparer.answers(replies[0], replies[1], ANY_ORDER if unordered else where)


@dataclass(frozen=True)
class Place:
    """Where two values stand."""

    path: Path = ()
    key: str = ""  # the last name
    parent: str = ""  # the name before it
    fresh: bool = False  # inside something that was signed during the run

    def at(self, name: str, fresh: bool) -> Place:
        return Place((*self.path, name), name, self.key, self.fresh or fresh)

    def item(self, number: int) -> Place:
        return Place((*self.path, number), "[]", "", self.fresh)


class Comparer:
    """Compares answers of two parties whose runs began at the given times (ms since 1970)."""

    def __init__(self, bindings: Bindings, began_a: float, began_b: float) -> None:
        self.bindings = bindings
        self.began = (began_a, began_b)

    def answers(self, a: Reply, b: Reply, where: str, scope: str = "") -> list[Difference]:
        """All differences of two answers; `scope`: whose tokens are in them (the session)."""
        if a.error or b.error:
            return _silent(a, b)
        if a.status != b.status:
            # The rest says nothing more.
            return [Difference("status", (), a.status, b.status)]
        if a.errcode != b.errcode:
            return [Difference("errcode", ("errcode",), a.errcode, b.errcode)]
        pair = self.pair(a, b, where, scope)
        return [*pair.bodies(a, b), *pair.headers(a, b)]

    def pair(self, a: Reply, b: Reply, where: str, scope: str) -> Pair:
        clocks = [
            Clock(began, reply.ended * 1000, reply.took_ms)
            for began, reply in zip(self.began, (a, b), strict=True)
        ]
        return Pair(self.bindings, (clocks[0], clocks[1]), where, scope)


def _silent(a: Reply, b: Reply) -> list[Difference]:
    if a.error and b.error:
        return []
    sides = [reply.error or f"answered {reply.status}" for reply in (a, b)]
    return [Difference("crash", (), *sides)]


class Pair:
    """Two answers laid side by side."""

    def __init__(
        self, bindings: Bindings, clocks: tuple[Clock, Clock], where: str, scope: str
    ) -> None:
        self._bindings = bindings
        self._clocks = clocks
        self._where = where
        self._scope = scope
        shapers = [Shaper(bindings, side, clocks[side], where) for side in (0, 1)]
        self._shapers = (shapers[0], shapers[1])
        self._error = False

    def bodies(self, a: Reply, b: Reply) -> list[Difference]:
        self._error = a.status >= 400
        self._note(a, b)
        return list(self.values(a.content, b.content, Place()))

    def _note(self, a: Reply, b: Reply) -> None:
        for side, reply in enumerate((a, b)):
            self._bindings.note(side, reply.body.decode("utf-8", "replace"))

    def headers(self, a: Reply, b: Reply) -> Iterator[Difference]:
        for name in HEADERS:
            first, second = a.headers.get(name.lower()), b.headers.get(name.lower())
            if first is None and second is None:
                continue
            if first is None or second is None or not self._texts(first, second, ""):
                yield Difference("header", (name,), first, second)

    def values(self, a: Any, b: Any, at: Place) -> Iterator[Difference]:
        if isinstance(a, dict) and isinstance(b, dict):
            yield from self._objects(a, b, at)
        elif isinstance(a, list) and isinstance(b, list):
            yield from self._lists(a, b, at)
        elif type(a) is not type(b):
            # 1, 1.0 and true are three different answers.
            yield Difference("type", at.path, a, b)
        elif not self._alike(a, b, at):
            kind: Kind = "error text" if self._error and at.path == ("error",) else "value"
            yield Difference(kind, at.path, a, b)

    def _alike(self, a: Any, b: Any, at: Place) -> bool:
        if isinstance(a, str):
            return self._texts(a, b, at.key) or (at.fresh and _is_proof(a, b, at))
        if a == b:
            return True
        if same_time(a, b, *self._clocks):
            self._bindings.meet("time", str(a), str(b), self._scope)
            return True
        return same_span(at.key, a, b, *self._clocks)

    def _texts(self, a: str, b: str, key: str) -> bool:
        kind = kind_of(key, a, self._where)
        if kind is not None and kind == kind_of(key, b, self._where):
            return self._meet(kind, a, b)
        if is_secret(a) and a != b:
            # Only in recordings.
            return self._meet("placeholder", a, b)
        words_a, words_b = list(words(a)), list(words(b))
        if a != b and (
            len(words_a) != len(words_b) or skeleton(a, words_a) != skeleton(b, words_b)
        ):
            return _listed(a) == _listed(b)
        return all([self._words(x, y) for x, y in zip(words_a, words_b, strict=True)])

    def _words(self, a: Word, b: Word) -> bool:
        return a.kind == b.kind and self._meet(a.kind, a.value, b.value)

    def _meet(self, kind: str, a: str, b: str) -> bool:
        met = self._bindings.meet(kind, a, b, self._scope)
        return met and (kind not in LOOSE or form(kind, a) == form(kind, b))

    def _objects(self, a: dict[str, Any], b: dict[str, Any], at: Place) -> Iterator[Difference]:
        fresh = self._shapers[0].is_fresh(a) and self._shapers[1].is_fresh(b)
        pairs, only_a, only_b = self._keys(a, b)
        for key in only_a:
            yield Difference("missing", (*at.path, key), a[key], None)
        for key in only_b:
            yield Difference("extra", (*at.path, key), None, b[key])
        # Ids first: what is beside them is then recognised.
        for first, second in sorted(pairs, key=lambda pair: not pair[0].endswith("_id")):
            yield from self.values(a[first], b[second], at.at(first, fresh))

    def _keys(
        self, a: dict[str, Any], b: dict[str, Any]
    ) -> tuple[list[tuple[str, str]], list[str], list[str]]:
        """Keys that belong together, and those of one side alone."""
        pairs = []
        left, right = [], set(b)
        for key in a:
            there = self._key_of_b(key)
            if there in right:
                right.remove(there)
                if self._texts(key, there, ""):
                    pairs.append((key, there))
                    continue
                right.add(there)
            left.append(key)
        found = self._leftover_keys(a, b, left, [key for key in b if key in right])
        for x, y in found.pairs:
            pairs.append((left[x], [key for key in b if key in right][y]))
        order_b = [key for key in b if key in right]
        return (
            pairs,
            [left[number] for number in found.only_a],
            [order_b[number] for number in found.only_b],
        )

    def _key_of_b(self, key: str) -> str:
        for word in words(key):
            known = self._bindings.to_b(word.kind, word.value)
            if known is not None:
                key = key.replace(word.value, known)
        return key

    def _leftover_keys(
        self, a: dict[str, Any], b: dict[str, Any], left: list[str], right: list[str]
    ) -> Alignment:
        """Keys that are new ids: those with equal values, then those of equal form."""
        shaper_a, shaper_b = self._shapers
        ids_a = [shaper_a.text(key) if is_id_key(key) else f"={key}" for key in left]
        ids_b = [shaper_b.text(key) if is_id_key(key) else f"={key}" for key in right]
        strong = (
            [name + shaper_a.strong(a[key]) for name, key in zip(ids_a, left, strict=True)],
            [name + shaper_b.strong(b[key]) for name, key in zip(ids_b, right, strict=True)],
        )
        found = align(strong, (ids_a, ids_b))
        kept = Alignment(only_a=found.only_a, only_b=found.only_b)
        for x, y in found.pairs:
            if self._texts(left[x], right[y], ""):
                kept.pairs.append((x, y))
            else:
                kept.only_a.append(x)
                kept.only_b.append(y)
        return kept

    def _lists(self, a: list[Any], b: list[Any], at: Place) -> Iterator[Difference]:
        unordered = is_unordered(at.key, at.parent, self._where)
        found = self._aligned(a, b)
        for number in found.only_a:
            yield Difference("missing", (*at.path, number), a[number], None)
        for number in found.only_b:
            yield Difference("extra", (*at.path, number), None, b[number])
        if not unordered and not found.in_order:
            yield Difference("order", at.path, *self._orders(a, b, found))
        for x, y in found.pairs:
            yield from self.values(a[x], b[y], at.item(x))

    def _aligned(self, a: list[Any], b: list[Any]) -> Alignment:
        shaper_a, shaper_b = self._shapers
        strong = ([shaper_a.strong(part) for part in a], [shaper_b.strong(part) for part in b])
        weak = ([shaper_a.weak(part) for part in a], [shaper_b.weak(part) for part in b])
        found = align(strong, weak)
        # Of as many entries on both sides, those without likeness differ by value.
        if len(found.only_a) == len(found.only_b) and len(a) == len(b):
            leftover = list(zip(found.only_a, found.only_b, strict=True))
            if all(_may_differ_by_value(a[x], b[y]) for x, y in leftover):
                found.pairs = sorted([*found.pairs, *leftover])
                found.only_a, found.only_b = [], []
        return found

    def _orders(self, a: list[Any], b: list[Any], found: Alignment) -> tuple[Any, Any]:
        """The entries in both orders, short enough to be read."""
        partner = {y: x for x, y in found.pairs}
        moved = [partner[y] for y in range(len(b)) if y in partner]
        name = [str(_label(part)) for part in a]
        return [name[x] for x in sorted(moved)], [name[x] for x in moved]


def _may_differ_by_value(a: Any, b: Any) -> bool:
    """Whether two entries can be one thing told differently: never two different ids."""
    if isinstance(a, dict) and isinstance(b, dict):
        return not {"event_id", "room_id", "user_id", "device_id"} & (a.keys() | b.keys())
    return not (isinstance(a, str) and isinstance(b, str) and is_id_key(a) and is_id_key(b))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


def _label(value: Any) -> Any:
    if isinstance(value, dict):
        for key in ("event_id", "room_id", "user_id", "rule_id", "type"):
            if key in value:
                return value[key]
    return value


def _listed(text: str) -> str:
    text = _ASKED.sub(r"\1<time>", text)
    match = _LIST.match(text)
    if not match:
        return text
    return match[1] + ", ".join(sorted(match[2].split(", "))) + text[match.end() :]


def _is_proof(a: str, b: str, at: Place) -> bool:
    """Hashes and signatures of what was made during the run: of the same form."""
    if "signatures" in at.path:
        return bool(_SIGNATURE.fullmatch(a) and _SIGNATURE.fullmatch(b))
    if at.key == "sha256" and ({"hashes", "prev_events", "auth_events"} & set(at.path)):
        return bool(_HASH.fullmatch(a) and _HASH.fullmatch(b))
    return False
