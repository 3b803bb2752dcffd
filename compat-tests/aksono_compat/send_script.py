# SPDX-License-Identifier: Apache-2.0
"""Sends of the odder kinds: numbers, redactions, transactions, marked users, relations, sizes."""

import json
from typing import Any

from .client import Answer, Client, q
from .pair import Twin
from .postgres import Cluster
from .world import wait_for_push_rotation

TEXT: dict[str, Any] = {"msgtype": "m.text", "body": "x"}
# Room versions 1 to 5 take any number; each is sent as it stands here.
NUMBERS = (
    *("0", "-0", "1", "-1", "0.0", "-0.0", "1.0", "1.5", "100.0", "1e0", "1E+2", "1e5", "0.1"),
    *("1e15", "1e16", "1e17", "9999999999999998.0", "1234567890123456.0", "123456789012345678.0"),
    *("1e21", "1e22", "1e23", "-1e15", "5e15", "2.5e15", "1e-4", "1e-5", "0.00012", "0.000012"),
    *("5e-324", "1.7976931348623157e308", "2.2250738585072014e-308", "1e-400", "4.35", "0.3"),
    *("3.14159265358979312", "9007199254740993.0", "5e-7", "123456.789e3", "1e300", "2e-10"),
    *("9.5367431640625e-7", "8.41e21", "2.0919495182368195e19", "1.1e-44", "9007199254740991"),
    *("9007199254740992", "-9007199254740993", "9223372036854775807", "-9223372036854775808"),
)
# What 64 bits, or a double, do not hold.
BEYOND = ("9223372036854775808", "18446744073709551616", "-9223372036854775809", "1E400", "-1e999")
NUMBER_ROOMS = ("v1", "v3", "v4", "v5", "v6", "v12")
# dave is in the room that they all write into; erin is in none.
MARKS = {
    "frank": "shadow_banned",
    "dave": "suspended",
    "erin": "suspended",
    "admin": "locked",
}
NO_DEVICE_TOKEN = "syt_Ym9i_ABCDEFGHIJKLMNOPQRST_0aaaaa"


def mark_users(cluster: Cluster, database: str) -> None:
    """Marks users; bob gets a session without a device. Before the start."""
    with cluster.session(database) as cursor:
        for name, column in MARKS.items():
            user = f"@{name}:test.local"
            cursor.execute(f"UPDATE users SET {column} = true WHERE name = %s", (user,))
        cursor.execute(
            "INSERT INTO access_tokens (id, user_id, token)"
            " SELECT max(id) + 1, '@bob:test.local', %s FROM access_tokens",
            (NO_DEVICE_TOKEN,),
        )


