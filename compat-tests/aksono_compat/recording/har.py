# SPDX-License-Identifier: Apache-2.0
"""Reads HAR files, as browsers export them, with the answers."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .capture import Captured, CapturedBody, Headers
from .format import RecordingError
from .importing import Found, in_order, is_matrix, open_source
from .scrub_headers import first


def read_har(path: Path, host: str = "") -> Found:
    """The Matrix requests of a HAR file to one server: `host`, or the one most were sent to."""
    entries = _entries(path)
    urls = [_url(_get(entry, "request", "url")) for entry in entries]
    hosts = Counter(url.netloc for url in urls if is_matrix(url.path))
    if not hosts:
        raise RecordingError(f"{path}: none of its {len(entries)} requests is one of Matrix")
    host = host or hosts.most_common(1)[0][0]
    if host not in hosts:
        raise RecordingError(f"{path}: no request to {host}; there are {', '.join(sorted(hosts))}")
    found = Found("har", 0)
    taken: list[Captured] = []
    for entry, url in zip(entries, urls, strict=True):
        if not is_matrix(url.path):
            found.leave_out("no Matrix request")
        elif url.netloc != host:
            found.leave_out(f"to {url.netloc}")
        else:
            _take(entry, url.path + (f"?{url.query}" if url.query else ""), found, taken)
    if not taken:
        raise RecordingError(f"{path}: none of its entries could be read")
    found.began = min(captured.at for captured in taken)
    for captured in taken:
        captured.at -= found.began
    numbers = iter(range(1, len(taken) + 1))
    found.exchanges = in_order(taken, lambda: next(numbers))
    found.server = next(filter(None, (first(one.answer_headers, "server") for one in taken)), "")
    found.server_name = _server_name(taken)
    return found


def without_token(path: Path) -> bool:
    """Whether the browser has left the tokens out, which Chromium does unless told otherwise."""
    return not any(
        first(_headers(_get(entry, "request", "headers")), "authorization")
        for entry in _entries(path)
    )


def _entries(path: Path) -> list[Any]:
    with open_source(path) as file:
        try:
            parsed = json.loads(file.read())
        except (ValueError, RecursionError, OSError) as error:
            raise RecordingError(f"{path}: no HAR file, or one that was cut off: {error}") from None
    entries = _get(parsed, "log", "entries")
    if not isinstance(entries, list):
        raise RecordingError(f"{path}: no HAR file: log.entries is missing")
    return entries


def _url(text: Any) -> SplitResult:
    try:
        return urlsplit(text) if isinstance(text, str) else urlsplit("")
    except ValueError:
        return urlsplit("")


def _take(entry: Any, target: str, found: Found, taken: list[Captured]) -> None:
    try:
        taken.append(_captured(entry, target))
    except (KeyError, TypeError, ValueError, AttributeError):
        found.leave_out("a broken entry")


def _captured(entry: dict[str, Any], target: str) -> Captured:
    request, response = entry["request"], entry.get("response") or {}
    status = response.get("status", 0)
    began = datetime.fromisoformat(entry["startedDateTime"])
    captured = Captured(
        number=0,
        at=began.timestamp(),
        took=max(0.0, float(entry.get("time") or 0) / 1000),
        method=str(request["method"]),
        target=target,
        headers=_headers(request.get("headers")),
        body=_sent(request.get("postData")),
        status=status if isinstance(status, int) and 100 <= status < 600 else 0,
        answer_headers=_plain(_headers(response.get("headers"))),
    )
    if captured.status:
        captured.answer = _content(response.get("content"))
    return captured


def _headers(given: Any) -> Headers:
    if not isinstance(given, list):
        return []
    pairs = [(_get(one, "name"), _get(one, "value")) for one in given]
    return [
        (name, value)
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and not name.startswith(":")
    ]


def _plain(headers: Headers) -> Headers:
    """The content of a HAR file is unpacked already."""
    return [(name, value) for name, value in headers if name.lower() != "content-encoding"]


def _sent(given: Any) -> CapturedBody:
    text = _get(given, "text")
    if not isinstance(text, str) or not text:
        return CapturedBody()
    data = text.encode("utf-8", "surrogatepass")
    return CapturedBody(data, len(data))


def _content(given: Any) -> CapturedBody:
    text, size = _get(given, "text"), _get(given, "size")
    if not isinstance(text, str):
        # The browser has not kept it.
        return CapturedBody(None, size if isinstance(size, int) and size > 0 else 0)
    data = text.encode("utf-8", "surrogatepass")
    if _get(given, "encoding") == "base64":
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error:
            return CapturedBody(None, len(text))
    return CapturedBody(data, len(data))


def _server_name(taken: list[Captured]) -> str:
    """Out of the first answer that names the user who asks."""
    for captured in taken:
        path = captured.target.partition("?")[0]
        if captured.answer.data and path.endswith(("/whoami", "/login", "/register")):
            try:
                parsed = json.loads(captured.answer.data)
            except (ValueError, RecursionError):
                continue
            user = _get(parsed, "user_id")
            if isinstance(user, str) and ":" in user:
                return user.partition(":")[2]
    return ""


def _get(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
