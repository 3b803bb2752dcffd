# SPDX-License-Identifier: Apache-2.0
"""Reads access logs of nginx (combined, or JSON) and of caddy (JSON): their GETs.

A log holds neither bodies nor tokens: of writes nothing could be replayed, and whose request it was
is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from .capture import Captured
from .format import RecordingError
from .importing import Found, in_order, is_matrix, open_source

Kind = Literal["nginx", "caddy"]

_COMBINED = re.compile(r'\S+ \S+ .*?\[([^\]]+)\] "((?:[^"\\]|\\.)*)" ([0-9]{3}) (?:[0-9]+|-)')
_COMBINED_TIME = "%d/%b/%Y:%H:%M:%S %z"
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})|\\(.)")
# nginx's JSON has the names that the admin gave: those of its variables, most often.
_REQUEST_NAMES = ("request", "request_line")
_URI_NAMES = ("request_uri", "uri", "url", "path")
_METHOD_NAMES = ("request_method", "method", "verb")
_STATUS_NAMES = ("status", "status_code", "response_status", "response")
_TIME_NAMES = ("msec", "time_iso8601", "time_local", "@timestamp", "timestamp", "time", "ts")
_TOOK_NAMES = ("request_time", "duration", "upstream_response_time", "response_time")
_METHODS = re.compile(r"[A-Z]{3,10}")
_LONGEST_LINE = 1024 * 1024


@dataclass
class Line:
    """One request of a log: `ended` in seconds since 1970."""

    ended: float
    took: float
    method: str
    target: str
    status: int


def read_log(path: Path, kind: Kind | None = None) -> Found:
    """The requests of a log; its kind is found out when it is not given."""
    found = Found(kind or "nginx", 0)
    taken: list[Captured] = []
    lines = 0
    for text in _texts(path):
        lines += 1
        parsed = _parse(text, kind)
        if parsed is None:
            found.leave_out("not understood")
            continue
        found.source, line = parsed
        _take(line, found, taken)
    if not taken:
        raise RecordingError(f"{path}: {_nothing(lines, found)}")
    found.began = min(captured.at for captured in taken)
    for captured in taken:
        captured.at -= found.began
    numbers = iter(range(1, len(taken) + 1))
    found.exchanges = in_order(taken, lambda: next(numbers))
    return found


def _nothing(lines: int, found: Found) -> str:
    if lines == 0:
        return "the file is empty"
    if found.left_out.get("not understood") == lines:
        return "no access log of nginx (combined, JSON) or caddy (JSON)"
    reasons = ", ".join(f"{count} {reason}" for reason, count in found.left_out.items())
    return f"no GET of Matrix among {lines} lines ({reasons})"


def _texts(path: Path) -> Iterator[str]:
    with open_source(path) as file:
        try:
            while line := file.readline(_LONGEST_LINE):
                if line.strip():
                    yield line.decode("utf-8", "replace").rstrip("\r\n")
        except (OSError, EOFError) as error:
            raise RecordingError(f"{path}: {error}") from None


def _take(line: Line, found: Found, taken: list[Captured]) -> None:
    path = line.target.partition("?")[0]
    if not is_matrix(path):
        found.leave_out("no Matrix request")
    elif line.method != "GET":
        found.leave_out("no GET")
    else:
        began = line.ended - line.took
        taken.append(Captured(0, began, line.took, line.method, line.target, status=line.status))


def _parse(text: str, kind: Kind | None) -> tuple[Kind, Line] | None:
    if text.startswith("{"):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return _json(parsed, kind) if isinstance(parsed, dict) else None
    if kind == "caddy":
        return None
    line = _guarded(lambda: _combined(text))
    return ("nginx", line) if line else None


def _json(parsed: dict[str, Any], kind: Kind | None) -> tuple[Kind, Line] | None:
    request = parsed.get("request")
    if isinstance(request, dict) and kind != "nginx":
        line = _guarded(lambda: _caddy(parsed, request))
        return ("caddy", line) if line else None
    if kind == "caddy":
        return None
    line = _guarded(lambda: _nginx_json(parsed))
    return ("nginx", line) if line else None


def _guarded(parse: Callable[[], Line | None]) -> Line | None:
    try:
        line = parse()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return line if line and 0 <= line.took < 86_400 else None


def _combined(text: str) -> Line | None:
    match = _COMBINED.match(text)
    if not match:
        return None
    when = datetime.strptime(match[1], _COMBINED_TIME).timestamp()
    method, target = _request_line(_ESCAPE.sub(_unescape, match[2]))
    return Line(when, 0.0, method, target, int(match[3]))


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _request_line(text: str) -> tuple[str, str]:
    words = text.split(" ")
    if len(words) not in (2, 3) or not _METHODS.fullmatch(words[0]):
        raise ValueError("no request line")
    return words[0], words[1]


def _nginx_json(parsed: dict[str, Any]) -> Line:
    whole = _first(parsed, _REQUEST_NAMES)
    if isinstance(whole, str) and " " in whole:
        method, target = _request_line(whole)
    else:
        method, target = str(_first(parsed, _METHOD_NAMES)), str(_first(parsed, _URI_NAMES))
        if not _METHODS.fullmatch(method) or not target.startswith("/"):
            raise ValueError("no request")
    took = _first(parsed, _TOOK_NAMES)
    seconds = float(str(took).split(",")[0]) if took not in (None, "", "-") else 0.0
    when = _time(_first(parsed, _TIME_NAMES))
    return Line(when, seconds, method, target, int(_first(parsed, _STATUS_NAMES)))


def _caddy(parsed: dict[str, Any], request: dict[str, Any]) -> Line:
    took = parsed.get("duration", 0)
    seconds = _duration(took) if isinstance(took, str) else float(took)
    target = str(request["uri"])
    return Line(_time(parsed["ts"]), seconds, str(request["method"]), target, int(parsed["status"]))


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def _duration(text: str) -> float:
    """caddy's `1m2.5s`, and plain numbers."""
    parts = re.findall(r"([0-9.]+)(ns|us|µs|ms|s|m|h)", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts) if parts else float(text)


def _time(value: Any) -> float:
    if isinstance(value, bool) or value is None:
        raise ValueError("no time")
    if isinstance(value, int | float):
        return float(value)
    text = str(value)
    try:
        return float(text)
    except ValueError:
        pass
    for form in (_COMBINED_TIME, "%Y/%m/%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).timestamp()
        except ValueError:
            continue
    return datetime.fromisoformat(text).timestamp()


def _first(parsed: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((parsed[name] for name in names if name in parsed), None)
