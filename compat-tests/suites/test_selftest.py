# SPDX-License-Identifier: Apache-2.0
"""The comparison must notice: answers are damaged on their way in many ways, each of which is found
and named rightly; what is no damage is not found, and Synapse does not differ from itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count

import pytest

from aksono_compat.client import Client
from aksono_compat.damaging.answers_proxy import AnswersProxy
from aksono_compat.damaging.conversation import Conversation, anew
from aksono_compat.damaging.read_damages import NO_DAMAGES, READ_DAMAGES
from aksono_compat.damaging.row_damages import GROUPS, RowDamage
from aksono_compat.damaging.rows_proxy import idle, install
from aksono_compat.damaging.sync_damages import SYNC_DAMAGES
from aksono_compat.damaging.told import Damage
from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.clones import Choice, Clone, Home, open_clones
from aksono_compat.replaying.comparison import Comparison, Plan, classes_of
from aksono_compat.replaying.judge import Located
from aksono_compat.replaying.match import Match, Rules
from aksono_compat.replaying.player import Pace
from aksono_compat.replaying.sessions import Sessions
from aksono_compat.replaying.source import Source
from aksono_compat.replaying.tables import compare_rows
from aksono_compat.replaying.tape import taping
from aksono_compat.reporting.result import DifferenceClass

SYNAPSE = Choice("synapse")
DAMAGES = [*SYNC_DAMAGES, *READ_DAMAGES]
# One of each kind, which do not get into each other's way.
AT_ONCE = (
    *("event of a sync lost", "event told again later", "unread count off by one"),
    *("to-device message lost", "one-time key count off by one", "member missing"),
    *("state event missing", "field dropped", "number as text", "true as one"),
    *("error text changed", "header changed", "byte of a file changed", "page in another order"),
    *("thread count off by one", "server error", "room listed twice"),
)
# Those of the quick run: certain, and none of them waits for a timer.
QUICK = (
    *("event of a sync lost", "unread count off by one", "member missing", "field dropped"),
    *("number as text", "error text changed", "header changed", "byte of a file changed"),
)
QUICK_ROWS = (
    *("row lost of event_search", "row doubled of stream_ordering_to_exterm"),
    *("JSON value changed", "time zero", "flag turned"),
)


@pytest.fixture(scope="module")
def source(home: Home) -> Source:
    """A conversation, recorded."""
    clone = Clone(home, SYNAPSE, rows=False)
    try:
        clone.start()
        with taping("test.local") as tape:
            Conversation(clone.url, home.world.demo).run()
    finally:
        clone.remove()
    return Source("conversation", tape.header, tape.exchanges)


@dataclass
class Arena:
    """Synapse and Synapse behind a damaging proxy; the conversation is played anew each time."""

    source: Source
    home: Home
    a: Clone
    b: Clone
    proxy: AnswersProxy
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    bindings: Bindings = field(default_factory=Bindings)  # of the last time

    @property
    def url(self) -> str:
        return self.proxy.url

    def alive(self) -> bool:
        return self.b.alive()

    def play(self, *damages: Damage) -> list[DifferenceClass]:
        """What is found when these are done to the answers of B."""
        self.proxy.damage(*((damage.name, damage.change) for damage in damages))
        exchanges = anew(self.source.exchanges, next(self.numbers))
        rules = Rules(read_only=False, known=self.home.known_ids())
        match = Match(
            self.source.header, exchanges, (self.a, self), (Sessions(), Sessions()), rules
        )
        match.play()
        self.bindings = match.bindings
        assert match.incomplete == ""
        for host in (self.a, self.b):
            _acknowledge(host.url, self.home)
        idle = [name for name, times in self.proxy.hurt.items() if not times]
        assert idle == [], "damages that nothing was done by"
        return classes_of(match.judge.tally.found)


def _acknowledge(url: str, home: Home) -> None:
    """Carol takes what is left for her device: the next round begins as the first did."""
    carol = Client(url, home.world.demo.users["carol"]["token"])
    since = carol.get("/sync", timeout=0).ok()["next_batch"]
    carol.get("/sync", timeout=0, since=since).ok()


@pytest.fixture(scope="module")
def arena(home: Home, source: Source) -> Iterator[Arena]:
    with (
        open_clones(home, SYNAPSE, SYNAPSE, rows=False) as (a, b),
        AnswersProxy(b.url).running() as proxy,
    ):
        yield Arena(source, home, a, b, proxy)


def names(found: list[DifferenceClass]) -> list[str]:
    return [f"{one.kind} | {one.where} | {one.path}" for one in found]


def is_named(damage: Damage, found: list[DifferenceClass]) -> bool:
    return any(
        fnmatchcase(one.kind, damage.kind)
        and one.where == damage.where
        and fnmatchcase(one.path, damage.path)
        for one in found
    )


def test_there_are_many_damages() -> None:
    rows = [damage for group in GROUPS.values() for damage in group if damage.kind]
    for done, enough in ((DAMAGES, 40), (rows, 30)):
        assert len({damage.name for damage in done}) == len(done) >= enough
    assert {*AT_ONCE, *QUICK} <= {damage.name for damage in DAMAGES}
    assert set(QUICK_ROWS) <= {damage.name for damage in rows}


@pytest.mark.timeout(300)
def test_a_damage_of_each_sort_is_found(home: Home, source: Source) -> None:
    answers = [damage for damage in DAMAGES if damage.name in QUICK]
    rows = [one for group in GROUPS.values() for one in group if one.name in QUICK_ROWS]
    with (
        open_clones(home, SYNAPSE, SYNAPSE, rows=True) as (a, b),
        AnswersProxy(b.url).running() as proxy,
    ):
        with b.cluster.session(b.database) as cursor:
            install(cursor, rows)
        arena = Arena(source, home, a, b, proxy)
        found = arena.play(*answers)
        assert [one.name for one in answers if not is_named(one, found)] == [], names(found)
        with b.cluster.session(b.database) as cursor:
            assert idle(cursor, rows) == [], "damages that nothing was done by"
        for clone in (a, b):
            clone.server.stop()
        found = row_classes(a, b, arena.bindings)
        assert [one.name for one in rows if not is_named_row(one, found)] == [], names(found)


@pytest.mark.full
def test_many_damages_at_once_are_all_found(arena: Arena) -> None:
    done = [damage for damage in DAMAGES if damage.name in AT_ONCE]
    found = arena.play(*done)
    missed = [damage.name for damage in done if not is_named(damage, found)]
    assert missed == [], names(found)


@pytest.mark.full
def test_what_is_no_damage_is_not_found(arena: Arena) -> None:
    assert names(arena.play(*NO_DAMAGES)) == []


@pytest.mark.full
@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_each_damage_is_found(arena: Arena, damage: Damage) -> None:
    found = arena.play(damage)
    assert is_named(damage, found), names(found)
    elsewhere = {one.where for one in found} - {damage.where, *damage.follow}
    assert elsewhere == set(), names(found)


@pytest.mark.full
def test_nothing_is_found_after_all_that(arena: Arena) -> None:
    assert names(arena.play()) == []


def damaged_rows(
    home: Home, source: Source, damages: list[RowDamage]
) -> tuple[list[DifferenceClass], list[DifferenceClass]]:
    """What is found in answers, and in rows, when these are done to the rows of B."""
    with open_clones(home, SYNAPSE, SYNAPSE, rows=True) as (a, b):
        with b.cluster.session(b.database) as cursor:
            install(cursor, damages)
        rules = Rules(read_only=False, known=home.known_ids())
        match = Match(source.header, source.exchanges, (a, b), (Sessions(), Sessions()), rules)
        match.play()
        assert match.incomplete == ""
        for clone in (a, b):
            clone.settle()
            clone.server.stop()
        with b.cluster.session(b.database) as cursor:
            assert idle(cursor, damages) == [], "damages that nothing was done by"
        return classes_of(match.judge.tally.found), row_classes(a, b, match.bindings)


def row_classes(a: Clone, b: Clone, bindings: Bindings) -> list[DifferenceClass]:
    _, found = compare_rows(a.side(), b.side(), bindings)
    return classes_of(Located(where, difference) for where, difference in found)


@pytest.mark.timeout(300)
@pytest.mark.full
@pytest.mark.parametrize(
    "group",
    GROUPS,
)
def test_each_damage_of_rows_is_found(home: Home, source: Source, group: str) -> None:
    damages = GROUPS[group]
    answers, found = damaged_rows(home, source, damages)
    meant = [damage for damage in damages if damage.kind]
    missed = [damage.name for damage in meant if not is_named_row(damage, found)]
    assert missed == [], names(found)
    places = {place for damage in meant for place in (damage.place, *damage.follow)}
    assert {one.where for one in found} - places == set(), names(found)
    assert meant or names(answers) == []


def is_named_row(damage: RowDamage, found: list[DifferenceClass]) -> bool:
    return any(
        fnmatchcase(one.kind, damage.kind)
        and one.where == damage.place
        and fnmatchcase(one.path, damage.path)
        for one in found
    )


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 11))
def test_synapse_does_not_differ_from_itself(home: Home, source: Source, seed: int) -> None:
    """Ten times in a row, answers and rows, without any noise learnt."""
    said: list[str] = []
    plan = Plan(
        source, noise=False, read_only=False, seed=seed, pace=Pace(seed=seed), say=said.append
    )
    result = Comparison(plan).on_clones(home, SYNAPSE, SYNAPSE)
    assert [(one.kind, one.where, one.path, one.examples) for one in result.classes] == []
    assert (result.incomplete, result.noise) == ("", [])
    assert result.compared == len(source.exchanges)
    assert result.databases is not None
    assert result.databases.rows > 100
