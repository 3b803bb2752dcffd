# SPDX-License-Identifier: Apache-2.0
"""Written scenarios, TOML or JSON, as exchanges of a recording.

    title = "A room with two people"

    [[step]]
    as = "alice"                       # a user of the demo world, or a token: "{dora}"
    request = "POST /createRoom"       # below /_matrix/client/v3, or a whole path
    body = { preset = "public_chat" }
    keep = { room = "room_id" }        # names for values of the answer, by their path

    [[step]]
    as = "bob"
    request = "POST /join/{room}"
    together = "crowd"                 # neighbours of one name are sent at once

A kept value stands as `{name}` in later requests and bodies; `{{` is a brace. Values are kept out
of answers with `status` (default 200).
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..client import V3
from ..recording.format import Body, Exchange, Header, RecordingError
from ..recording.keys import Keys
from ..recording.routes import surface

_NAME = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FIELDS = frozenset(("as", "request", "body", "headers", "keep", "together", "status"))
# Names are as secret as tokens: placeholders that are bound to whatever a server answers.
_KEYS = Keys(b"a scenario has no secrets of its")


def load(path: Path) -> tuple[Header, list[Exchange]]:
    """The exchanges of a scenario; RecordingError says what is wrong with it."""
    try:
        text = path.read_text()
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise RecordingError(f"{path}: {error}") from None
    steps = content.get("step") if isinstance(content, dict) else None
    if not isinstance(steps, list) or not steps:
        raise RecordingError(f"{path}: not a scenario: there are no steps ([[step]])")
    header = Header("scenario", int(time.time() * 1000), "", "", "scenario", True)
    return header, _Writer(path).exchanges(steps)


def value_of(name: str) -> str:
    """What stands for a kept value."""
    return _KEYS.placeholder("kept", name)


class _Writer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: set[str] = set()

    def exchanges(self, steps: list[Any]) -> list[Exchange]:
        found = []
        group, at = "", 0.0
        for number, step in enumerate(steps, 1):
            if not isinstance(step, dict) or not isinstance(step.get("request"), str):
                raise self._error(number, "a step needs a `request`")
            unknown = step.keys() - _FIELDS
            if unknown:
                raise self._error(number, f"unknown: {', '.join(sorted(unknown))}")
            together = str(step.get("together", ""))
            if not together or together != group:
                at += 1.0
            group = together
            found.append(self._exchange(number, step, at))
            self._kept |= step.get("keep", {}).keys()
        return found

    def _exchange(self, number: int, step: dict[str, Any], at: float) -> Exchange:
        method, _, target = step["request"].partition(" ")
        if not method.isupper() or not target.startswith("/"):
            raise self._error(number, "`request` is a method and a path: GET /sync")
        target = target if target.startswith(("/_", "/.well-known")) else V3 + target
        target = _NAME.sub(lambda match: self._in_url(number, match), target)
        body = Body("json", self._filled(number, step["body"])) if "body" in step else Body()
        who = str(step.get("as", ""))
        session = self._text(number, who)
        keep = step.get("keep", {})
        if not isinstance(keep, dict):
            raise self._error(number, "`keep` is a table of names and paths")
        answer = Body("json", _answer(keep)) if keep else Body()
        return Exchange(
            number, at, 0.9, session, "" if session != who else who,
            surface(target.partition("?")[0]), method, target,
            dict(step.get("headers", {})), body, int(step.get("status", 200)), {}, answer,
        )  # fmt: skip

    def _filled(self, number: int, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(number, value)
        if isinstance(value, list):
            return [self._filled(number, part) for part in value]
        if isinstance(value, dict):
            return {
                self._text(number, key): self._filled(number, part) for key, part in value.items()
            }
        return value

    def _text(self, number: int, text: str) -> str:
        return _NAME.sub(lambda match: self._named(number, match), text)

    def _in_url(self, number: int, match: re.Match[str]) -> str:
        return quote(self._named(number, match), safe="")

    def _named(self, number: int, match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        if name not in self._kept:
            raise self._error(number, f"nothing was kept as {{{name}}} before")
        return value_of(name)

    def _error(self, number: int, text: str) -> RecordingError:
        return RecordingError(f"{self._path}: step {number}: {text}")


def _answer(keep: dict[str, Any]) -> Any:
    """An answer that has the kept values and nothing else."""
    answer: dict[str, Any] = {}
    for name, path in keep.items():
        holder = answer
        *parents, last = str(path).split(".")
        for key in parents:
            holder = holder.setdefault(key, {})
        holder[last] = value_of(name)
    return answer