class SendScript:
    """Sends everything to one server, keeps every answer under the name of its step."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.demo = twin.world.demo
        self.answers: dict[str, Answer] = {}
        self.alice, self.bob, self.carol = map(twin.client, ("alice", "bob", "carol"))

    def run(self) -> None:
        for part in (
            *(self._await_rotation, self._redactions, self._relations, self._numbers, self._push),
            *(self._marked_users, self._sizes, self._types, self._kinds, self._transactions),
        ):
            part()

    def _await_rotation(self) -> None:
        """What is redacted must be so before it is counted, which happens every 30 s."""
        self._send("for the rotation", self.bob, "dm", TEXT)
        wait_for_push_rotation(self.twin.cluster, self.twin.database)

    def run_after_restart(self) -> None:
        self._again("restarted")

    def _keep(self, step: str, answer: Answer) -> str:
        """The event id of an answer, or a placeholder."""
        assert step not in self.answers, step
        self.answers[step] = answer
        body = answer.json if isinstance(answer.json, dict) else {}
        return str(body.get("event_id", "$none"))

    def _send(
        self, step: str, client: Client, room: str, content: Any, kind: str = "m.room.message"
    ) -> str:
        answer = client.send(self.demo.rooms.get(room, room), kind, content, step)
        return self._keep(step, answer)

    def _redact(self, step: str, client: Client, room: str, event: str, **content: Any) -> str:
        path = f"/rooms/{q(self.demo.rooms[room])}/redact/{q(event)}/{q(step)}"
        return self._keep(step, client.put(path, content))

    def _numbers(self) -> None:
        for room in NUMBER_ROOMS:
            for number in (*NUMBERS, *BEYOND):
                step = f"number {room} {number}"
                path = f"/rooms/{q(self.demo.rooms[room])}/send/org.example.number/{q(step)}"
                body = f'{{"number": {number}, "body": "{number}"}}'.encode()
                self._keep(step, self.bob.request("PUT", path, body=body))

    def _redactions(self) -> None:
        for room in ("v1", "v2", "v3", "v9", "v10", "v11", "v12"):
            said = self._send(f"{room} to redact", self.bob, room, {**TEXT, "body": "alice"})
            first = self._redact(f"{room} redaction", self.bob, room, said, reason="r")
            second = self._redact(f"{room} of the redaction", self.bob, room, first)
            self._redact(f"{room} of that one", self.alice, room, second)
            self._redact(f"{room} of the redacted", self.alice, room, said)
            state = self._state(room)
            for kind in ("m.room.create", "m.room.join_rules", "m.room.power_levels"):
                self._redact(f"{room} of {kind} by bob", self.bob, room, state[kind])
                self._redact(f"{room} of {kind}", self.alice, room, state[kind])
            self._redact(f"{room} of a member", self.alice, room, state["@bob:test.local"])
            mine = self._send(f"{room} in content", self.bob, room, TEXT)
            content: dict[str, Any] = {"redacts": mine, "reason": "in content"}
            self._send(f"{room} redacts in content", self.bob, room, content, "m.room.redaction")
            other = self._send(f"{room} the same twice", self.bob, room, TEXT)
            self._redact(f"{room} redacts is the same", self.bob, room, other, redacts=other)
            values: tuple[Any, ...] = (None, 5, [], "", "$none")
            for value in values:
                step = f"{room} redacts in content {value}"
                self._send(step, self.bob, room, {"redacts": value}, "m.room.redaction")
            for reason in (None, 5, {"a": 1}):
                self._redact(f"{room} reason {reason}", self.alice, room, mine, reason=reason)

    def _state(self, room: str) -> dict[str, str]:
        """Event ids by type; of members by state key."""
        path = f"/rooms/{q(self.demo.rooms[room])}/state"
        events = self.alice.get(path).ok()
        named = {event["type"]: event["event_id"] for event in events}
        return named | {event["state_key"]: event["event_id"] for event in events}

    def _transactions(self) -> None:
        self._again("first")
        # Sessions without a device are told apart in memory alone.
        deviceless = Client(self.twin.url, NO_DEVICE_TOKEN)
        for number in range(2):
            answer = deviceless.send(self.demo.rooms["tea"], "m.room.message", TEXT, "no device")
            self._keep(f"txn no device {number}", answer)

    def _again(self, when: str) -> None:
        """The same transaction id by everybody and everywhere."""
        alice2 = self.twin.client("alice2")
        for name, client in (("alice", self.alice), ("alice2", alice2), ("bob", self.bob)):
            for room in ("tea", "dm"):
                path = self.demo.rooms[room]
                for kind in ("m.room.message", "m.room.encrypted"):
                    answer = client.send(path, kind, {**TEXT, "body": when}, "the one")
                    self._keep(f"txn {when} {name} {room} {kind}", answer)
        event = self.demo.events["last"]
        path = f"/rooms/{q(self.demo.rooms['tea'])}/redact/{q(event)}/the%20one"
        self._keep(f"txn {when} redact", self.bob.put(path, {}))
        path = f"/rooms/{q(self.demo.rooms['tea'])}/redact/{q(event)}/another"
        self._keep(f"txn {when} redact another", self.bob.put(path, {}))

    def _marked_users(self) -> None:
        public = self.demo.rooms["public"]
        for name in MARKS:
            client = self.twin.client(name)
            self._send(f"{name} sends", client, "public", TEXT)
            if name == "frank":
                continue  # is kept waiting for seconds each time
            self._send(f"{name} reacts", client, "public", {}, "m.reaction")
            self._send(f"{name} sends nothing", client, "public", {})
            self._redact(f"{name} redacts", client, "public", self.demo.events["last"])
            self._redact(f"{name} redacts nothing", client, "public", "$nothing")
            redacts = {"redacts": self.demo.events["last"]}
            self._send(f"{name} redacts in content", client, "public", redacts, "m.room.redaction")
            self._send(f"{name} redacts by send", client, "public", {}, "m.room.redaction")
            self._send(f"{name} sends to nowhere", client, "!nowhere:test.local", TEXT)
            typing = f"/rooms/{q(public)}/typing/{q(client.user_id)}"
            self._keep(f"{name} types", client.put(typing, {"typing": True}))

    def _relations(self) -> None:
        target = self._send("target", self.alice, "tea", TEXT)
        new = {"m.new_content": {**TEXT, "body": "y"}}
        edit: dict[str, Any] = {"rel_type": "m.replace", "event_id": target}
        edited = self._send("edit", self.alice, "tea", {**TEXT, **new, "m.relates_to": edit})
        again = {"rel_type": "m.replace", "event_id": edited}
        self._send("edit of an edit", self.alice, "tea", {**TEXT, **new, "m.relates_to": again})
        thread = {"rel_type": "m.thread", "event_id": edited}
        self._send("thread on an edit", self.bob, "tea", {**TEXT, "m.relates_to": thread})
        key = {"rel_type": "m.annotation", "event_id": edited, "key": "👍"}
        reaction = self._send("reaction to edit", self.bob, "tea", _about(key), "m.reaction")
        self._send("reaction twice", self.bob, "tea", _about(key), "m.reaction")
        self._send("reaction by another", self.carol, "tea", _about(key), "m.reaction")
        self._send("annotating message", self.bob, "tea", {**TEXT, **_about(key)})
        self._redact("reaction taken back", self.bob, "tea", reaction)
        self._send("reaction once more", self.bob, "tea", _about(key), "m.reaction")
        for kind in ("m.annotation", "m.replace", "m.reference", "m.thread", "org.example.kind"):
            relation = {"rel_type": kind, "event_id": reaction, "key": "k"}
            self._send(f"{kind} on a reaction", self.carol, "tea", {**TEXT, **_about(relation)})
        root = self._send("root", self.alice, "tea", {**TEXT, "body": "root"})
        in_thread: dict[str, Any] = {"rel_type": "m.thread", "event_id": root}
        first = self._send("reply.1", self.bob, "tea", {**TEXT, **_about(in_thread)})
        fallback = in_thread | {"is_falling_back": True, "m.in_reply_to": {"event_id": first}}
        second = self._send("reply.2", self.carol, "tea", {**TEXT, **_about(fallback)})
        real = in_thread | {"is_falling_back": False, "m.in_reply_to": {"event_id": second}}
        self._send("reply.3", self.alice, "tea", {**TEXT, "body": "bob", **_about(real)})
        changed = {"rel_type": "m.replace", "event_id": first}
        self._send("edit in thread", self.bob, "tea", {**TEXT, **new, **_about(changed)})
        liked = {"rel_type": "m.annotation", "event_id": first, "key": "+"}
        self._send("reaction in thread", self.alice, "tea", _about(liked), "m.reaction")
        to_root = {"rel_type": "m.replace", "event_id": root}
        self._send("edit of the root", self.alice, "tea", {**TEXT, **new, **_about(to_root)})
        self._redact("redact the edit of the root", self.alice, "tea", self.demo.events["edit"])
        self._redact("redact in thread", self.bob, "tea", first)
        self._redact("redact the root", self.alice, "tea", root)
        self._send("reply to redacted root", self.bob, "tea", {**TEXT, **_about(in_thread)})
        related: tuple[Any, ...] = (
            *({"rel_type": "m.thread"}, {"event_id": root}, {"rel_type": "", "event_id": root}),
            *({"rel_type": "m.thread", "event_id": ""}, {"rel_type": "x" * 300, "event_id": root}),
            {"rel_type": "m.annotation", "event_id": root, "key": "é" * 500},
            {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": 5},
        )
        for number, relation in enumerate(related):
            self._send(f"odd relation {number}", self.bob, "tea", {**TEXT, **_about(relation)})
        sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "A", "session_id": "s"}
        start = self._send("sealed", self.alice, "encrypted", sealed, "m.room.encrypted")
        for kind in ("m.thread", "m.replace", "m.reference"):
            relation = {"rel_type": kind, "event_id": start}
            content = {**sealed, **_about(relation)}
            self._send(f"sealed {kind}", self.bob, "encrypted", content, "m.room.encrypted")

    def _push(self) -> None:
        everyone = [f"@{name}:test.local" for name in ("alice", "bob", "carol")]
        said = {**TEXT, "body": "nothing"}
        for number, users in enumerate((everyone, everyone[1:2], [], ["@none:x"], [everyone[0]])):
            mentions = {"m.mentions": {"user_ids": users}}
            self._send(f"mentions {number}", self.alice, "tea", {**said, **mentions})
        for room, client in (("tea", self.alice), ("tea", self.bob), ("public", self.carol)):
            name = f"{client.user_id} in {room}"
            whole = {"m.mentions": {"room": True}}
            self._send(f"@room by {name}", client, room, {**TEXT, "body": "@room"})
            self._send(f"room by {name}", client, room, {**said, **whole})
            both = {"m.mentions": {"room": True, "user_ids": everyone}}
            self._send(f"both by {name}", client, room, {**said, **both})
        for body in ("bob", "BOB!", "bobby", "Alice Ω", "alice ω", "kettles", "kettle", "@bob:x"):
            self._send(f"body {body}", self.carol, "tea", {**TEXT, "body": body})
            self._send(f"notice {body}", self.carol, "tea", {"msgtype": "m.notice", "body": body})
            html = {**TEXT, "formatted_body": body, "format": "org.matrix.custom.html"}
            self._send(f"html {body}", self.carol, "tea", html)
        edit = {"rel_type": "m.replace", "event_id": self.demo.events["first"]}
        new = {"m.new_content": {**TEXT, "body": "bob", "m.mentions": {"user_ids": everyone}}}
        self._send("edit that mentions", self.alice, "tea", {**said, **new, **_about(edit)})
        mentioned = {"m.mentions": {"user_ids": everyone}}
        self._send("edit mentions", self.alice, "tea", {**said, **mentioned, **_about(edit)})
        for kind in (
            "m.call.invite",
            "m.poll.start",
            "org.matrix.msc3381.poll.start",
            "m.reaction",
        ):
            self._send(f"push of {kind}", self.alice, "dm", {"call_id": "1", "a": 1}, kind)
            self._send(f"push of {kind} to many", self.alice, "tea", {"call_id": "1"}, kind)
        poll = {"rel_type": "m.reference", "event_id": self.demo.events["first"]}
        self._send("poll response", self.bob, "tea", _about(poll), "m.poll.response")
        self._send("poll end", self.bob, "tea", _about(poll), "m.poll.end")

    def _sizes(self) -> None:
        for length in (64_800, 65_000, 65_100, 65_200, 65_536):
            for room in ("v1", "v3", "v12"):
                content = {**TEXT, "body": "x" * length}
                self._send(f"size {room} {length}", self.bob, room, content)
        self._send("size of many words", self.bob, "tea", {**TEXT, "body": "é à " * 9_000})
        self._send("size of words", self.bob, "tea", {**TEXT, "body": "".join(_words(8_000))})
        self._send("size of one word", self.bob, "tea", {**TEXT, "body": "w" * 3_000})
        self._send("many keys", self.bob, "tea", {f"k{n}": n for n in range(3_000)})

    def _types(self) -> None:
        kinds = (
            *("é" * 127, "é" * 128, "😀" * 63, "😀" * 64, "x" * 255, "x" * 256, " ", "a b", "a/b"),
            *("%", "\t", "\\", '"', "'", "ß\u0301", "\u202e", "\ufeff", "\uffff", "m.room.mess%61"),
        )
        for kind in kinds:
            self._send(f"type {kind!r}", self.alice, "tea", {"a": 1}, kind)
        for txn in ("é", "a b", "a/b", "x" * 255, "x" * 3_000, " ", "\n"):
            answer = self.alice.send(self.demo.rooms["tea"], "m.room.message", TEXT, txn)
            self._keep(f"txn id {txn[:9]!r} of {len(txn)}", answer)

    def _kinds(self) -> None:
        for value in (1, 2**62, -5, 0, "5", 1.5, None, True):
            content = {**TEXT, "org.matrix.self_destruct_after": value}
            self._send(f"destructs after {value}", self.bob, "v3", content)
        content = {**TEXT, "m.self_destruct_after": 4_000_000_000_000}
        self._send("destructs", self.bob, "tea", content)
        labels: tuple[Any, ...] = (
            *(["b", "a", "b"], [None], ["c", {}], [""], {}, ["é" * 300], ["f", "g"], [], None),
        )
        for number, label in enumerate(labels):
            self._send(f"labels {number}", self.bob, "tea", {**TEXT, "org.matrix.labels": label})
        for url in ("mxc://a/b", "", 5, None, {"a": 1}):
            self._send(f"url {url}", self.bob, "tea", {**TEXT, "url": url})
        for body in (
            "\u0000",
            "a\u0000b",
            "don't <b>&amp;</b>",
            "1.5e3 a-b_c a@b.c /x/y",
            "日本語",
        ):
            self._send(f"body {body!r}", self.bob, "tea", {**TEXT, "body": body})
        for key in ("\u0000", "é", "", "a.b", "\\", "\u007f", "\u2028"):
            self._send(f"key {key!r}", self.bob, "tea", {**TEXT, key: key})
        sticky = f"/rooms/{q(self.demo.rooms['tea'])}/send/m.room.message/sticky"
        for name in ("org.matrix.msc4354.sticky_duration_ms", "sticky_duration_ms"):
            answer = self.bob.put(f"{sticky}{name}?{name}=60000", {**TEXT, "body": name})
            self._keep(f"sticky {name}", answer)
        ts = f"/rooms/{q(self.demo.rooms['tea'])}/send/m.room.message/ts?ts=1000"
        self._keep("with ts", self.bob.put(ts, TEXT))
        delay = f"/rooms/{q(self.demo.rooms['tea'])}/send/m.room.message/delayed"
        for when in ("5000000", "0", "-1", "x"):
            later = f"{delay}{when}?org.matrix.msc4140.delay={when}"
            self._keep(f"delayed {when}", self.bob.put(later, TEXT))


def _about(relation: Any) -> dict[str, Any]:
    return {"m.relates_to": relation}


def _words(count: int) -> list[str]:
    return [f"{number:x} " for number in range(count)]


def numbers_as_written(cluster: Cluster, database: str) -> dict[str, str]:
    """How `number` of each number event stands in event_json, by room and what was sent."""
    with cluster.session(database) as cursor:
        cursor.execute(
            "SELECT room_id, json FROM event_json JOIN events USING (event_id, room_id)"
            " WHERE type = 'org.example.number' ORDER BY stream_ordering"
        )
        found = {}
        for room, text in cursor.fetchall():
            body = json.loads(text)["content"]["body"]
            found[f"{room} {body}"] = text.split('"number":')[1].strip().split(",")[0].split("}")[0]
        return found
