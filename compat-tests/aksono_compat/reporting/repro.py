# SPDX-License-Identifier: Apache-2.0
"""Writes repro/NNN.py: a script that shows one difference again, on its own.

The script is standalone.py with the requests in it. Values that a server made up are taken from its
own answers; secrets are not written down but asked for.
"""

from __future__ import annotations

import json
import pprint
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..recording.format import Exchange
from .classes import of_rows
from .files import write_private
from .minimise import RUNS, Diverges, Minimal, may_be_made_up, minimise, used_values
from .result import DifferenceClass, Result

_TEMPLATE = Path(__file__).with_name("standalone.py")
_BEGIN, _END = "# ---- what is reproduced ----\n", "# ---- how ----\n"

# Told over several answers; one request shows none of them.
_STREAMED = frozenset(("event lost", "event doubled", "late"))
# Placeholders of a recording, but those of people's words, which can be sent as they are.
_SECRET = re.compile(r"\{\{(?!text:)([a-z_]+):[0-9a-f]{20}(?:~\d+)?\}\}")
_HEADERS = ("content-type", "accept", "accept-language", "origin", "if-none-match", "user-agent")
# Shorter values are replaced only where they are all of a text.
_LONG = 8


def can_be_scripted(found: DifferenceClass) -> bool:
    return not of_rows(found) and found.kind not in _STREAMED


def reproduce(
    found: DifferenceClass,
    exchanges: Sequence[Exchange],
    diverges: Diverges,
    folder: Path,
    number: int,
    *,
    runs: int = RUNS,
    seconds: float = float("inf"),
    told: Callable[[int, int], None] | None = None,
) -> Minimal | None:
    """Minimises the exchanges, which end with the first that shows the difference, and writes
    `folder`/NNN.py, which found.repro then names. None: of its kind no script can be made.
    """
    if not can_be_scripted(found) or not exchanges or _is_signed(exchanges[-1]):
        return None
    sendable = [exchange for exchange in exchanges if not _is_signed(exchange)]
    minimal = minimise(sendable, diverges, runs=runs, seconds=seconds, told=told)
    if minimal.reproduced:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{number:03d}.py"
        write_private(path, script(found, minimal.exchanges), 0o700)
        found.repro = str(Path(folder.name) / path.name)
    return minimal


def reproduce_worst(
    result: Result,
    exchanges: Sequence[Exchange],
    diverges: Callable[[DifferenceClass, list[Exchange]], bool],
    folder: Path,
    *,
    most: int = 10,
    runs: int = RUNS,
    seconds: float = float("inf"),
    told: Callable[[DifferenceClass, int, int], None] | None = None,
) -> list[str]:
    """A script for each of the `most` worst classes that count; `runs` and `seconds` are for each.

    `exchanges`: the whole recording. `diverges(class, exchanges)`: whether a replay of these shows
    the class. Returns what did not work, for the notes.
    """
    places = {exchange.number: place for place, exchange in enumerate(exchanges)}
    wanted = [
        found
        for found in result.classes
        if not found.ignored and can_be_scripted(found) and found.numbers and not found.repro
    ]
    failed = []
    for number, found in enumerate(wanted[:most], 1):
        first = places.get(found.numbers[0])
        if first is None:
            continue
        minimal = reproduce(
            found, exchanges[: first + 1], partial(diverges, found), folder, number,
            runs=runs, seconds=seconds, told=partial(told, found) if told else None,
        )  # fmt: skip
        if minimal is not None and not minimal.reproduced:
            failed.append(
                f"{found.kind} {found.where} {found.path} did not come again in {minimal.runs} runs"
            )
    return failed


def _is_signed(exchange: Exchange) -> bool:
    """A request of another server, whose key nobody here has."""
    return exchange.surface == "federation" and bool(exchange.session)


def script(found: DifferenceClass, exchanges: Sequence[Exchange]) -> str:
    """The text of a script that sends these requests."""
    plan = _Plan(exchanges)
    about = {
        "kind": found.kind,
        "where": found.where,
        "path": found.path,
        "id": found.id,
    }
    source = _TEMPLATE.read_text()
    head, rest = source.split(_BEGIN)
    _, tail = rest.split(_END)
    data = (
        f"ABOUT: dict[str, str] = {_literal(about)}\n"
        "# Values that must be given: access tokens of these users, and other secrets.\n"
        f"NEEDED: list[str] = {_literal(plan.needed)}\n"
        "# `keep`: where in the answer a value stands that a later request uses as ${name}.\n"
        f"STEPS: list[dict[str, Any]] = {_literal(plan.steps)}\n"
    )
    return f"{head}{_BEGIN}{data}{_END}{tail}"


def _literal(value: Any) -> str:
    """Python that is the value again. What cannot be seen is escaped in it."""
    return pprint.pformat(value, width=96, sort_dicts=False)


