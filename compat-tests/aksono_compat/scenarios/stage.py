# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios on Synapse and on the server under test, and tells what differed in each."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import peer, peer_rooms
from ..config import SERVER_NAME
from ..demo import Demo
from ..pair import Pair, Twin, open_federated_pair, open_pair
from ..peer_network import PeerNetwork
from ..postgres import Cluster
from ..replaying.bindings import Bindings
from ..rows import Difference, diff
from ..servers import Synapse
from ..world import World, digest_of, store_world, wait_for_push_rotation
from . import acting_peer
from . import cast as cast_module
from .cast import Cast
from .model import Scenario
from .profiles import FEDERATED, PROFILES
from .rotation import Rotation
from .routes import route_of, route_table
from .steps import Step
from .transcripts import compare_transcripts

_numbers = itertools.count(1)
# What decides about databases that are prepared with peers.
_PEERS = (acting_peer, peer, peer_rooms)
_ID = re.compile(r"[$!][A-Za-z0-9_+/-]{18,}(?::[A-Za-z0-9.:-]+)?")


class BrokenError(Exception):
    """The scenario does not run on Synapse: a mistake of the scenario."""


class UnbuiltError(Exception):
    """The server under test has not built a route that the scenario needs."""


@dataclass
class Run:
    """A scenario on one server."""

    transcript: list[Step]
    error: str = ""  # why it ended early


@dataclass
class Played:
    """A scenario on both servers."""

    a: Run
    b: Run
    differences: list[str] = field(default_factory=list)
    broken: str = ""  # why it does not run on A; its rows are still told from others' rows
    # What rows carry that stem from this scenario: ids, and the part that its users share.
    marks: set[str] = field(default_factory=set)


class Stage:
    """Scenarios of one configuration, played on one pair of servers."""

    def __init__(self, pair: Pair, prepared: dict[str, Any], scenarios: list[Scenario]) -> None:
        self.pair = pair
        self._scenarios = scenarios
        self._started = time.monotonic()
        self._prepared = prepared
        self._played: dict[str, Played] = {}
        self._rows: list[Difference] | None = None
        self._rotations = self._new_rotations()

    def play(self, scenario: Scenario) -> Played:
        """Plays it, if it was not yet; no more when the rows have been compared."""
        played = self._once(scenario)
        if played.broken:
            raise BrokenError(f"{scenario.id}: {played.broken}")
        return played

    def _once(self, scenario: Scenario) -> Played:
        if scenario.id not in self._played:
            if self._rows is not None:
                raise RuntimeError(f"{scenario.id}: the servers are stopped already")
            self._stay_young()
            self._played[scenario.id] = self._play(scenario)
        return self._played[scenario.id]

    def _play(self, scenario: Scenario) -> Played:
        prepared = json.dumps(self._prepared.get(scenario.id))
        bindings = Bindings(known=frozenset(_ID.findall(prepared)))
        a, b = self.pair.both(lambda twin: self._run(scenario, twin))
        played = Played(a, b, compare_transcripts(a.transcript, b.transcript, bindings))
        played.broken = a.error or _wrong_routes(scenario, a.transcript)
        if b.error:
            played.differences.append(f"ended early: {b.error}")
        texts = [prepared, *(step.answer.text for run in (a, b) for step in run.transcript)]
        ids = {name for text in texts for name in _ID.findall(text)}
        played.marks = {f"-{scenario.name}:"} | ids
        return played

    def _run(self, scenario: Scenario, twin: Twin) -> Run:
        if twin.network is not None:
            twin.network.enter()
        rotation = self._rotations[twin.database]
        cast = Cast(scenario.name, twin.url, SERVER_NAME, rotation=rotation, network=twin.network)
        prepared = self._prepared.get(scenario.id, {"users": {}, "values": {}})
        cast.enter(prepared["users"])
        try:
            scenario.act(cast, **prepared["values"])
        except Exception as error:
            return Run(cast.transcript, f"{type(error).__name__}: {error}")
        return Run(cast.transcript)

    def _stay_young(self) -> None:
        """Starts servers anew before Synapse counts the visits of the day: five minutes after its
        start, and so in the middle of this or that scenario."""
        if time.monotonic() - self._started > 200:
            self.pair.stop()
            self._started = time.monotonic()
            self.pair.start()
            self._rotations = self._new_rotations()

    def _new_rotations(self) -> dict[str, Rotation]:
        twins = (self.pair.a, self.pair.b)
        return {twin.database: Rotation(twin.cluster, twin.database) for twin in twins}

    def end(self, compared: bool) -> None:
        """Plays no more; if rows are compared, plays what has not been played before."""
        if compared:
            self.rows()
        else:
            self.pair.stop()

    def rows(self) -> dict[str, list[str]]:
        """Differences of rows by scenario; "" has those that no scenario accounts for."""
        for scenario in self._scenarios:
            self._once(scenario)
        if self._rows is None:
            self._stay_young()
            self.pair.both(Twin.settle)
            self.pair.stop()
            self._rows = diff(self.pair.a.side(), self.pair.b.side())
        found: dict[str, list[str]] = {}
        for text in map(str, self._rows):
            owners = [name for name, played in self._played.items() if _carries(text, played.marks)]
            for owner in owners or [""]:
                found.setdefault(owner, []).append(text)
        return found


