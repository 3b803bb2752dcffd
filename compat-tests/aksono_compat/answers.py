# SPDX-License-Identifier: Apache-2.0
"""Compares answers of two servers: status, headers that clients read, JSON as JSON."""

import json
import os
import re
from collections.abc import Callable
from typing import Any

from .client import Answer

# What a client or a proxy looks at; Date, Server and Transfer-Encoding say nothing of the API.
HEADERS = (
    *("Content-Type", "Cache-Control", "Vary", "Location", "ETag", "Retry-After"),
    *("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "WWW-Authenticate"),
    *("Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Content-Disposition"),
    *("Content-Security-Policy", "X-Robots-Tag", "Referrer-Policy", "Allow"),
)

_UNORDERED = frozenset(
    ("state", "state_after", "invite_state", "knock_state", "account_data", "ephemeral", "presence")
) | {"joined_rooms", "changed", "left", "device_unused_fallback_key_types"}
_TOKEN = re.compile(r"\b(sy[trl])_[A-Za-z0-9_-]+_[A-Za-z]{20}_[0-9A-Za-z]{6}")
_LIST = re.compile(r"^(Receipt type must be |.* must be one of \[)([^\]]*)")


def view(
    answer: Answer,
    rename: Callable[[Any], Any] = lambda value: value,
    *,
    unordered: bool = False,
) -> dict[str, Any]:
    """What two servers must have in common; `rename` gives names to ids made up by a server.

    `unordered`: the events of the answer (the body, or its `chunk`) come in any order.
    """
    seen: dict[str, Any] = {"status": answer.status}
    seen.update({name: answer.headers[name] for name in HEADERS if name in answer.headers})
    body = _stable(rename(answer.json if answer.json is not None else answer.text))
    if unordered and isinstance(body, list):
        body.sort(key=_order)
    elif unordered and isinstance(body, dict) and isinstance(body.get("chunk"), list):
        body["chunk"].sort(key=_order)
    seen["body"] = body
    return seen


def _order(value: Any) -> tuple[str, str, str]:
    """State events by type and state key, so that two lists can be laid side by side."""
    if isinstance(value, dict):
        kind, key = str(value.get("type", "")), str(value.get("state_key", ""))
        return kind, key, json.dumps(value, sort_keys=True)
    return "", "", json.dumps(value)


def _stable(value: Any, key: str = "", parent: str = "") -> Any:
    """Ages, lifetimes and secrets differ by nature; some lists have no order."""
    if isinstance(value, dict):
        return {name: _stable(part, name, key) for name, part in value.items()}
    if isinstance(value, list):
        parts = [_stable(part) for part in value]
        # The events of a timeline have an order, those of a state, or account data, have none.
        unordered = key in _UNORDERED or (key == "events" and parent in _UNORDERED)
        return sorted(parts, key=_order) if unordered else parts
    if isinstance(value, str):
        ordered = _LIST.match(value)
        if ordered:
            # Synapse lists these in the order of a set, another one after each start.
            return ordered[1] + ", ".join(sorted(ordered[2].split(", ")))
        return _TOKEN.sub(r"<\1>", value)
    if key == "age" and _is_number(value) and 0 <= value < 86_400_000:
        return "<age>"
    if key == "expires_in_ms" and _is_number(value) and 290_000 <= value <= 300_000:
        return "<five minutes>"
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """One line for each place where two views differ; none when they are alike."""
    if a["status"] != b["status"]:
        # The rest says nothing more.
        bodies = [_short(seen["body"]) for seen in (a, b)]
        return [f"status: A {a['status']} {bodies[0]}, B {b['status']} {bodies[1]}"]
    return _differences(a, b, "")


def _differences(a: Any, b: Any, path: str) -> list[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        lines = []
        for key in sorted(a.keys() | b.keys()):
            inner = f"{path}.{key}" if path else str(key)
            if key not in a:
                lines.append(f"{inner}: only in B: {_short(b[key])}")
            elif key not in b:
                lines.append(f"{inner}: only in A: {_short(a[key])}")
            else:
                lines += _differences(a[key], b[key], inner)
        return lines
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = enumerate(zip(a, b, strict=True))
        return [line for n, (x, y) in pairs for line in _differences(x, y, f"{path}[{n}]")]
    # 1, 1.0 and true are three different answers.
    if type(a) is type(b) and a == b:
        return []
    if isinstance(a, str) and isinstance(b, str):
        common = len(os.path.commonprefix([a, b]))
        if common > 100:
            return [
                f"{path}: from character {common}: A {_short(a[common:])}, B {_short(b[common:])}"
            ]
    return [f"{path}: A {_short(a)}, B {_short(b)}"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"
