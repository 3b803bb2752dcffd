# SPDX-License-Identifier: Apache-2.0
"""A database that Synapse used in all ways that older releases may stumble over, and what those
releases are then asked to do with it."""

from __future__ import annotations

import time
from typing import Any

from .client import Client, q
from .demo import device_keys

PASSWORD = "password"


def use_everything(url: str) -> dict[str, str]:
    """Rooms, keys, signatures, sliding sync, threads, profile fields, media. Returns the rooms."""
    alice = Client(url).register("alice", PASSWORD)
    bob = Client(url).register("bob", PASSWORD)
    rooms = {}
    for version in ("11", "12"):
        rooms[version] = _talk(alice, bob, version)
    for client in (alice, bob):
        client.post("/keys/upload", device_keys(client)).ok()
        _cross_sign(client, client.user_id[1])
    field = f"/profile/{q(alice.user_id)}/displayname"
    alice.put(field, {"displayname": "Alice"}).ok()
    alice.put(f"/user/{q(alice.user_id)}/account_data/org.example", {"a": 1}).ok()
    messages = {bob.user_id: {"*": {"body": "psst"}}}
    alice.put("/sendToDevice/org.example.psst/t1", {"messages": messages}).ok()
    _sliding_sync(alice)
    alice.get("/sync").ok()
    return rooms


def go_on(url: str, room: str) -> None:
    """What people do at the other release."""
    alice = Client(url).login("alice", PASSWORD)
    bob = Client(url).login("bob", PASSWORD)
    since = alice.get("/sync").ok()["next_batch"]
    event = bob.say(room, "still here")
    news = alice.get("/sync", since=since, timeout=5000).ok()
    said = news["rooms"]["join"][room]["timeline"]["events"]
    if event not in [one["event_id"] for one in said]:
        raise AssertionError(f"not in alice's sync: {event}")
    alice.post(f"/rooms/{q(room)}/receipt/m.read/{q(event)}", {}).ok()
    for client in (alice, bob):
        client.post("/keys/upload", device_keys(client)).ok()
        _cross_sign(client, client.user_id[1].upper())
    messages = {bob.user_id: {"*": {"body": "psst again"}}}
    alice.put("/sendToDevice/org.example.psst/t2", {"messages": messages}).ok()
    bob.put(f"/profile/{q(bob.user_id)}/displayname", {"displayname": "Bob"}).ok()
    alice.put(f"/user/{q(alice.user_id)}/account_data/org.example", {"a": 2}).ok()
    alice.put(f"/rooms/{q(room)}/redact/{q(event)}/t1", {"reason": "a word too many"}).ok()
    invited = {"invite": [bob.user_id], "preset": "private_chat"}
    other = alice.post("/createRoom", invited).ok()["room_id"]
    bob.post(f"/join/{other}", {}).ok()
    time.sleep(2)  # what is done a moment later


def _talk(alice: Client, bob: Client, version: str) -> str:
    wish = {"invite": [bob.user_id], "preset": "private_chat", "room_version": version}
    room = str(alice.post("/createRoom", wish).ok()["room_id"])
    bob.post(f"/join/{q(room)}", {}).ok()
    first = alice.say(room, "hello bob")
    relates = {"rel_type": "m.thread", "event_id": first}
    content = {"msgtype": "m.text", "body": "in a thread", "m.relates_to": relates}
    reply = bob.send(room, "m.room.message", content, "thread1").ok()["event_id"]
    alice.post(f"/rooms/{q(room)}/receipt/m.read/{q(reply)}", {}).ok()
    return room


def _cross_sign(client: Client, letter: str) -> None:
    """A master key; the server does not look at it."""
    public = letter * 43
    master = {
        "user_id": client.user_id, "usage": ["master"], "keys": {f"ed25519:{public}": public},
    }  # fmt: skip
    auth = {
        "type": "m.login.password", "password": PASSWORD,
        "identifier": {"type": "m.id.user", "user": client.user_id},
    }  # fmt: skip
    client.post("/keys/device_signing/upload", {"master_key": master, "auth": auth})


def _sliding_sync(client: Client) -> None:
    wish: dict[str, Any] = {
        "lists": {"all": {"ranges": [[0, 20]], "required_state": [], "timeline_limit": 1}}
    }
    path = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
    client.post(path, wish).ok()
