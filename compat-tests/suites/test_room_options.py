# SPDX-License-Identifier: Apache-2.0
"""Options that change what is stored and what /sync tells: exclude_rooms_from_sync, enable_search,
user_types.default_user_type. Synapse makes the rooms, then each server runs on its own clone."""

from typing import Any

import pytest

from aksono_compat.client import Client, q
from aksono_compat.config import Site
from aksono_compat.ports import free_port
from aksono_compat.postgres import Cluster
from aksono_compat.servers import make_server
from aksono_compat.tools import make_synapse_schema

DATABASE = "room_options"
PASSWORD = "correct horse battery"
NAMES = ["shown", "hidden", "left", "invited"]


@pytest.fixture(scope="module")
def seen(
    cluster: Cluster, kind_b: str, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    make_synapse_schema(cluster, DATABASE)
    first = Site(tmp_path_factory.mktemp("first"), free_port(), cluster.connection_args(DATABASE))
    rooms: dict[str, str] = {}
    with make_server("synapse", first):
        user = Client(first.url).register_by_secret("user", PASSWORD)
        other = Client(first.url).register_by_secret("other", PASSWORD)
        since = user.get("/sync").ok()["next_batch"]
        for name in NAMES:
            maker = other if name == "invited" else user
            rooms[name] = maker.post("/createRoom", {"name": name}).ok()["room_id"]
        other.post(f"/rooms/{q(rooms['invited'])}/invite", {"user_id": user.user_id}).ok()
        user.post(f"/rooms/{q(rooms['left'])}/leave").ok()
    options = {
        "exclude_rooms_from_sync": [rooms[name] for name in NAMES[1:]],
        "enable_search": False,
        "user_types": {"default_user_type": "guide", "extra_user_types": ["guide"]},
    }
    results: list[dict[str, Any]] = []
    for kind in ("synapse", kind_b):
        database = f"{DATABASE}_{len(results)}"
        cluster.create(database, DATABASE)
        directory = tmp_path_factory.mktemp("site")
        site = Site(directory, free_port(), cluster.connection_args(database), options)
        with make_server(kind, site):
            results.append(act(site.url, user.token, since, rooms))
        results[-1]["rows"] = stored(cluster, database)
    return results


def act(url: str, token: str | None, since: str, rooms: dict[str, str]) -> dict[str, Any]:
    user = Client(url, token)
    names = {room: name for name, room in rooms.items()}
    for name in ("shown", "hidden"):
        user.say(rooms[name], "a findable word")
    everything = '{"room":{"include_leave":true}}'
    answers = {
        "initial": user.get("/sync").ok(),
        "with left rooms": user.get("/sync", filter=everything).ok(),
        "incremental": user.get("/sync", since=since, timeout=0).ok(),
    }
    told: dict[str, Any] = {
        kind: {
            part: sorted(names[room] for room in list_)
            for part, list_ in answer.get("rooms", {}).items()
        }
        for kind, answer in answers.items()
    }
    told["joined_rooms"] = sorted(names[r] for r in user.get("/joined_rooms").ok()["joined_rooms"])
    Client(url).register("newcomer", PASSWORD)
    Client(url).register_by_secret("made", PASSWORD)
    Client(url).register_guest()
    return told


def stored(cluster: Cluster, database: str) -> dict[str, Any]:
    with cluster.session(database) as cursor:
        cursor.execute("SELECT count(*) FROM event_search WHERE key = 'content.body'")
        searchable = cursor.fetchall()
        cursor.execute("SELECT name, user_type FROM users ORDER BY name")
        return {"searchable": searchable, "users": cursor.fetchall()}


def test_same_rooms_and_rows(seen: list[dict[str, Any]]) -> None:
    assert seen[0]["initial"] == {"join": ["shown"]}
    assert seen[0] == seen[1]
