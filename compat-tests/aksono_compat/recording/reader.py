# SPDX-License-Identifier: Apache-2.0
"""Reads a recording, and says what is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

from .format import FORMAT, VERSION, Body, End, Exchange, Header, RecordingError

_KINDS = frozenset(("none", "json", "text", "bytes", "omitted"))
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("number", "status"), (int,)),
    **dict.fromkeys(("at", "took"), (int, float)),
    **dict.fromkeys(("session", "user_id", "surface", "method", "target"), (str,)),
    **dict.fromkeys(("headers", "answer_headers"), (dict,)),
}
_BODIES = ("body", "answer")
_REQUIRED = frozenset(_TYPES) - {"headers", "status", "answer_headers"}


class Recording:
    """An opened recording. `exchanges()` reads it line by line, as often as is wanted.

    `end` and `incomplete` are known once the exchanges were read to their end: `incomplete` says
    why the recording is not whole; it is empty when it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end: End | None = None
        self.incomplete = ""
        with self._open() as file:
            self.header = self._header(file.readline())

    def _open(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise RecordingError(f"{self.path}: {error.strerror}") from None

    def _header(self, line: bytes) -> Header:
        if not line:
            raise RecordingError(f"{self.path}: the file is empty, not a recording")
        parsed = _parse(line)
        if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
            hint = " (a HAR file or an access log is turned into one by `aksono-replay import`)"
            raise RecordingError(f"{self.path}: this is not a recording{hint}")
        version = parsed.get("version")
        if version != VERSION:
            raise RecordingError(
                f"{self.path}: a recording of version {version!r}; this release reads version "
                f"{VERSION}: use the release of aksono-replay that wrote it ({parsed.get('tool')})"
            )
        known = {field.name for field in fields(Header)}
        try:
            return Header(**{name: value for name, value in parsed.items() if name in known})
        except TypeError as error:
            raise RecordingError(f"{self.path}: line 1: a broken header: {error}") from None

    def exchanges(self) -> Iterator[Exchange]:
        """Every whole exchange; RecordingError at a line that is none, but for a cut-off last."""
        self.end, self.incomplete = None, ""
        count = 0
        with self._open() as file:
            file.readline()
            for number, line in enumerate(file, 2):
                if self.end is not None:
                    raise RecordingError(f"{self.path}: line {number}: text after the end mark")
                if not line.endswith(b"\n"):
                    self.incomplete = f"cut off in the middle of line {number}"
                    break
                parsed = self._line(line, number)
                if isinstance(parsed, Exchange):
                    count += 1
                    yield parsed
                else:
                    self.end = parsed
        self._check_end(count)

    def _line(self, line: bytes, number: int) -> Exchange | End:
        parsed = _parse(line)
        if not isinstance(parsed, dict):
            raise RecordingError(f"{self.path}: line {number}: this is not JSON, or no object")
        try:
            return _end(parsed["end"]) if "end" in parsed else _exchange(parsed)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingError(f"{self.path}: line {number}: no exchange: {error}") from None

    def _check_end(self, count: int) -> None:
        if self.end is None:
            why = self.incomplete or "there is no end mark: the recorder was killed, or still runs"
            self.incomplete = f"{why}; the {count} whole exchanges before are used"
        elif self.end.exchanges != count:
            self.incomplete = (
                f"the end mark counts {self.end.exchanges} exchanges, here are {count}"
            )


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _end(parsed: Any) -> End:
    if not isinstance(parsed, dict):
        raise TypeError("a broken end mark")
    for name in ("exchanges", "dropped"):
        _check(name, parsed[name], (int,))
    return End(parsed["exchanges"], parsed["dropped"], str(parsed["reason"]))


def _exchange(parsed: dict[str, Any]) -> Exchange:
    missing = sorted(_REQUIRED - parsed.keys())
    if missing:
        raise ValueError(f"{', '.join(missing)} missing")
    for name, kinds in _TYPES.items():
        if name in parsed:
            _check(name, parsed[name], kinds)
    values = {name: parsed[name] for name in _TYPES if name in parsed}
    for name in _BODIES:
        values[name] = _body(name, parsed.get(name, {}))
    return Exchange(**values)


def _body(name: str, parsed: Any) -> Body:
    if not isinstance(parsed, dict) or parsed.get("kind", "none") not in _KINDS:
        raise TypeError(f"{name} is of no known kind")
    body = Body(parsed.get("kind", "none"), parsed.get("value"))
    if body.kind in ("text", "bytes") and not isinstance(body.value, str):
        raise TypeError(f"{name} has the wrong type")
    return body


def _check(name: str, value: Any, kinds: tuple[type, ...]) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise TypeError(f"{name} has the wrong type")
