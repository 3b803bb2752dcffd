# SPDX-License-Identifier: Apache-2.0
"""Every route asked wrongly: by the wrong user, with wrong ids, wrong bodies, wrong methods."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, Client
from aksono_compat.demo import PASSWORD
from aksono_compat.error_matrix import Case, Matrix, World
from aksono_compat.intended import intended, is_intended
from aksono_compat.pair import Pair, Twin, open_pair
from aksono_compat.postgres import Cluster
from aksono_compat.scenarios.routes import Route, route_table
from aksono_compat.scenarios.stage import UnbuiltError
from aksono_compat.world import World as Template

_MADE_UP = re.compile(
    r"\$[A-Za-z0-9_-]{43}|\b[A-Za-z]{24}\b|\b[A-Z]{10}\b|![A-Za-z0-9_-]{43}|![A-Za-z]{18}:"
)
_TIMES = frozenset(
    ("origin_server_ts", "ts", "last_seen_ts", "creation_ts", "expires_in_ms", "unused_expires_at")
) | {"valid_until_ts"}
_RANDOM = ("delete_id", "redact_id", "purge_id", "nonce", "token", "ed25519:a_test")


def _rename(value: Any, key: str = "") -> Any:
    """Answers without what servers make up."""
    if isinstance(value, dict):
        return {_rename(name): _rename(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_rename(part) for part in value]
    if key in _TIMES and isinstance(value, int):
        return "<ms>"
    if key in _RANDOM and isinstance(value, str):
        return "<made up>"
    return _MADE_UP.sub("<made up>", value) if isinstance(value, str) else value


class Actors:
    """Who asks, on one server: users of the route's own, so that one route spoils no other."""

    def __init__(self, twin: Twin, number: int) -> None:
        self.room = twin.world.demo.rooms["tea"]
        self.event = twin.world.demo.events["last"]
        self._clients = {"nobody": Client(twin.url), "stranger": Client(twin.url, "syt_unknown")}
        for name in ("user", "other", "admin"):
            client = Client(twin.url).register_by_secret(
                f"{name}{number}", PASSWORD, admin=name == "admin"
            )
            self._clients[name] = client
        self.user, self.other = (self._clients[name].user_id for name in ("user", "other"))

    def world(self) -> World:
        return World(self.user, self.other, self.room, self.event, "DEVICE")

    def ask(self, case: Case) -> Answer:
        headers = {"Content-Type": "application/json"} if case.body is not None else None
        client = self._clients[case.who]
        return client.request(case.method, case.path, body=case.body, headers=headers)


@pytest.fixture(scope="module")
def pair(cluster: Cluster, world: Template, kind_b: str) -> Iterator[Pair]:
    with open_pair(cluster, world, kind_b) as servers:
        yield servers


ROUTES = list(enumerate(route_table()))


def _compare(name: str, a: Answer, b: Answer, kind_b: str) -> list[str]:
    expected = intended(name) if kind_b == "aksono" else None
    if expected:
        return expected.judge(b) + expected.judge_synapse(a)
    return [f"{name}: {line}" for line in differences(view(a, _rename), view(b, _rename))]


@pytest.mark.parametrize(("number", "route"), ROUTES, ids=[route.name for _, route in ROUTES])
def test_matrix(
    request: pytest.FixtureRequest, pair: Pair, kind_b: str, number: int, route: Route
) -> None:
    unbuilt = kind_b == "aksono" and not route.built and not route.off
    if unbuilt:
        mark = pytest.mark.xfail(strict=True, raises=UnbuiltError, reason="not built")
        request.applymarker(mark)
    actors = pair.both(lambda twin: Actors(twin, number))
    lines: list[str] = []
    cases = zip(*(Matrix(route, one.world()).cases() for one in actors), strict=True)
    for case_a, case_b in cases:
        if unbuilt:
            answer = actors[1].ask(case_b)
            if (answer.status, answer.json["errcode"]) == (404, "M_UNRECOGNIZED"):
                raise UnbuiltError(route.name)
        a, b = actors[0].ask(case_a), actors[1].ask(case_b)
        if a.status >= 500 and kind_b == "aksono" and 400 <= b.status < 500:
            continue
        lines += _compare(f"{route.name}: {case_a.name}", a, b, kind_b)
    if kind_b == "aksono":
        lines = [line for line in lines if not is_intended(line)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
