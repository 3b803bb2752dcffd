# SPDX-License-Identifier: Apache-2.0
"""What stands in the demo world: users, rooms and everything they did, made through the API."""

from dataclasses import asdict, dataclass, field
from typing import Any

from .client import Client, q

PASSWORD = "correct horse battery staple"
USERS = ("alice", "bob", "carol", "dave", "erin", "frank")
# The smallest picture there is: one transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@dataclass(frozen=True)
class Size:
    """How much of it: rooms beside the special ones, and messages in each of those."""

    rooms: int = 4
    messages: int = 3


@dataclass
class Demo:
    """Names of what was made, by a label that tests use."""

    users: dict[str, dict[str, str]] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class DemoWriter:
    """Makes the demo world on a running server, step by step."""

    def __init__(self, url: str, size: Size) -> None:
        self.url = url
        self.size = size
        self.demo = Demo()
        self.clients: dict[str, Client] = {}

    def write(self) -> Demo:
        self._users()
        self._profiles_and_devices()
        self._room_versions()
        self._special_rooms()
        self._memberships()
        self._conversation()
        self._redactions()
        self._receipts()
        self._account_data()
        self._push_rules()
        self._media()
        self._bulk_rooms()
        return self.demo

    def finish(self) -> None:
        """Messages that come after the first rotation of push actions, and since tokens."""
        alice, bob = self.clients["alice"], self.clients["bob"]
        self.demo.events["late"] = bob.say(self.demo.rooms["tea"], "alice: are you there?")
        bob.say(self.demo.rooms["dm"], "still awake?")
        for name in ("alice", "bob", "carol", "guest"):
            self.demo.tokens[name] = self.clients[name].get("/sync").ok()["next_batch"]
        alice.say(self.demo.rooms["tea"], "the kettle sings")
        self.demo.events["last"] = bob.say(self.demo.rooms["tea"], "coming")

    def _add(self, name: str, client: Client) -> None:
        self.clients[name] = client
        self.demo.users[name] = {
            "user_id": client.user_id,
            "token": client.token or "",
            "device_id": client.device_id,
        }

    def _users(self) -> None:
        self._add("admin", Client(self.url).register_by_secret("admin", PASSWORD, admin=True))
        for name in USERS:
            device = {"device_id": f"{name.upper()}1", "initial_device_display_name": name}
            self._add(name, Client(self.url).register(name, PASSWORD, **device))
        self._add("guest", Client(self.url).register_guest())
        second = {"device_id": "ALICE2", "initial_device_display_name": "phone"}
        self._add("alice2", Client(self.url).login("alice", PASSWORD, **second))
        refreshing = Client(self.url)
        answer = refreshing.post(
            "/login",
            {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": "bob"},
                "password": PASSWORD,
                "device_id": "BOB2",
                "refresh_token": True,
            },
        ).ok()
        refreshing.token, refreshing.user_id = answer["access_token"], answer["user_id"]
        refreshing.device_id = answer["device_id"]
        self._add("bob2", refreshing)
        self.demo.tokens["bob2_refresh"] = answer["refresh_token"]

    def _profiles_and_devices(self) -> None:
        alice = self.clients["alice"]
        alice.put(f"/profile/{q(alice.user_id)}/displayname", {"displayname": "Alice Ω"}).ok()
        alice.put(f"/profile/{q(alice.user_id)}/avatar_url", {"avatar_url": "mxc://a/b"}).ok()
        for name in ("alice", "bob"):
            client = self.clients[name]
            client.post("/keys/upload", device_keys(client)).ok()
        content = {"room": {"timeline": {"limit": 2}, "state": {"lazy_load_members": True}}}
        path = f"/user/{q(alice.user_id)}/filter"
        self.demo.filters["lazy"] = alice.post(path, content).ok()["filter_id"]
        content = {"room": {"timeline": {"types": ["m.room.message"], "limit": 1}}}
        self.demo.filters["messages"] = alice.post(path, content).ok()["filter_id"]

    def _create(self, label: str, by: str = "alice", **content: Any) -> str:
        room_id: str = self.clients[by].post("/createRoom", content).ok()["room_id"]
        self.demo.rooms[label] = room_id
        return room_id

    def _join(self, label: str, *names: str) -> None:
        for name in names:
            self.clients[name].post(f"/join/{q(self.demo.rooms[label])}").ok()

    def _room_versions(self) -> None:
        capabilities = self.clients["alice"].get("/capabilities").ok()["capabilities"]
        available = set(capabilities["m.room_versions"]["available"])
        for version in [str(number) for number in range(1, 13) if str(number) in available]:
            room = self._create(f"v{version}", preset="public_chat", room_version=version)
            self._join(f"v{version}", "bob")
            first = self.clients["bob"].say(room, f"hello version {version}")
            self.demo.events[f"v{version}"] = self.clients["alice"].say(room, "hello bob")
            self.clients["bob"].put(f"/rooms/{q(room)}/redact/{q(first)}/r1", {}).ok()

    def _special_rooms(self) -> None:
        bob, carol = self.clients["bob"].user_id, self.clients["carol"].user_id
        self._create("tea", name="Tea", topic="leaves", preset="private_chat", invite=[bob, carol])
        guests = [{"type": "m.room.guest_access", "content": {"guest_access": "can_join"}}]
        square: dict[str, Any] = {
            "name": "Town square",
            "room_alias_name": "square",
            "initial_state": guests,
        }
        self._create("public", preset="public_chat", **square)
        self._create("dm", preset="trusted_private_chat", is_direct=True, invite=[bob])
        encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        self._create("encrypted", name="Quiet", initial_state=[encryption], invite=[bob])
        space = self._create("space", name="House", creation_content={"type": "m.space"})
        alice = self.clients["alice"]
        child = f"/rooms/{q(space)}/state/m.space.child/{q(self.demo.rooms['tea'])}"
        alice.put(child, {"via": ["test.local"]}).ok()
        for visibility in ("invited", "joined", "shared", "world_readable"):
            state = {"type": "m.room.history_visibility", "content": {}}
            state["content"] = {"history_visibility": visibility}
            room = self._create(visibility, preset="public_chat", initial_state=[state])
            alice.say(room, "before anyone came")
        self._create("pending", name="Come in", invite=[bob, carol])
        self._create("left", preset="public_chat")
        self._create("forgotten", preset="public_chat")
        self._create("banned", preset="public_chat")
        self._create("kicked", preset="public_chat")
        self._create("rejected", invite=[bob])
        knock = {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}
        self._create("knock", initial_state=[knock])
        self._create("old", name="Old house", preset="public_chat")
        self._create("alone", by="dave", name="Just me")

    def _memberships(self) -> None:
        self._join("tea", "bob", "carol")
        self._join("public", "bob", "carol", "dave", "guest")
        self._join("dm", "bob")
        self._join("encrypted", "bob")
        for label in ("invited", "joined", "shared", "world_readable"):
            self._join(label, "bob")
            self.clients["alice"].say(self.demo.rooms[label], "welcome")
        for label in ("left", "forgotten", "banned", "kicked", "old"):
            self._join(label, "bob", "carol")
        rooms, bob, alice = self.demo.rooms, self.clients["bob"], self.clients["alice"]
        for label in ("left", "forgotten"):
            bob.say(rooms[label], "my last words")
            bob.post(f"/rooms/{q(rooms[label])}/leave").ok()
            alice.say(rooms[label], "he is gone")
        bob.post(f"/rooms/{q(rooms['forgotten'])}/forget").ok()
        bob.post(f"/rooms/{q(rooms['rejected'])}/leave").ok()
        content = {"user_id": bob.user_id, "reason": "noise"}
        alice.post(f"/rooms/{q(rooms['banned'])}/ban", content).ok()
        alice.post(f"/rooms/{q(rooms['kicked'])}/kick", content).ok()
        self.clients["dave"].post(f"/knock/{q(rooms['knock'])}", {"reason": "please"}).ok()
        upgraded = alice.post(f"/rooms/{q(rooms['old'])}/upgrade", {"new_version": "11"}).ok()
        rooms["new"] = upgraded["replacement_room"]

    def _conversation(self) -> None:
        alice, bob, carol = (self.clients[name] for name in ("alice", "bob", "carol"))
        tea, events = self.demo.rooms["tea"], self.demo.events
        events["first"] = alice.say(tea, "who wants tea?")
        events["answer"] = bob.say(tea, "me!", **_relation("m.in_reply_to", events["first"]))
        mention = {"m.mentions": {"user_ids": [bob.user_id]}}
        events["mention"] = alice.say(tea, "bob, sugar?", **mention)
        events["edited"] = bob.say(tea, "two spons")
        edit = {"m.new_content": {"msgtype": "m.text", "body": "two spoons"}}
        edit.update(_relates("m.replace", events["edited"]))
        events["edit"] = bob.say(tea, "* two spoons", **edit)
        events["root"] = carol.say(tea, "about the milk")
        for number in range(3):
            client = (alice, bob, carol)[number]
            label = f"thread{number}"
            events[label] = client.say(
                tea, f"milk {number}", **_relates("m.thread", events["root"])
            )
        for key, client in (("👍", alice), ("👎", bob), ("👍", carol)):
            relation = _relates("m.annotation", events["first"])
            relation["m.relates_to"]["key"] = key
            answer = client.send(tea, "m.reaction", relation)
            events[f"reaction_{client.user_id[1:].split(':')[0]}"] = answer.ok()["event_id"]
        alice.send(tea, "m.room.message", {"msgtype": "m.notice", "body": "beep"}).ok()
        alice.send(tea, "m.room.message", {"msgtype": "m.emote", "body": "pours"}).ok()
        alice.say(tea, "see https://example.org/tea", url="mxc://test.local/none")
        sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s"}
        alice.send(self.demo.rooms["encrypted"], "m.room.encrypted", sealed).ok()
        bob.say(self.demo.rooms["dm"], "psst")
        alice.put(f"/rooms/{q(tea)}/state/org.example.custom/k", {"a": [1, None, {"b": "ü"}]}).ok()

    def _redactions(self) -> None:
        alice, bob = self.clients["alice"], self.clients["bob"]
        tea, events = self.demo.rooms["tea"], self.demo.events
        events["redacted"] = bob.say(tea, "I should not say this")
        target = f"/rooms/{q(tea)}/redact/{q(events['redacted'])}/red1"
        events["redaction"] = alice.put(target, {"reason": "rude"}).ok()["event_id"]
        target = f"/rooms/{q(tea)}/redact/{q(events['reaction_bob'])}/red2"
        bob.put(target, {}).ok()

    def _receipts(self) -> None:
        alice, bob, carol = (self.clients[name] for name in ("alice", "bob", "carol"))
        tea, events = self.demo.rooms["tea"], self.demo.events
        receipt = f"/rooms/{q(tea)}/receipt"
        bob.post(f"{receipt}/m.read/{q(events['edited'])}").ok()
        carol.post(f"{receipt}/m.read.private/{q(events['mention'])}").ok()
        thread = {"thread_id": events["root"]}
        bob.post(f"{receipt}/m.read/{q(events['thread1'])}", thread).ok()
        alice.post(f"{receipt}/m.read/{q(events['root'])}", {"thread_id": "main"}).ok()
        markers = {"m.fully_read": events["first"], "m.read": events["answer"]}
        alice.post(f"/rooms/{q(tea)}/read_markers", markers).ok()

    def _account_data(self) -> None:
        alice, bob = self.clients["alice"], self.clients["bob"]
        mine = f"/user/{q(alice.user_id)}"
        tea = q(self.demo.rooms["tea"])
        alice.put(f"{mine}/account_data/org.example.theme", {"dark": True, "ratio": 1.5}).ok()
        alice.put(f"{mine}/account_data/m.direct", {bob.user_id: [self.demo.rooms["dm"]]}).ok()
        alice.put(f"{mine}/rooms/{tea}/account_data/org.example.note", {"text": "strong"}).ok()
        alice.put(f"{mine}/rooms/{tea}/tags/m.favourite", {"order": 0.25}).ok()
        ignored: dict[str, Any] = {"ignored_users": {self.clients["erin"].user_id: {}}}
        alice.put(f"{mine}/account_data/m.ignored_user_list", ignored).ok()

    def _push_rules(self) -> None:
        alice, bob = self.clients["alice"], self.clients["bob"]
        rule: dict[str, Any] = {"pattern": "kettle", "actions": ["notify", {"set_tweak": "sound"}]}
        rule["actions"][1]["value"] = "default"
        bob.put("/pushrules/global/content/org.example.kettle", rule).ok()
        square = q(self.demo.rooms["public"])
        bob.put(f"/pushrules/global/room/{square}", {"actions": ["dont_notify"]}).ok()
        off = "/pushrules/global/underride/.m.rule.encrypted/enabled"
        bob.put(off, {"enabled": False}).ok()
        condition = {"kind": "room_member_count", "is": ">2"}
        rule = {"conditions": [condition], "actions": ["notify"]}
        alice.put("/pushrules/global/override/org.example.crowd", rule).ok()
        alice.put("/pushrules/global/override/org.example.crowd/enabled", {"enabled": False}).ok()
        actions = {"actions": ["dont_notify"]}
        alice.put("/pushrules/global/underride/.m.rule.message/actions", actions).ok()

    def _media(self) -> None:
        answer = self.clients["alice"].request(
            "POST", "/_matrix/media/v3/upload", body=PNG,
            params={"filename": "pixel.png"}, headers={"Content-Type": "image/png"},
        )  # fmt: skip
        self.demo.media["pixel"] = answer.ok()["content_uri"]

    def _bulk_rooms(self) -> None:
        for number in range(self.size.rooms):
            room = self._create(f"bulk{number}", name=f"Room {number}", preset="public_chat")
            self._join(f"bulk{number}", "bob")
            for message in range(self.size.messages):
                self.clients["bob"].say(room, f"message {message} of room {number}")


def _relation(kind: str, event_id: str) -> dict[str, Any]:
    return {"m.relates_to": {kind: {"event_id": event_id}}}


def _relates(kind: str, event_id: str) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": kind, "event_id": event_id}}


def device_keys(client: Client) -> dict[str, Any]:
    """Keys of the right form; nobody in the demo world decrypts anything."""
    device = client.device_id
    key = "Wm5LbWRCcGR3WnBmYnhkYWJjZGVmZ2hpamtsbW5vcHE"
    signatures = {client.user_id: {f"ed25519:{device}": key + key}}
    device_keys = {
        "user_id": client.user_id,
        "device_id": device,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {f"curve25519:{device}": key, f"ed25519:{device}": key},
        "signatures": signatures,
    }
    signed = {"key": key, "signatures": signatures}
    one_time = {f"signed_curve25519:AAAA{letter}": signed for letter in "ABC"}
    fallback = {"signed_curve25519:FFFF": {**signed, "fallback": True}}
    return {"device_keys": device_keys, "one_time_keys": one_time, "fallback_keys": fallback}
