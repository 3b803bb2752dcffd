#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends a few requests to two homeservers and shows where the last answers differ.

Both must stand on copies of the same database; the requests may write. Needs `requests` alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import Any
from urllib.parse import quote

import requests

# ---- what is reproduced ----
ABOUT: dict[str, str] = {"kind": "status", "where": "", "path": "", "a": "", "b": "", "id": ""}
# Values that must be given: names of users whose access tokens are needed, and other secrets.
NEEDED: list[str] = []
# `keep`: where in the answer a value stands that a later request uses as ${name}.
STEPS: list[dict[str, Any]] = []
# ---- how ----

ALIKE, DIFFERENT, UNREACHABLE, USAGE = 0, 10, 12, 1

_NAME = re.compile(r"\$\{([a-z_]+[0-9]*)\}")

# What servers make up: two values of the same form are a pair, for as long as it is the same one.
_FORMS = [
    re.compile(form)
    for form in (
        r"\$[A-Za-z0-9_+/-]{43}|\$[A-Za-z0-9]+:\S+",
        r"![A-Za-z0-9_-]{43}|![A-Za-z0-9]+:\S+",
        r"sy[trld]_\S+|MDA\S{60,}",
        r"[A-Z]{10}",
        r"[A-Za-z]{16,24}",
        r"(?:[0-9]+/)?[smt][0-9]+\S*",
        r"[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/]{86}(?:==)?",
        r"mxc://\S+",
        r"@[0-9]+:\S+",
    )
]
_SETS = ("joined_rooms", "changed", "left", "state", "account_data", "ephemeral", "presence")


class Answer:
    """What a server answered; `error` when it did not."""

    def __init__(self, response: requests.Response | None, error: str = "") -> None:
        self.error = error
        self.status = response.status_code if response is not None else 0
        self.headers = response.headers if response is not None else {}
        self.text = response.text if response is not None else ""
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None

    @property
    def errcode(self) -> str:
        found = self.json.get("errcode") if isinstance(self.json, dict) else None
        return "none" if found is None else str(found)