@dataclass
class _Plan:
    """Steps, and the names of the values in them."""

    exchanges: Sequence[Exchange]
    steps: list[dict[str, Any]] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _users: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        later = [set[str]() for _ in self.exchanges]
        for n in range(len(self.exchanges) - 2, -1, -1):
            later[n] = later[n + 1] | used_values(self.exchanges[n + 1])
        for exchange, used in zip(self.exchanges, later, strict=True):
            step = self._step(exchange)
            keep = self._kept(exchange, used, step)
            self.steps.append({**step, "keep": keep} if keep else step)

    def _step(self, exchange: Exchange) -> dict[str, Any]:
        step: dict[str, Any] = {"method": exchange.method}
        if exchange.session:
            step["as"] = self._session(exchange)
        step["target"] = self._target(exchange.target)
        headers = {
            name: self._text(value)
            for name, value in exchange.headers.items()
            if name.lower() in _HEADERS
        }
        if headers:
            step["headers"] = headers
        body = exchange.body
        if body.kind == "json" and _is_plain_json(body.value):
            step["json"] = self._json(body.value)
        elif body.kind == "json":
            step["text"] = self._text(json.dumps(body.value))
        elif body.kind == "text":
            step["text"] = self._text(str(body.value))
        elif body.kind in ("bytes", "omitted"):
            content = body.content()
            step["size"] = len(content) if content is not None else int(body.value["size"])
        return step

    def _session(self, exchange: Exchange) -> str:
        """The access token: one that a step before was given, or one that must be told."""
        if exchange.session not in self._names:
            who = exchange.user_id
            if not who and not _SECRET.fullmatch(exchange.session):
                who = exchange.session  # the name of a user in a written scenario
            user = re.sub(r"[^a-z]+", "_", who.lower().lstrip("@").partition(":")[0])
            name = self._new(user.strip("_")[:30] or "user")
            self._names[exchange.session] = name
            self.needed.append(name)
        return f"${{{self._names[exchange.session]}}}"

    def _new(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return kind if self._counts[kind] == 1 else f"{kind}{self._counts[kind]}"

    def _kept(
        self, exchange: Exchange, used: set[str], step: dict[str, Any]
    ) -> dict[str, list[Any]]:
        """Values of the answer that later steps use, with their places."""
        keep: dict[str, list[Any]] = {}
        if exchange.answer.kind != "json":
            return keep
        for path, value in sorted(_leaves(exchange.answer.value, []), key=lambda one: len(one[0])):
            if value in self._names or not may_be_made_up(value) or not _uses(used, value):
                continue
            if value in used_values(exchange) or self._was_there(value, path, step):
                continue
            name = self._new(_kind_of(path))
            # The way there may go through values with names of their own.
            keep[name] = [self._json(part) for part in path]
            self._names[value] = name
        return keep

    def _was_there(self, value: str, path: list[Any], step: dict[str, Any]) -> bool:
        """Rooms and events that a GET tells of are older, unless the room was made by a step."""
        if step["method"] not in ("GET", "HEAD") or value[0] not in "!$":
            return False
        return "${" not in step["target"] and not any(
            part in self._names for part in path if isinstance(part, str)
        )

    def _target(self, target: str) -> str:
        path, mark, query = target.partition("?")
        text = "/".join(self._segment(segment) for segment in path.split("/"))
        parts = [part.partition("=") for part in query.split("&")]
        return text + mark + "&".join(f"{n}{e}{self._segment(v)}" for n, e, v in parts)

    def _segment(self, encoded: str) -> str:
        """A part of a target; names stand for the encoded value."""
        for value, name in self._longest():
            for form in {quote(value, safe=""), quote(value, safe="!$:@/"), quote(value), value}:
                if encoded == form or (len(value) >= _LONG and form in encoded):
                    encoded = encoded.replace(form, f"${{{name}}}")
        return _SECRET.sub(self._secret, encoded)

    def _text(self, text: str) -> str:
        for value, name in self._longest():
            if text == value or (len(value) >= _LONG and value in text):
                text = text.replace(value, f"${{{name}}}")
        return _SECRET.sub(self._secret, text)

    def _longest(self) -> Iterator[tuple[str, str]]:
        return iter(sorted(self._names.items(), key=lambda item: -len(item[0])))

    def _secret(self, match: re.Match[str]) -> str:
        if match[0] not in self._names:
            self._names[match[0]] = self._new(match[1])
            self.needed.append(self._names[match[0]])
        return f"${{{self._names[match[0]]}}}"

    def _json(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self._json(part) for part in value]
        if isinstance(value, dict):
            return {self._text(name): self._json(part) for name, part in value.items()}
        return value


def _is_plain_json(value: Any) -> bool:
    """Whether there are no infinities in it, which are no Python literals."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


def _uses(used: set[str], value: str) -> bool:
    return value in used or (len(value) >= _LONG and any(value in text for text in used))


def _leaves(value: Any, path: list[Any]) -> Iterator[tuple[list[Any], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, [*path, name])
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _leaves(part, [*path, _entry(value, number)])


def _entry(entries: list[Any], number: int) -> int | dict[str, Any]:
    """How to find the entry of a list again. State comes in any order: by type and state key."""
    entry = entries[number]
    if not isinstance(entry, dict) or not {"type", "state_key"} <= entry.keys():
        return number
    sign = {name: entry[name] for name in ("type", "state_key")}
    alike = [one for one in entries if isinstance(one, dict) and sign.items() <= one.items()]
    return sign if len(alike) == 1 else number


def _kind_of(path: list[Any]) -> str:
    """A name for a value: that of its field."""
    names = [part for part in path if isinstance(part, str)]
    name = re.sub(r"[^a-z]+", "_", names[-1].lower()).strip("_") if names else ""
    return name or "value"