def _carries(text: str, marks: set[str]) -> bool:
    return any(mark in text for mark in marks)


def _wrong_routes(scenario: Scenario, transcript: list[Step]) -> str:
    """A scenario must do what it says."""
    known = {route.name for route in route_table()}
    asked = {route_of(step.method, step.path) for step in transcript}
    names = {route.name for route in asked if route}
    for route in scenario.routes:
        if route not in known:
            return f"there is no route {route}"
        if route not in names:
            return f"does not ask {route}; it asks {sorted(names)}"
    return ""


def unbuilt_step(scenario: Scenario, played: Played, unbuilt: frozenset[str]) -> bool:
    """Whether B answered 404 M_UNRECOGNIZED to a route that is not built and A knows."""
    for a, b in zip(played.a.transcript, played.b.transcript, strict=False):
        route = route_of(b.method, b.path)
        body = b.answer.json if isinstance(b.answer.json, dict) else {}
        if route and route.name in unbuilt and a.answer.status != b.answer.status:
            return (b.answer.status, body.get("errcode")) == (404, "M_UNRECOGNIZED")
    return False


@contextmanager
def open_stage(
    cluster: Cluster, kind_b: str, profile: str, scenarios: list[Scenario]
) -> Iterator[Stage]:
    """Servers of a profile on clones of a database in which everything is prepared."""
    world, prepared = _prepare(cluster, profile, [one for one in scenarios if one.prepare])
    opened = open_federated_pair if profile in FEDERATED else open_pair
    with opened(cluster, world, kind_b, **PROFILES[profile]) as pair:
        stage = Stage(pair, prepared, scenarios)
        # What a start writes of itself is no part of any scenario.
        pair.both(Twin.settle)
        for twin in (pair.a, pair.b):
            twin.reset()
        yield stage


def _prepare(
    cluster: Cluster, profile: str, scenarios: list[Scenario]
) -> tuple[World, dict[str, Any]]:
    if profile not in FEDERATED:
        return _stored(cluster, profile, scenarios, None)
    with (
        tempfile.TemporaryDirectory(prefix="aksono-authority-") as folder,
        PeerNetwork(Path(folder)) as network,
    ):
        return network.run(lambda: _stored(cluster, profile, scenarios, network))


def _stored(
    cluster: Cluster, profile: str, scenarios: list[Scenario], network: PeerNetwork | None
) -> tuple[World, dict[str, Any]]:
    options = PROFILES[profile]
    what = json.dumps([profile, options, _sources(scenarios)], sort_keys=True)
    database = f"stage_{next(_numbers)}"

    def write(server: Synapse) -> dict[str, Any]:
        made = {one.id: _prepared(one, server.site.url, network) for one in scenarios}
        wait_for_push_rotation(cluster, database)
        return made

    name = f"stage-{profile}-{digest_of(what, cast_module, *(_PEERS if network else ()))}"
    more = network.options if network else {}
    stored = store_world(cluster, database, name, write, {**options, **more})
    about = stored.about
    return World(database, stored.media, Demo(), about["began"], about["ended"]), about["made"]


def _sources(scenarios: list[Scenario]) -> list[str]:
    """Which scenarios are prepared, and digests of the modules that say how."""
    modules = {sys.modules[one.act.__module__] for one in scenarios}
    files = sorted(str(module.__file__) for module in modules)
    digests = [hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16] for file in files]
    return [one.id for one in scenarios] + digests


def _prepared(scenario: Scenario, url: str, network: PeerNetwork | None) -> dict[str, Any]:
    cast = Cast(scenario.name, url, SERVER_NAME, network=network)
    try:
        values = scenario.prepare(cast) if scenario.prepare else {}
    except Exception as error:
        raise BrokenError(f"{scenario.id}: prepare: {type(error).__name__}: {error}") from error
    return {"users": cast.as_json(), "values": values}
