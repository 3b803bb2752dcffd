# SPDX-License-Identifier: Apache-2.0
"""`aksono --read-only`: every read is answered, every write refused, and not a row is written."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.client import q
from aksono_compat.config import Site
from aksono_compat.demo import PASSWORD
from aksono_compat.intended import is_intended
from aksono_compat.pair import Pair, Twin
from aksono_compat.postgres import Cluster
from aksono_compat.read_requests import GROUPS
from aksono_compat.servers import Aksono
from aksono_compat.snapshot import Snapshot, take_snapshot
from aksono_compat.world import World

# Where Synapse itself answers now this, now that; as in test_reads.
DRAWS = ("filter not senders: body.rooms.join.", "since with full state ")


class ReadOnly(Aksono):
    def command(self) -> list[str]:
        return [*super().command(), "--read-only"]


@pytest.fixture(scope="module")
def pair(
    cluster: Cluster, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    a = Twin(cluster, world, "synapse", tmp_path_factory.mktemp("a"))
    b = Twin(cluster, world, "aksono", tmp_path_factory.mktemp("b"))
    b.server = ReadOnly(b.server.site)
    try:
        a.server.start()
        b.server.start()
        yield Pair(a, b)
    finally:
        a.close()
        b.close()


def _content(snapshot: Snapshot) -> dict[str, list[str]]:
    return {name: sorted(map(repr, table.rows)) for name, table in snapshot.items()}


@pytest.mark.parametrize("group", GROUPS)
def test_reads_are_the_same(pair: Pair, group: str) -> None:
    lines = []
    for read in GROUPS[group](pair.a.world.demo):

        def ask(twin: Twin, read: Any = read) -> Any:
            client = twin.client(read.user)
            if read.token is not None:
                client.token = read.token
            return client.request(read.method, read.path, read.content, params=read.params or None)

        views = [view(answer, unordered=read.unordered) for answer in pair.both(ask)]
        lines += [f"{read.name}: {line}" for line in differences(*views)]
    lines = [line for line in lines if not is_intended(line) and not line.startswith(DRAWS)]
    assert lines == []


def _writes(twin: Twin) -> dict[str, tuple[str, str, Any]]:
    demo = twin.world.demo
    tea, alice = q(demo.rooms["tea"]), q(demo.users["alice"]["user_id"])
    event = q(demo.events["late"])
    markers = {"m.fully_read": demo.events["late"]}
    login = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": "alice"},
        "password": PASSWORD,
    }
    dummy = {"username": "newcomer", "password": PASSWORD, "auth": {"type": "m.login.dummy"}}
    text = {"msgtype": "m.text", "body": "no"}
    return {
        "send": ("PUT", f"/rooms/{tea}/send/m.room.message/ro1", text),
        "redact": ("PUT", f"/rooms/{tea}/redact/{event}/ro2", {}),
        "receipt": ("POST", f"/rooms/{tea}/receipt/m.read/{event}", {}),
        "read markers": ("POST", f"/rooms/{tea}/read_markers", markers),
        "filter": ("POST", f"/user/{alice}/filter", {"room": {"timeline": {"limit": 77}}}),
        "login": ("POST", "/login", login),
        "register": ("POST", "/register", dummy),
        "refresh": ("POST", "/refresh", {"refresh_token": demo.tokens["bob2_refresh"]}),
        "logout": ("POST", "/logout", {}),
        "logout all": ("POST", "/logout/all", {}),
    }


def test_writes_are_refused(pair: Pair) -> None:
    for name, (method, path, content) in _writes(pair.b).items():
        anonymous = path in ("/login", "/register", "/refresh")
        client = pair.b.client(None if anonymous else "alice")
        answer = client.request(method, path, content)
        assert answer.status == 503, f"{name}: {answer.status} {answer.text}"
        assert answer.json["errcode"] == "M_UNKNOWN", name


def test_syncs_with_messages_for_the_device_are_answered(pair: Pair) -> None:
    """The inbox is emptied by whoever writes."""
    client = pair.b.client("alice")
    since = client.get("/sync", timeout=0).ok()["next_batch"]
    assert client.get("/sync", timeout=0, since=since).status == 200


def test_not_a_row_was_written(pair: Pair) -> None:
    before = _content(pair.b.before)
    time.sleep(6)
    pair.b.server.stop()
    after = _content(take_snapshot(pair.b.cluster, pair.b.database))
    changed = [name for name in before if before[name] != after[name]]
    assert changed == []


def test_a_second_reader_beside_a_synapse(cluster: Cluster, pair: Pair, tmp_path: Path) -> None:
    """It reads the database that Synapse writes, and sees what Synapse writes."""
    site = Site(tmp_path, pair.b.server.site.port, cluster.connection_args(pair.a.database))
    site.options = dict(pair.a.server.site.options)
    event = pair.a.client("alice").say(pair.a.world.demo.rooms["tea"], "from the other")
    with ReadOnly(site):
        beside = pair.a.client("alice")
        beside.url = site.url
        tea = q(pair.a.world.demo.rooms["tea"])
        assert beside.get(f"/rooms/{tea}/event/{q(event)}").ok()["event_id"] == event
        later = pair.a.client("alice").say(pair.a.world.demo.rooms["tea"], "and later")
        assert beside.get(f"/rooms/{tea}/event/{q(later)}").ok()["event_id"] == later
