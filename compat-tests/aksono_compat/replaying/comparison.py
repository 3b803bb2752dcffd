# SPDX-License-Identifier: Apache-2.0
"""A whole comparison: noise learnt first, the recording played, rows compared, all of it told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..recording.format import Exchange
from ..reporting.classes import Classes
from ..reporting.result import DifferenceClass, Example, Party, Result
from ..reporting.text import counted
from ..servers import ServerError
from .clones import ArenaError, Choice, Clone, Home, Remote, open_clones
from .compare import Difference
from .judge import Located, Tally
from .match import Match, Rules
from .noise import Mask, learn
from .player import Pace
from .sessions import Sessions, from_clone, set_passwords, working_passwords
from .source import Source
from .tables import compare_rows

Say = Callable[[str], None]

_FILES = re.compile(r"/media/(?:[^/]+/)?(?:download|thumbnail)/")
# Synapse writes down once a minute which files were asked for.
MEDIA_TIMER = 62.0


@dataclass
class Plan:
    """How a comparison is made."""

    source: Source
    read_only: bool = True
    noise: bool = True
    rows: bool = True
    one_writer: bool = True
    seed: int = 0
    pace: Pace = field(default_factory=Pace)
    tokens: dict[str, str] = field(default_factory=dict)  # by user, given by hand
    say: Say = print
    saved: Callable[[Result], None] | None = None


class Comparison:
    """Compares two servers; `result` is whole as far as it got, at any time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._began = time.time()
        source = plan.source
        self.result = Result(
            Party("A", "url"), Party("B", "url"), source.name, int(self._began * 1000),
            seed=plan.seed, read_only=plan.read_only, exchanges=len(source.exchanges),
        )  # fmt: skip
        if source.incomplete:
            self.result.notes.append(f"The recording is not whole: {source.incomplete}.")
        self._mask = Mask()
        self._known: frozenset[str] = frozenset()
        self._rows: list[Located] = []

    def on_clones(self, home: Home, a: Choice, b: Choice) -> Result:
        """On fresh clones of a home, which are gone afterwards."""
        self._prepare(home)
        if self.plan.noise:
            with open_clones(home, a, a, rows=self.plan.rows and not self.plan.read_only) as pair:
                self._learn_noise(pair, home)
        rows = self.plan.rows and not self.plan.read_only
        with open_clones(home, a, b, rows=rows) as pair:
            self.result.a, self.result.b = pair[0].party, pair[1].party
            match = self._match(pair, self._clone_sessions(pair, home), "replay")
            self._play(match)
            if rows and not match.incomplete:
                self._compare_rows(pair, match, home)
        if rows and not home.rows:
            self.result.notes.append("Rows were not compared: the database is too large for that.")
        return self._finished(match)

    def on_urls(self, a: Remote, b: Remote) -> Result:
        """On servers that are only asked."""
        for host in (a, b):
            host.start()
        self.result.a, self.result.b = a.party, b.party
        if self.plan.noise:
            match = self._match((a, a), self._given_sessions(), "noise")
            match.play()
            self._mask = learn(match.judge.tally.found, match.judge.tally.paths)
        match = self._match((a, b), self._given_sessions(), "replay")
        self._play(match)
        return self._finished(match)

    def again(
        self, home: Home, a: Choice, b: Choice, exchanges: list[Exchange]
    ) -> list[DifferenceClass]:
        """What a part of the recording shows on fresh clones, with the noise that was learnt."""
        plan = replace(self.plan, source=part_of(self.plan.source, exchanges), saved=None)
        part = Comparison(plan)
        part._known, part._mask = self._known, self._mask
        with open_clones(home, a, b, rows=False) as pair:
            match = part._match(pair, part._clone_sessions(pair, home), "repro")
            match.play()
        part._tell(match.judge.tally)
        return part.result.classes

    def _prepare(self, home: Home) -> None:
        self._known = home.known_ids()
        passwords = working_passwords(self.plan.source.exchanges)
        if passwords:
            with home.cluster.session(home.world.database) as cursor:
                absent = set_passwords(cursor, passwords, home.pepper)
            if absent:
                names = ", ".join(absent[:5])
                self.result.notes.append(f"Not in the database, but logged in: {names}.")

    def _learn_noise(self, pair: tuple[Clone, Clone], home: Home) -> None:
        match = self._match(pair, self._clone_sessions(pair, home), "noise, A against A")
        match.play()
        if match.incomplete:
            raise ArenaError(f"A against A: {match.incomplete}")
        found = list(match.judge.tally.found)
        if self.plan.rows and not self.plan.read_only and home.rows:
            found += self._row_differences(pair, match, home)
        self._mask = learn(found, match.judge.tally.paths)
        if self._mask.places:
            self.plan.say(f"{len(self._mask.places)} places differ between A and A: noise")

    def _clone_sessions(self, pair: tuple[Clone, Clone], home: Home) -> tuple[Sessions, Sessions]:
        sessions = []
        for clone in pair:
            with clone.cluster.session(clone.database) as cursor:
                tokens = from_clone(cursor, self.plan.source.keys)
            if self.plan.source.written:
                tokens.update(self._cast(clone))
            sessions.append(Sessions(tokens, dict(self.plan.tokens), home.shared_secret))
        return sessions[0], sessions[1]

    def _cast(self, clone: Clone) -> dict[str, str]:
        """Tokens of the demo world's users by the names that a scenario gives them."""
        users = {name: user["token"] for name, user in clone.world.demo.users.items()}
        names = {one.user_id for one in self.plan.source.exchanges if one.user_id}
        strangers = names - users.keys() - self.plan.tokens.keys()
        if users and strangers:
            known = ", ".join(sorted(users))
            raise ArenaError(f"nobody is called {', '.join(sorted(strangers))}: {known}")
        return users

    def _given_sessions(self) -> tuple[Sessions, Sessions]:
        return Sessions(by_user=dict(self.plan.tokens)), Sessions(by_user=dict(self.plan.tokens))

    def _match(
        self,
        pair: tuple[Clone, Clone] | tuple[Remote, Remote],
        sessions: tuple[Sessions, Sessions],
        title: str,
    ) -> Match:
        plan = self.plan
        rules = Rules(plan.read_only, plan.pace, plan.one_writer, self._known)
        exchanges = plan.source.exchanges
        saved = self._save if title == "replay" else None
        return Match(plan.source.header, exchanges, pair, sessions, rules, title, saved)

    def _play(self, match: Match) -> None:
        match.play()
        self.result.incomplete = match.incomplete
        missing = match.lanes[0].sessions.missing
        if missing:
            users = ", ".join(name for name, _ in missing.most_common(5))
            self.result.notes.append(
                f"{counted(sum(missing.values()), 'request')} of "
                f"{counted(len(missing), 'user')} not sent: no "
                f"working token is known for them ({users})."
            )

    def _compare_rows(self, pair: tuple[Clone, Clone], match: Match, home: Home) -> None:
        if home.rows:
            self._rows = self._row_differences(pair, match, home)

    def _row_differences(
        self, pair: tuple[Clone, Clone], match: Match, home: Home
    ) -> list[Located]:
        """Servers are stopped for it, once their timers have written what they write."""
        self.plan.say("waiting until both servers have written everything; comparing rows")
        ended = time.monotonic()
        for clone in pair:
            clone.settle()
        if any(_FILES.search(one.target) for one in match.played):
            time.sleep(max(0.0, MEDIA_TIMER - (time.monotonic() - ended)))
        crashed: list[Located] = []
        for name, clone in zip("AB", pair, strict=True):
            try:
                clone.server.stop()
            except ServerError as error:
                sides = [str(error), None] if name == "A" else [None, str(error)]
                crashed.append(Located("(server)", Difference("crash", (), *sides)))
        databases, found = compare_rows(
            pair[0].side(), pair[1].side(), match.bindings, home.server_name
        )
        self.result.databases = databases
        return [*crashed, *(Located(where, difference) for where, difference in found)]

    def _save(self, tally: Tally) -> None:
        if self.plan.saved:
            self._tell(tally)
            self.plan.saved(self.result)

    def _finished(self, match: Match) -> Result:
        result = self.result
        self._tell(match.judge.tally)
        for reason, count in sorted(match.skipped.items()):
            result.notes.append(f"Not sent: {count} ({reason}).")
        strayed = match.judge.tally.strayed
        if strayed:
            routes = ", ".join(f"{where} ({n})" for where, n in strayed.most_common(3))
            result.notes.append(
                f"{sum(strayed.values())} answers of A have another status than the recorded "
                f"server's: {routes}."
            )
        if not self.plan.read_only and any(count.unbuilt for count in result.routes.values()):
            result.notes.append(
                "What B did not do, because it is not built, shows in later answers and in rows "
                "as well: look at the routes that are not built first."
            )
        if match.judge.uneven:
            result.notes.append(
                f"{match.judge.uneven} syncs told the same news in another number of answers."
            )
        return result

    def _tell(self, tally: Tally) -> None:
        result = self.result
        result.took = time.time() - self._began
        result.compared = tally.compared
        result.routes = dict(tally.routes)
        result.noise = self._mask.listed()
        found = [*list(tally.found), *self._rows, *self._mask.excess()]
        result.classes = classes_of(one for one in found if not self._mask.hides(one))


def classes_of(found: Iterable[Located]) -> list[DifferenceClass]:
    """Differences grouped for the report."""
    classes = Classes()
    for one in found:
        difference = one.difference
        path = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in difference.path
        ).lstrip(".")
        example = Example(one.number, one.request, path, difference.a, difference.b)
        classes.add(difference.kind, one.where, difference.path, example)
    return classes.listed()


def part_of(source: Source, exchanges: list[Exchange]) -> Source:
    """The same recording with these exchanges alone."""
    return Source(source.name, source.header, exchanges, source.keys, "", source.written)
