# SPDX-License-Identifier: Apache-2.0
"""Pairs of values that two servers made up for the same thing.

A pair comes about where one answer has a value and the other answer has another one in the same
place. From then on each stands for the other, in both directions. What both servers have shown, or
what was there before, stands for itself alone: a server that names another event than it should is
never forgiven by a new pair.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from .ids import LOOSE, OTHER_USES, SHORT, kind_of, words

# Between a scope and one inside it.
INSIDE = "\x1f"

# Whole values that are looked for inside texts.
_CANDIDATE = re.compile(
    r"\{\{[a-z_]+:[0-9a-f]{20}(?:~\d+)?\}\}"
    r"|\$[A-Za-z0-9_+/=.:\[\]-]+|[!@][A-Za-z0-9_=./:\[\]-]+|[A-Za-z0-9_~.=-]{8,}|\d{13}"
)


def _scopes(scope: str) -> list[str]:
    """The scope, the wider ones around it, and everywhere: "alice/main" is inside "alice"."""
    parts = scope.split(INSIDE) if scope else []
    return [*(INSIDE.join(parts[:n]) for n in range(len(parts), 0, -1)), ""]


@dataclass
class _Pairs:
    """The pairs of one kind."""

    to_b: dict[str, str] = field(default_factory=dict)
    to_a: dict[str, str] = field(default_factory=dict)


class Bindings:
    """Pairs of two parties, A and B. Thread-safe.

    `frozen`: kinds of which no new values can come about (nothing is written): only equal values
    are a pair. `known`: values that were there before on both sides.
    """

    def __init__(self, frozen: Iterable[str] = (), known: Iterable[str] = ()) -> None:
        self._frozen = frozenset(frozen)
        self._known = known if isinstance(known, set | frozenset) else frozenset(known)
        self._kinds: dict[str, _Pairs] = {}
        self._everywhere: dict[str, str] = {}
        self._everywhere_back: dict[str, str] = {}
        self._loose: dict[tuple[str, str, str], str] = {}
        self._seen: tuple[set[str], set[str]] = (set(), set())
        self._lock = threading.RLock()
        self.made_ms = time.time() * 1000

    def note(self, side: int, text: str) -> None:
        """Remembers that side 0 (A) or 1 (B) has shown the ids in `text`."""
        with self._lock:
            self._seen[side].update(word.value for word in words(text) if word.kind not in LOOSE)

    def shared(self, value: str) -> bool:
        """Whether both sides know the value by itself."""
        with self._lock:
            return value in self._known or all(value in seen for seen in self._seen)

    def meet(self, kind: str, a: str, b: str, scope: str = "") -> bool:
        """A shows `a` where B shows `b`: makes them a pair; False when they cannot be one."""
        with self._lock:
            if kind in LOOSE:
                for wider in _scopes(scope):
                    self._loose[kind, wider, a] = b
                return True
            pairs = self._kinds.setdefault(kind, _Pairs())
            known_b, known_a = pairs.to_b.get(a), pairs.to_a.get(b)
            if known_b is not None or known_a is not None:
                return (known_a, known_b) == (a, b)
            if a != b and self._stands_for_itself(kind, a, b):
                return False
            pairs.to_b[a], pairs.to_a[b] = b, a
            if len(a) >= SHORT and len(b) >= SHORT:
                self._everywhere.setdefault(a, b)
                self._everywhere_back.setdefault(b, a)
            return True

    def _stands_for_itself(self, kind: str, a: str, b: str) -> bool:
        if kind in self._frozen or a in self._known or b in self._known:
            return True
        # Short values (filter 0, version 1) say nothing by having been seen.
        return len(a) >= SHORT and (a in self._seen[1] or b in self._seen[0])

    def to_b(self, kind: str, a: str, scope: str = "") -> str | None:
        """What B calls it; None when no pair is known."""
        with self._lock:
            if kind in LOOSE:
                found = (self._loose.get((kind, wider, a)) for wider in _scopes(scope))
                return next((b for b in found if b is not None), None)
            return self._kinds.get(kind, _Pairs()).to_b.get(a)

    def to_a(self, kind: str, b: str) -> str | None:
        """What A calls it (strict kinds only); None when no pair is known."""
        with self._lock:
            return self._kinds.get(kind, _Pairs()).to_a.get(b)

    def word_to_b(self, word: str, scope: str = "") -> str | None:
        """Like `to_b`, whatever the kind."""
        with self._lock:
            known = self._everywhere.get(word)
            if known is None and len(word) >= 4:
                kinds = ("position", "page", "pos", "time")
                found = (self.to_b(kind, word, scope) for kind in kinds)
                known = next((b for b in found if b is not None), None)
            return known

    def word_to_a(self, word: str) -> str | None:
        with self._lock:
            return self._everywhere_back.get(word)

    def pairs(self) -> list[tuple[str, str, str]]:
        """(kind, a, b) of all strict pairs, in the order in which they came about."""
        with self._lock:
            return [
                (kind, a, b) for kind, pairs in self._kinds.items() for a, b in pairs.to_b.items()
            ]

    def text_to_b(self, text: str, key: str = "", scope: str = "", where: str = "") -> str:
        """`text` with every value of A in it replaced by B's."""
        kind = kind_of(key, text, where)
        if kind is not None:
            for use in (kind, *OTHER_USES.get(kind, ())):
                whole = self.to_b(use, text, scope)
                if whole is not None:
                    return whole
        return _CANDIDATE.sub(lambda match: self._replaced(match[0], scope), text)

    def _replaced(self, word: str, scope: str) -> str:
        known = self.word_to_b(word, scope)
        if known is not None:
            return known
        # An id with something behind it: `$event/…`, `!room:host.` at the end of a sentence.
        for found in words(word):
            inner = self.word_to_b(found.value, scope)
            if inner is not None:
                return word[: found.start] + inner + self._replaced(word[found.end :], scope)
        return word

    def translate(self, value: Any) -> Any:
        """A's text, or JSON, as B would have it."""
        return self.json_to_b(value)

    def json_to_b(self, value: Any, key: str = "", scope: str = "", where: str = "") -> Any:
        """JSON with every value of A in it, keys of objects too, replaced by B's."""
        if isinstance(value, str):
            return self.text_to_b(value, key, scope, where)
        if isinstance(value, list):
            return [self.json_to_b(part, key, scope, where) for part in value]
        if isinstance(value, dict):
            return {
                self.text_to_b(str(name), "", scope): self.json_to_b(part, str(name), scope, where)
                for name, part in value.items()
            }
        if isinstance(value, int) and not isinstance(value, bool) and value > 10**12:
            known = self.to_b("time", str(value), scope)
            return int(known) if known is not None else value
        return value

    def target_to_b(self, target: str, names: dict[int, str], scope: str, where: str) -> str:
        """Path and query of a request; `names`: what the route calls the path's segments.

        What does not change stays as it was sent, byte by byte.
        """
        path, mark, query = target.partition("?")
        segments = path.split("/")
        for number, segment in enumerate(segments):
            plain = unquote(segment)
            new = self.text_to_b(plain, names.get(number, ""), scope, where)
            if new != plain:
                segments[number] = quote(new, safe="!$:@")
        parts = []
        for part in query.split("&"):
            name, equals, value = part.partition("=")
            plain = unquote(value.replace("+", " "))
            new = self.text_to_b(plain, unquote(name), scope, where)
            parts.append(part if new == plain else f"{name}{equals}{quote(new, safe='')}")
        return "/".join(segments) + mark + "&".join(parts)
