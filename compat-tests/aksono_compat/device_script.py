# SPDX-License-Identifier: Apache-2.0
"""Devices with all that can belong to one, made by real Synapse; then the same are logged out."""

from typing import Any

from .client import Client, q
from .demo import PASSWORD, device_keys
from .pair import Twin
from .steps import Steps

_MANY = 230  # more to-device messages than Synapse deletes at once


def _pusher(client: Client, app: str) -> None:
    content = {
        "pushkey": f"key-{app}",
        "kind": "http",
        "app_id": app,
        "app_display_name": app,
        "device_display_name": "phone",
        "lang": "en",
        "data": {"url": "http://127.0.0.1:9/_matrix/push/v1/notify"},
        "append": True,
    }
    client.post("/pushers/set", content).ok()


def _with_keys(twin: Twin, user: str, device: str) -> Client:
    client = Client(twin.url).login(user, PASSWORD, device_id=device)
    client.post("/keys/upload", device_keys(client)).ok()
    return client


def _cross_sign(client: Client) -> None:
    def key(usage: str, letter: str) -> dict[str, Any]:
        public = letter * 43
        return {
            "user_id": client.user_id,
            "usage": [usage],
            "keys": {f"ed25519:{public}": public},
        }

    auth = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": client.user_id},
        "password": PASSWORD,
    }
    content = {"master_key": key("master", "M"), "auth": auth}
    client.post("/keys/device_signing/upload", content)


class DeviceWorld:
    """Fills a world on real Synapse; `tokens` has each device's token."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.tokens: dict[str, str] = {}

    def write(self) -> None:
        demo = self.twin.world.demo
        alice = self._add("alice", "KEYS1")
        self._add("alice", "KEYS2")
        for device in ("KEYS3", "KEYS4"):
            self._add("carol", device)
        self._add("frank", "LONELY")
        _cross_sign(alice)
        for app in ("one", "two"):
            _pusher(alice, app)
        _pusher(Client(self.twin.url, self.tokens["KEYS4"]), "three")
        self._send_to_devices(
            {
                "@alice:test.local": {"KEYS1": {"n": 1}, "KEYS2": {"n": 2}},
                "@carol:test.local": {"KEYS4": {"n": 3}},
            }
        )
        for number in range(_MANY):
            self._send_to_devices({"@carol:test.local": {"KEYS3": {"n": number}}})
        content = {"msgtype": "m.text", "body": "sent by a device that will be gone"}
        alice.send(demo.rooms["tea"], "m.room.message", content, "txn-of-keys1").ok()
        sliding = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
        lists = {"all": {"ranges": [[0, 9]], "timeline_limit": 1, "required_state": []}}
        alice.post(sliding, {"conn_id": "main", "lists": lists}).ok()
        dehydrated = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
        alice.put(dehydrated, {"device_id": "DEHYDRATED", "device_data": {"algorithm": "x"}})
        self.tokens["guest"] = demo.users["guest"]["token"]

    def _add(self, user: str, device: str) -> Client:
        client = _with_keys(self.twin, user, device)
        self.tokens[device] = client.token or ""
        return client

    def _send_to_devices(self, messages: dict[str, Any]) -> None:
        bob = self.twin.client("bob")
        self._sent = getattr(self, "_sent", 0) + 1
        bob.put(f"/sendToDevice/m.test/{self._sent}", {"messages": messages}).ok()


def log_out(s: Steps, tokens: dict[str, str]) -> None:
    """Logs in with devices that are there, and out of all of them."""
    again = s.login(
        "known device", "alice", device_id="KEYS2", initial_device_display_name="Other name"
    )
    s.who("known device's old token", tokens["KEYS2"])
    s.login("known device, refreshable", "frank", device_id="LONELY", refresh_token=True)
    s.login("hidden device", "alice", device_id="M" * 43)
    s.do("a device with everything", "POST", "/logout", {}, tokens["KEYS1"])
    s.who("its token", tokens["KEYS1"])
    s.do("known device out", "POST", "/logout", {}, again["access_token"])
    s.do("guest", "POST", "/logout", {}, tokens["guest"])
    s.do("guest everywhere", "POST", "/logout/all", {}, tokens["guest"])
    s.do("carol everywhere", "POST", "/logout/all", {}, tokens["KEYS4"])
    s.who("carol's other", tokens["KEYS3"])
    users = s.twin.world.demo.users
    s.do("dave's only device", "POST", "/logout", {}, users["dave"]["token"])
    s.do("puppet", "POST", "/logout", {}, "syt_puppet")
    s.do("puppet everywhere", "POST", "/logout/all", {}, "syt_puppet2")
    s.who("bob after that", users["bob"]["token"])
    room = q(s.twin.world.demo.rooms["tea"])
    back = s.login("the device again", "alice", device_id="KEYS1")
    body = {"msgtype": "m.text", "body": "x"}
    path = f"/rooms/{room}/send/m.room.message/txn-of-keys1"
    s.do("its transaction id again", "PUT", path, body, back["access_token"])
    s.do("alice everywhere", "POST", "/logout/all", {}, back["access_token"])
    s.login("alice after that", "alice", device_id="AFTER")


PUPPETS = """INSERT INTO access_tokens (id, user_id, token, device_id, puppets_user_id, used) VALUES
    (90001, '@admin:test.local', 'syt_puppet', NULL, '@bob:test.local', false),
    (90002, '@admin:test.local', 'syt_puppet2', NULL, '@erin:test.local', false)"""