class Server:
    """One of the two, with the values that it gave."""

    def __init__(self, name: str, url: str, values: dict[str, str]) -> None:
        self.name = name
        self.url = url.rstrip("/")
        self.values = dict(values)
        self.session = requests.Session()
        self.session.trust_env = False

    def send(self, step: dict[str, Any], timeout: float) -> Answer:
        headers = {"User-Agent": "aksono-replay", **step.get("headers", {})}
        if "as" in step:
            headers["Authorization"] = f"Bearer {self.filled(step['as'])}"
        body: bytes | None = None
        if "json" in step:
            body = json.dumps(self.filled(step["json"])).encode()
            headers.setdefault("Content-Type", "application/json")
        elif "text" in step:
            body = self.filled(step["text"]).encode()
        elif "size" in step:
            body = b"a" * step["size"]
        target = _NAME.sub(lambda name: quote(self.value(name), safe=""), step["target"])
        try:
            response = self.session.request(
                step["method"], self.url + target, data=body, headers=headers, timeout=timeout,
                allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            return Answer(None, str(error))
        answer = Answer(response)
        for name, path in step.get("keep", {}).items():
            self.values[name] = str(self.found(answer.json, path))
        return answer

    def value(self, name: re.Match[str]) -> str:
        return self.values.get(name[1], name[0])

    def filled(self, value: Any) -> Any:
        """With ${name} replaced by what this server calls it."""
        if isinstance(value, str):
            return _NAME.sub(self.value, value)
        if isinstance(value, list):
            return [self.filled(part) for part in value]
        if isinstance(value, dict):
            return {self.filled(name): self.filled(part) for name, part in value.items()}
        return value

    def found(self, value: Any, path: list[Any]) -> Any:
        for part in path:
            part = self.filled(part)
            try:
                if isinstance(part, dict):
                    value = next(one for one in value if part.items() <= one.items())
                else:
                    value = value[part]
            except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
                return "(not in the answer)"
        return value


class Comparison:
    """Compares answers; `pairs` are values that the servers made up for the same thing."""

    def __init__(self) -> None:
        self.pairs: dict[str, str] = {}

    def answers(self, a: Answer, b: Answer) -> list[tuple[str, str, Any, Any]]:
        """(kind, path, A, B) of every difference."""
        if a.error or b.error:
            both = bool(a.error and b.error)
            return [] if both else [("crash", "", a.error or a.status, b.error or b.status)]
        if b.status in (404, 405) and b.errcode == "M_UNRECOGNIZED" != a.errcode:
            return [("unbuilt", "", a.status, b.status)]
        if a.status != b.status:
            return [("status", f"{a.status} -> {b.status}", a.status, b.status)]
        if a.errcode != b.errcode:
            return [("errcode", f"{a.errcode} -> {b.errcode}", a.errcode, b.errcode)]
        found = [
            ("header", name, a.headers.get(name), b.headers.get(name))
            for name in _HEADERS
            if a.headers.get(name) != b.headers.get(name)
        ]
        if a.json is None and b.json is None:
            return found if a.text == b.text else [*found, ("value", "", a.text, b.text)]
        return [*found, *self.values(a.json, b.json, "", "")]

    def values(self, a: Any, b: Any, path: str, key: str) -> list[tuple[str, str, Any, Any]]:
        if isinstance(a, dict) and isinstance(b, dict):
            return self.objects(a, b, path)
        if isinstance(a, list) and isinstance(b, list):
            return self.lists(a, b, path, key)
        if type(a) is not type(b):
            return [("type", path, a, b)]
        if self.alike(a, b, key):
            return []
        return [("error text" if path == "error" else "value", path, a, b)]

    def objects(
        self, a: dict[str, Any], b: dict[str, Any], path: str
    ) -> list[tuple[str, str, Any, Any]]:
        found: list[tuple[str, str, Any, Any]] = []
        back = {other: name for name, other in self.pairs.items()}
        named = {self.pairs.get(name, name): name for name in a}
        for name in sorted(named.keys() | b.keys()):
            inner = f"{path}.{named.get(name, back.get(name, name))}".lstrip(".")
            if name not in b:
                found.append(("missing", inner, a[named[name]], None))
            elif name not in named:
                found.append(("extra", inner, None, b[name]))
            else:
                found += self.values(a[named[name]], b[name], inner, name)
        return found

    def lists(
        self, a: list[Any], b: list[Any], path: str, key: str
    ) -> list[tuple[str, str, Any, Any]]:
        if ABOUT["kind"] != "order":
            a, b = _sorted(a, path, key), _sorted(b, path, key)
        found: list[tuple[str, str, Any, Any]] = []
        for n in range(max(len(a), len(b))):
            inner = f"{path}[{n}]"
            if n >= len(b):
                found.append(("missing", inner, a[n], None))
            elif n >= len(a):
                found.append(("extra", inner, None, b[n]))
            else:
                found += self.values(a[n], b[n], inner, "")
        if ABOUT["kind"] == "order" and found and len(a) == len(b):
            return [("order", path, a, b)]
        return found

    def alike(self, a: Any, b: Any, key: str) -> bool:
        if a == b:
            return True
        if isinstance(a, int) and isinstance(b, int):
            # Times and ages.
            return min(a, b) > 10**12 or key in ("age", "expires_in_ms", "last_active_ago")
        if not isinstance(a, str) or not isinstance(b, str):
            return False
        if a in self.pairs:
            return self.pairs[a] == b
        if any(form.fullmatch(a) and form.fullmatch(b) for form in _FORMS):
            self.pairs[a] = b
            return True
        return False


_HEADERS = ("Content-Type", "Cache-Control", "Location", "ETag", "Access-Control-Allow-Origin")


def _sorted(values: list[Any], path: str, key: str) -> list[Any]:
    """State and other sets come in any order."""
    if not all(isinstance(value, dict) for value in values):
        return sorted(values, key=str) if key in _SETS else values
    parents = path.split(".")
    if key in _SETS or not path or (key == "events" and parents[-2:-1][0] in _SETS):
        return sorted(values, key=lambda one: (str(one.get("type")), str(one.get("state_key"))))
    return values


def is_wanted(kind: str, path: str) -> bool:
    """Whether it is the difference that this script was written for."""
    if kind != ABOUT["kind"]:
        return False
    pattern = re.escape(ABOUT["path"]).replace(re.escape("[*]"), r"\[\d+\]")
    return bool(re.fullmatch(pattern.replace(re.escape("<id>"), ".+?"), path, re.DOTALL))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    needed = ", ".join(NEEDED) or "none"
    parser.add_argument("--a", required=True, metavar="URL", help="the server to compare with")
    parser.add_argument("--b", required=True, metavar="URL", help="the server that is looked at")
    for option, whose in (("--token", "both servers"), ("--token-a", "A"), ("--token-b", "B")):
        parser.add_argument(
            option, action="append", default=[], metavar="NAME=VALUE",
            help=f"a token (or other secret) for {whose}; needed: {needed};"
            " or in the environment as AKSONO_NAME, AKSONO_NAME_A, AKSONO_NAME_B",
        )  # fmt: skip
    parser.add_argument("--timeout", type=float, default=60, help="seconds for an answer")
    return parser.parse_args()


def given(options: argparse.Namespace, side: str) -> dict[str, str]:
    """The needed values for one server."""
    values = {}
    for name in NEEDED:
        for variable in (f"AKSONO_{name.upper()}", f"AKSONO_{name.upper()}_{side.upper()}"):
            if variable in os.environ:
                values[name] = os.environ[variable]
    for pair in (*options.token, *getattr(options, f"token_{side}")):
        name, mark, value = pair.partition("=")
        if not mark or name not in NEEDED:
            raise ValueError(f"{pair.partition('=')[0]}: not needed; needed: {', '.join(NEEDED)}")
        values[name] = value
    missing = [name for name in NEEDED if name not in values]
    if missing:
        raise ValueError(f"give --token {missing[0]}=… (needed: {', '.join(missing)})")
    return values


def shown(value: Any, indent: int | None = None) -> str:
    """JSON, with nothing in it that would do something to a terminal."""
    text = json.dumps(value, ensure_ascii=True, indent=indent, sort_keys=True)
    return text if len(text) < 20000 else f"{text[:20000]}… ({len(text)} characters)"


def plain(text: str) -> str:
    """`text` with what cannot be seen as escapes."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def show(server: Server, answer: Answer) -> None:
    print(f"\n{server.name}: {server.url}")
    print(f"  {plain(answer.error) or f'HTTP {answer.status}'}")
    if not answer.error:
        content = answer.json if answer.json is not None else answer.text
        print("  " + shown(content, 2).replace("\n", "\n  "))


def main() -> int:
    options = arguments()
    try:
        servers = [
            Server(side.upper(), getattr(options, side), given(options, side)) for side in "ab"
        ]
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    print(plain(f"{ABOUT['kind']} at {ABOUT['where']}: {ABOUT['path']}"))
    comparison = Comparison()
    answers: list[Answer] = []
    found: list[tuple[str, str, Any, Any]] = []
    for number, step in enumerate(STEPS, 1):
        answers = [server.send(step, options.timeout) for server in servers]
        statuses = ", ".join(
            f"{server.name} {plain(answer.error) or answer.status}"
            for server, answer in zip(servers, answers, strict=True)
        )
        print(f"{number}. {step['method']} {shown(step['target'])}: {statuses}")
        if all(answer.error for answer in answers) or (number < len(STEPS) and answers[0].error):
            print("error: no answer", file=sys.stderr)
            return UNREACHABLE
        found = comparison.answers(*answers)
    for server, answer in zip(servers, answers, strict=True):
        show(server, answer)
    return verdict(found)


def verdict(found: list[tuple[str, str, Any, Any]]) -> int:
    print()
    hits = 0
    for kind, path, a, b in found:
        wanted = is_wanted(kind, path)
        hits += wanted
        mark = "=>" if wanted else "  "
        print(f"{mark} {kind} {path if kind in ('status', 'errcode') else shown(path)}")
        print(f"     A {shown(a)}\n     B {shown(b)}")
    print("the difference is there" if hits else "the difference is not there")
    return DIFFERENT if hits else ALIKE


if __name__ == "__main__":
    sys.exit(main())
