# SPDX-License-Identifier: Apache-2.0
"""Accounts and sessions: the same answers, the same rows, and tokens that work on both servers."""

import copy
from dataclasses import dataclass, replace

import pytest

from aksono_compat.account_script import PASSWORD, AccountScript, named
from aksono_compat.answers import differences, view
from aksono_compat.client import Answer, Client
from aksono_compat.pair import Pair, Twin
from aksono_compat.postgres import Cluster
from aksono_compat.rows import Side, diff
from aksono_compat.world import World


@dataclass
class Scripted:
    """Answers and databases of both servers after the script, servers stopped."""

    answers: tuple[dict[str, Answer], dict[str, Answer]]
    a: Side
    b: Side


@pytest.fixture(scope="module")
def scripted(pair: Pair) -> Scripted:
    # What a start writes of itself (Synapse: two rows about active users) is no part of this.
    pair.both(Twin.settle)
    for twin in (pair.a, pair.b):
        twin.reset()
    answers = pair.both(lambda twin: AccountScript(twin).run())
    pair.both(Twin.settle)
    pair.stop()
    return Scripted(answers, pair.a.side(), pair.b.side())


def test_answers_are_the_same(scripted: Scripted) -> None:
    lines = []
    for step, answer in scripted.answers[0].items():
        seen = view(answer, named), view(scripted.answers[1][step], named)
        lines += [f"{step}: {line}" for line in differences(*seen)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_rows_are_the_same(scripted: Scripted) -> None:
    # Where a sequence stood before depends on what each start took of it.
    found = [str(one) for one in diff(scripted.a, scripted.b)]
    lines = [line for line in found if not line.startswith("(sequences): gone")]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def _works(client: Client) -> bool:
    return client.get("/account/whoami").status == 200


def test_sessions_outlive_a_change_of_servers(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = replace(world, demo=copy.deepcopy(world.demo))
    twin = Twin(cluster, own, "synapse", tmp_path_factory.mktemp("sessions") / "site")
    try:
        twin.server.start()
        sessions: list[Client] = []
        for kind in (kind_b, "synapse", kind_b):
            name = f"user{len(sessions)}"
            sessions.append(Client(twin.url).register(name, PASSWORD))
            sessions.append(Client(twin.url).register_guest())
            begun = Client(twin.url).login(name, PASSWORD, refresh_token=True)
            body = {"type": "m.login.password", "user": name, "password": PASSWORD}
            refreshable = begun.post("/login", {**body, "refresh_token": True}).ok()
            sessions.append(begun)
            twin.become(kind)
            assert [_works(client) for client in sessions] == [True] * len(sessions)
            refreshed = begun.post("/refresh", {"refresh_token": refreshable["refresh_token"]})
            sessions.append(Client(twin.url, refreshed.ok()["access_token"]))
            assert _works(sessions[-1])
            again = Client(twin.url).login(name, PASSWORD)
            assert again.post("/logout").status == 200
            assert not _works(again)
    finally:
        twin.close()


def test_a_token_that_another_process_deletes_is_dead_at_once(
    cluster: Cluster, world: World, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if kind_b == "synapse":
        pytest.skip("Synapse keeps tokens in a cache that such a deletion does not reach")
    twin = Twin(cluster, world, kind_b, tmp_path_factory.mktemp("deleted") / "site")
    try:
        twin.server.start()
        client = Client(twin.url).register("zoe", PASSWORD)
        assert _works(client)
        with cluster.session(twin.database) as cursor:
            cursor.execute("DELETE FROM access_tokens WHERE token = %s", (client.token,))
        refused = client.get("/account/whoami")
        assert (refused.status, refused.json["errcode"]) == (401, "M_UNKNOWN_TOKEN")
    finally:
        twin.close()
