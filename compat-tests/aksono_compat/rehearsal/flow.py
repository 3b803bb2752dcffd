# SPDX-License-Identifier: Apache-2.0
"""The cutover and the way back, step by step, on whatever deployment is given."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..client import Answer, Client, q
from ..config import Site
from ..postgres import Cluster
from ..serverlog import Problem
from ..servers import Aksono, Server, Synapse
from . import reads
from .account import Account, Step
from .reads import Read

SHOWN_DIFFERENCES = 10


@dataclass
class Deployment:
    """A database in a throwaway cluster, the site both servers run on, and users with tokens."""

    cluster: Cluster
    database: str
    site: Site
    clients: list[Client] = field(default_factory=list)


@dataclass
class Talk:
    """Two users and a room of theirs, for the writes; made by Synapse."""

    alice: Client
    bob: Client
    alice_name: str
    password: str
    room: str


@dataclass
class Trail:
    """What the steps hand on to each other."""

    reads: list[Read] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    noise: set[tuple[Read, str]] = field(default_factory=set)
    control: list[Problem] = field(default_factory=list)
    since: str = ""
    written: dict[str, str] = field(default_factory=dict)  # event id -> body


class Rehearsal:
    """Runs the steps in order; the first that does not hold ends it (StepError)."""

    def __init__(self, account: Account, deployment: Deployment, talk: Talk) -> None:
        self.account = account
        self.deployment = deployment
        self.talk = talk
        self.trail = Trail()
        self.synapse: Server = Synapse(deployment.site)
        self.aksono: Server = Aksono(deployment.site)

    def run(self) -> None:
        """From a running Synapse to Aksono and back to Synapse."""
        self._record_answers()
        self._control()
        self._check("Check the database with aksono-schema-diff")
        self._cut_over()
        self._compare_answers()
        self._write()
        self._hand_back()
        self._check("Check the database again after Aksono")
        self._synapse_continues()
        self._compare_logs()

    def stop(self) -> None:
        """Whatever happened: no server is left behind."""
        for server in (self.synapse, self.aksono):
            if server.running:
                server.stop()

    def _record_answers(self) -> None:
        with self.account.step("Record what Synapse answers") as step:
            clients = self.deployment.clients
            # Once through Synapse what Aksono will be asked to do: its log is the control.
            self._login_and_say("said to Synapse, before")
            self.trail.reads = reads.requests_for(clients)
            self._restart_synapse()
            self.trail.answers = self._ask()
            step.note(f"{len(self.trail.reads)} read requests of {len(clients)} users")

    def _control(self) -> None:
        title = "Restart Synapse: what differs by nature, what its log says by itself"
        with self.account.step(title) as step:
            self._restart_synapse()
            again = self._ask()
            self.trail.noise = reads.learn_noise(self.trail.reads, self.trail.answers, again)
            self.trail.since = self._sync(self.talk.bob, None)["next_batch"]
            took = self.synapse.stop()
            self.trail.control += self.synapse.problems()
            ages = {place for place in self.trail.noise if f"/{place[1]}".endswith("/age")}
            step.note(f"{len(ages)} ages of events grow from one answer to the next")
            for read, where in sorted(self.trail.noise - ages, key=str)[:SHOWN_DIFFERENCES]:
                step.note(f"changes by itself: GET {read.path}: {where}")
            step.note(f"Synapse stopped in {took:.2f} s")

    def _restart_synapse(self) -> None:
        self.synapse.stop()
        self.trail.control += self.synapse.problems()
        self.synapse.start()

    def _ask(self) -> list[Answer]:
        return reads.ask(self.deployment.clients, self.trail.reads)

    def _check(self, title: str) -> None:
        with self.account.step(title) as step:
            program = Aksono.build() / "bin" / "aksono-schema-diff"
            dsn = self.deployment.cluster.dsn(self.deployment.database)
            command = [str(program), "check", "--json", "--server-name"]
            command += [self.deployment.site.server_name, dsn]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            step.require(done.returncode in (0, 10, 11), done.stderr.strip() or "check failed")
            report = json.loads(done.stdout)
            database = report["database"]
            step.note(
                f"schema {database['schema_version']}, compat {database['compat_version']}, "
                f"Synapse {' to '.join(map(str, database['synapse_releases']))}"
            )
            _tell_findings(step, report["findings"])

    def _cut_over(self) -> None:
        with self.account.step(
            "Start Aksono on the same configuration, database and media"
        ) as step:
            took = self.aksono.start()
            version = Client(self.deployment.site.url).get("/_matrix/federation/v1/version")
            self.account.facts["Aksono"] = str(version.ok()["server"]["version"])
            step.note(f"first answer after {took:.2f} s")
            for client in self.deployment.clients:
                answer = client.get("/account/whoami")
                if answer.status != 200:
                    step.problem(f"{client.user_id} is logged out: {answer.text[:200]}")
            step.note("every client's access token still works")

    def _compare_answers(self) -> None:
        with self.account.step("Compare Aksono's answers with Synapse's") as step:
            now = self._ask()
            trail = self.trail
            found = reads.compare(trail.reads, trail.answers, now, trail.noise)
            self._tell_differences(step, found)
            step.note(f"{len(trail.reads)} answers, {len(found)} differences")

    def _tell_differences(self, step: Step, found: list[reads.Difference]) -> None:
        for difference in found[:SHOWN_DIFFERENCES]:
            step.problem(str(difference))
        if len(found) > SHOWN_DIFFERENCES:
            step.problem(f"and {len(found) - SHOWN_DIFFERENCES} more differences")

    def _write(self) -> None:
        with self.account.step("Log in, send and sync through Aksono") as step:
            body = "said to Aksono"
            event_id = self._login_and_say(body)
            self._read_back(step, self.talk.bob, event_id, body)
            answer = self._sync(self.talk.bob, self.trail.since)
            step.require(
                event_id in _timeline(answer, self.talk.room),
                "the message is not in the sync from the token that Synapse gave",
            )
            step.note("a sync from Synapse's token has the new message")
            self.trail.since = answer["next_batch"]
            event_id = self._login_and_say("said to Aksono, again")
            step.note("two new sessions logged in, sent a message each, and logged out")

    def _hand_back(self) -> None:
        with self.account.step("Stop Aksono") as step:
            step.note(f"stopped in {self.aksono.stop():.2f} s")
            for problem in self.aksono.problems():
                if problem.level in ("ERROR", "CRITICAL"):
                    step.problem(f"Aksono's log: {problem.message}")

    def _synapse_continues(self) -> None:
        with self.account.step("Start Synapse again: it reads and continues all of it") as step:
            took = self.synapse.start()
            step.note(f"first answer after {took:.2f} s")
            for event_id, body in self.trail.written.items():
                self._read_back(step, self.talk.bob, event_id, body)
            answer = self._sync(self.talk.bob, self.trail.since)
            last = list(self.trail.written)[-1]
            step.require(
                last in _timeline(answer, self.talk.room),
                "the last message is not in the sync from the token that Aksono gave",
            )
            step.note("a sync from Aksono's token has what came after it")
            event_id = self._login_and_say("said to Synapse, after")
            self._read_back(step, self.talk.bob, event_id, "said to Synapse, after")
            now = self._ask()
            refused = [
                read.path
                for read, before, after in zip(
                    self.trail.reads, self.trail.answers, now, strict=True
                )
                if before.status != after.status
            ]
            step.require(not refused, f"answered otherwise than before: {', '.join(refused[:5])}")
            self.synapse.stop()

    def _compare_logs(self) -> None:
        with self.account.step("Compare Synapse's log with its own restart") as step:
            known = Counter(problem.shape for problem in self.trail.control)
            seen = self.synapse.problems()
            for problem in seen:
                if problem.shape not in known:
                    step.problem(f"{problem.level} {problem.logger}: {problem.message}")
            step.note(f"{len(seen)} warnings, all of them known from Synapse's own restart")

    def _login_and_say(self, body: str) -> str:
        """A new session of alice says something, and logs out again."""
        session = Client(self.deployment.site.url)
        session.login(self.talk.alice_name, self.talk.password)
        event_id = session.say(self.talk.room, body)
        session.post("/logout").ok()
        self.trail.written[event_id] = body
        return event_id

    def _read_back(self, step: Step, reader: Client, event_id: str, body: str) -> None:
        answer = reader.get(f"/rooms/{q(self.talk.room)}/event/{q(event_id)}")
        step.require(answer.status == 200, f"{event_id} cannot be read: {answer.text[:200]}")
        step.require(answer.json["content"].get("body") == body, f"{event_id} reads otherwise")

    @staticmethod
    def _sync(client: Client, since: str | None) -> dict[str, Any]:
        query = "" if since is None else f"&since={q(since)}"
        answer: dict[str, Any] = client.get(f"/sync?timeout=0{query}").ok()
        return answer


def _tell_findings(step: Step, findings: list[dict[str, Any]]) -> None:
    """Errors and warnings each, what is only worth knowing as a number."""
    for finding in findings:
        text = f"{finding['severity']}: {finding['object']}: {finding['summary']}"
        if finding["severity"] == "error":
            step.problem(text)
        elif finding["severity"] == "warning":
            step.note(text)
    infos = sum(1 for finding in findings if finding["severity"] == "info")
    step.note(f"{len(findings) - infos} errors and warnings, {infos} remarks")


def _timeline(answer: dict[str, Any], room: str) -> list[str]:
    joined = answer.get("rooms", {}).get("join", {}).get(room, {})
    return [event["event_id"] for event in joined.get("timeline", {}).get("events", [])]
