# SPDX-License-Identifier: Apache-2.0
"""The scripted writes: the same requests for any server that stands on a clone of the world."""

from typing import Any

from .client import Answer, Client, q
from .demo import PASSWORD
from .pair import Twin


class WriteScript:
    """Sends everything, keeps every answer under the name of its step, never stops half-way."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.demo = twin.world.demo
        self.answers: dict[str, Answer] = {}
        self.alice, self.bob, self.carol = map(twin.client, ("alice", "bob", "carol"))

    def run(self) -> dict[str, Answer]:
        self._messages()
        self._relations()
        self._push()
        self._every_version()
        self._transactions()
        self._redactions()
        self._receipts()
        self._typing()
        self._filters()
        self._accounts()
        return self.answers

    def _keep(self, step: str, answer: Answer) -> Any:
        assert step not in self.answers, step
        self.answers[step] = answer
        return answer.json if isinstance(answer.json, dict) else {}

    def _send(
        self, step: str, client: Client, room: str, content: Any, kind: str = "m.room.message"
    ) -> str:
        """Sends with the step as transaction id; the event id, or a placeholder after an error."""
        answer = client.send(self.demo.rooms.get(room, room), kind, content, step)
        return str(self._keep(step, answer).get("event_id", "$none"))

    def _messages(self) -> None:
        say = {"msgtype": "m.text", "body": "a plain message"}
        self._send("text", self.alice, "tea", say)
        self._send("notice", self.bob, "tea", {"msgtype": "m.notice", "body": "a notice"})
        self._send("emote", self.carol, "tea", {"msgtype": "m.emote", "body": "waves"})
        self._send("url", self.alice, "tea", {**say, "body": "https://example.org/a?b=c#d"})
        self._send("image", self.bob, "tea", _image(self.demo.media["pixel"]))
        html = {**say, "format": "org.matrix.custom.html", "formatted_body": "<b>a</b>"}
        self._send("html", self.carol, "tea", html)
        odd = {**say, "body": "Ünïcödé 👩‍👩‍👧 \u202e \t\n\"'\\ don't can't 1.5 a@b.org"}
        self._send("unicode", self.alice, "tea", odd)
        self._send("long", self.alice, "tea", {**say, "body": "word " * 2000})
        self._send("empty content", self.bob, "tea", {})
        self._send("no body", self.bob, "tea", {"msgtype": "m.text"})
        self._send("body is a number", self.bob, "tea", {"msgtype": "m.text", "body": 7})
        self._send("deep", self.bob, "tea", {**say, "x": {"y": [{"z": [None, True, -1]}]}})
        self._send("big number", self.bob, "tea", {**say, "n": 2**53 - 1})
        self._send("custom type", self.carol, "tea", {"a": 1}, "org.example.custom")
        sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgB", "session_id": "s"}
        self._send("encrypted", self.bob, "encrypted", sealed, "m.room.encrypted")
        self._send("in a dm", self.alice, "dm", {**say, "body": "only us two"})
        self._send("in an unencrypted public room", self.carol, "public", say)
        self._send("by a guest", self.twin.client("guest"), "public", say)
        self._send("sticker", self.alice, "tea", {"body": "x", "url": "mxc://a/b"}, "m.sticker")
        self._send("by a stranger", self.twin.client("erin"), "tea", say)
        self._send("in a left room", self.bob, "left", say)
        self._send("when invited", self.bob, "pending", say)
        self._send("when banned", self.bob, "banned", say)
        self._send("in no room", self.alice, "!nowhere:test.local", say)

    def _relations(self) -> None:
        events = self.demo.events
        text = {"msgtype": "m.text", "body": "related"}
        root = self._send("root", self.alice, "tea", {**text, "body": "a root"})
        thread = {"rel_type": "m.thread", "event_id": root}
        first = self._send("thread.1", self.bob, "tea", {**text, "m.relates_to": thread})
        fallback = {**thread, "is_falling_back": True, "m.in_reply_to": {"event_id": first}}
        self._send("thread.2", self.carol, "tea", {**text, "m.relates_to": fallback})
        old = {"rel_type": "m.thread", "event_id": events["root"]}
        self._send("thread.old", self.alice, "tea", {**text, "m.relates_to": old})
        reply = {"m.in_reply_to": {"event_id": root}}
        self._send("reply", self.bob, "tea", {**text, "m.relates_to": reply})
        target = self._send("to edit", self.alice, "tea", {**text, "body": "tpyo"})
        edit = {"rel_type": "m.replace", "event_id": target}
        new = {"m.new_content": {**text, "body": "typo"}, "m.relates_to": edit}
        self._send("edit", self.alice, "tea", {**text, "body": "* typo", **new})
        self._send("edit of another's", self.bob, "tea", {**text, "body": "* typo", **new})
        for step, client, key in (
            ("reaction", self.bob, "👍"),
            ("reaction.other", self.carol, "🎉"),
            ("reaction.again", self.bob, "👍"),
            ("reaction.long", self.bob, "x" * 300),
        ):
            relation = {"rel_type": "m.annotation", "event_id": target, "key": key}
            self._send(step, client, "tea", {"m.relates_to": relation}, "m.reaction")
        reference = {"rel_type": "m.reference", "event_id": target}
        self._send("reference", self.alice, "tea", {**text, "m.relates_to": reference})
        nowhere = {"rel_type": "m.thread", "event_id": "$" + "A" * 43}
        self._send("thread of nothing", self.alice, "tea", {**text, "m.relates_to": nowhere})
        nested = {"rel_type": "m.thread", "event_id": first}
        self._send("thread in thread", self.alice, "tea", {**text, "m.relates_to": nested})

    def _push(self) -> None:
        text = {"msgtype": "m.text", "body": "hello"}
        self._send("keyword", self.alice, "tea", {**text, "body": "put the KETTLE on"})
        self._send("user name", self.alice, "tea", {**text, "body": "Bob: are you there"})
        mention = {"m.mentions": {"user_ids": [self.bob.user_id]}}
        self._send("mention", self.alice, "tea", {**text, **mention})
        self._send("mention of a room", self.alice, "tea", {**text, "m.mentions": {"room": True}})
        self._send(
            "room without right", self.carol, "public", {**text, "m.mentions": {"room": True}}
        )
        self._send("@room", self.alice, "tea", {**text, "body": "@room come"})
        self._send("muted room", self.alice, "public", {**text, "body": "bob?"})
        self._send("two members", self.bob, "dm", {**text, "body": "hi"})
        encrypted = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgC"}
        self._send("encrypted.push", self.alice, "encrypted", encrypted, "m.room.encrypted")

    def _every_version(self) -> None:
        for number in range(1, 13):
            room = f"v{number}"
            if room not in self.demo.rooms:
                continue
            said = {"msgtype": "m.text", "body": f"into version {number}"}
            event_id = self._send(f"{room} send", self.alice, room, said)
            self._send(f"{room} answer", self.bob, room, said)
            self._redact(f"{room} redact", self.alice, room, event_id)
            self._send(f"{room} aliases", self.bob, room, {"a": 1}, "org.example.event")

    def _transactions(self) -> None:
        first = {"msgtype": "m.text", "body": "once only"}
        self._keep("txn.1", self.alice.send(self.demo.rooms["tea"], "m.room.message", first, "tx"))
        again = {"msgtype": "m.text", "body": "not this one"}
        self._keep("txn.2", self.alice.send(self.demo.rooms["tea"], "m.room.message", again, "tx"))
        other = self.twin.client("alice2")
        self._keep("txn.3", other.send(self.demo.rooms["tea"], "m.room.message", first, "tx"))
        self._keep("txn.4", self.alice.send(self.demo.rooms["dm"], "m.room.message", first, "tx"))

    def _redact(self, step: str, client: Client, room: str, event_id: str, **content: Any) -> None:
        path = f"/rooms/{q(self.demo.rooms[room])}/redact/{q(event_id)}/{q(step)}"
        self._keep(step, client.put(path, content))

    def _redactions(self) -> None:
        events = self.demo.events
        said = {"msgtype": "m.text", "body": "to be taken back"}
        mine = self._send("to redact", self.bob, "tea", said)
        self._redact("redact own", self.bob, "tea", mine, reason="sorry")
        self._redact("redact again", self.bob, "tea", mine)
        others = self._send("to moderate", self.carol, "tea", {**said, "body": "bob, kettle"})
        self._redact("redact refused", self.bob, "tea", others)
        self._redact("redact as moderator", self.alice, "tea", others, reason="no")
        self._redact("redact reaction", self.carol, "tea", events["reaction_carol"])
        self._redact("redact thread event", self.bob, "tea", events["thread1"])
        self._redact("redact last of thread", self.carol, "tea", events["thread2"])
        self._redact("redact thread root", self.carol, "tea", events["root"])
        self._redact("redact edit", self.bob, "tea", events["edit"])
        self._redact("redact edited", self.bob, "tea", events["edited"])
        self._redact("redact mention", self.alice, "tea", events["mention"])
        self._redact("redact redaction", self.alice, "tea", events["redaction"])
        for kind in ("m.reference", "org.example.relation"):
            relation = {"rel_type": kind, "event_id": events["first"]}
            related = {**said, "m.relates_to": relation}
            event_id = self._send(f"related by {kind}", self.bob, "tea", related)
            self._redact(f"redact {kind}", self.bob, "tea", event_id)
        self._redact("redact of another room", self.alice, "tea", events["v12"])
        self._redact("redact of nothing", self.alice, "tea", "$" + "B" * 43)
        content = {"redacts": events["answer"], "reason": "by send"}
        self._send("redact by send", self.bob, "tea", content, "m.room.redaction")

    def _receipts(self) -> None:
        events, tea = self.demo.events, q(self.demo.rooms["tea"])
        receipt = f"/rooms/{tea}/receipt"
        last, thread = q(events["last"]), {"thread_id": events["root"]}
        in_thread = q(events["thread0"])
        post = self.bob.post
        self._keep("receipt", post(f"{receipt}/m.read/{last}"))
        self._keep("receipt.same", post(f"{receipt}/m.read/{last}"))
        self._keep("receipt.older", post(f"{receipt}/m.read/{q(events['first'])}"))
        self._keep("receipt.thread", post(f"{receipt}/m.read/{in_thread}", thread))
        self._keep("receipt.main", post(f"{receipt}/m.read/{last}", {"thread_id": "main"}))
        private = f"{receipt}/m.read.private/{last}"
        self._keep("receipt.private", self.carol.post(private))
        self._keep("receipt.private.thread", self.carol.post(private, {"thread_id": "main"}))
        marker = self.alice.post(f"{receipt}/m.fully_read/{last}")
        self._keep("receipt.fully_read", marker)
        self._keep("receipt.unknown type", post(f"{receipt}/org.example/{last}"))
        self._keep("receipt.bad thread", post(f"{receipt}/m.read/{last}", {"thread_id": ""}))
        self._keep("receipt.thread is 1", post(f"{receipt}/m.read/{last}", {"thread_id": 1}))
        self._keep("receipt.other thread", post(f"{receipt}/m.read/{last}", thread))
        nothing = f"{receipt}/m.read/{q('$' + 'C' * 43)}"
        self._keep("receipt.no such event", post(nothing))
        stranger = self.twin.client("erin")
        self._keep("receipt.stranger", stranger.post(f"{receipt}/m.read/{last}"))

    def _typing(self) -> None:
        path = f"/rooms/{q(self.demo.rooms['tea'])}/typing"
        mine, other = f"{path}/{q(self.bob.user_id)}", f"{path}/{q(self.alice.user_id)}"
        self._keep("typing", self.bob.put(mine, {"typing": True, "timeout": 30000}))
        self._keep("typing.off", self.bob.put(mine, {"typing": False}))
        self._keep("typing.other", self.bob.put(other, {"typing": True}))
        self._keep("typing.empty", self.bob.put(mine, {}))
        outside = f"/rooms/{q(self.demo.rooms['alone'])}/typing/{q(self.bob.user_id)}"
        self._keep("typing.outside", self.bob.put(outside, {"typing": True}))

    def _filters(self) -> None:
        path = f"/user/{q(self.bob.user_id)}/filter"
        content = {"room": {"timeline": {"limit": 3}}, "event_fields": ["content.body"]}
        self._keep("filter", self.bob.post(path, content))
        self._keep("filter.same", self.bob.post(path, content))
        self._keep("filter.bad", self.bob.post(path, {"room": {"timeline": {"limit": "x"}}}))
        self._keep("filter.other", self.carol.post(path, content))

    def _accounts(self) -> None:
        nobody = self.twin.client()
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": "carol"},
            "password": PASSWORD,
        }
        named = {**login, "device_id": "CAROL9", "initial_device_display_name": "tablet"}
        first = self._keep("login.named", nobody.post("/login", named))
        self._keep("login.again", nobody.post("/login", named))
        second = self._keep("login.new device", nobody.post("/login", login))
        self._keep("login.wrong", nobody.post("/login", {**login, "password": "x"}))
        refreshing = {**login, "device_id": "CAROL8", "refresh_token": True}
        third = self._keep("login.refresh", nobody.post("/login", refreshing))
        refresh = {"refresh_token": third.get("refresh_token", "none")}
        self._keep("refresh", nobody.post("/refresh", refresh))
        self._keep("refresh.bad", nobody.post("/refresh", {"refresh_token": "syr_no"}))
        old = {"refresh_token": self.demo.tokens["bob2_refresh"]}
        newer = self._keep("refresh.old", nobody.post("/refresh", old))
        bob = Client(self.twin.url, newer.get("access_token", "none"))
        self._keep("refresh.use", bob.get("/account/whoami"))
        carol = Client(self.twin.url, first.get("access_token", "none"))
        self._keep("logout.replaced token", carol.post("/logout"))
        carol = Client(self.twin.url, second.get("access_token", "none"))
        self._keep("logout", carol.post("/logout"))
        self._keep("logout.all", self.twin.client("dave").post("/logout/all"))
        self._registrations(nobody)

    def _registrations(self, nobody: Client) -> None:
        new = {"username": "grace", "password": PASSWORD}
        self._keep("register.challenge", nobody.post("/register", new))
        device = {"device_id": "GRACE1", "initial_device_display_name": "grace's"}
        done = {**new, **device, "auth": {"type": "m.login.dummy"}}
        self._keep("register", nobody.post("/register", done))
        self._keep("register.taken", nobody.post("/register", done))
        bad = {**done, "username": "Not Allowed!"}
        self._keep("register.bad name", nobody.post("/register", bad))
        quiet = {**done, "username": "heidi", "inhibit_login": True}
        self._keep("register.inhibit", nobody.post("/register", quiet))


def _image(uri: str) -> dict[str, Any]:
    info = {"mimetype": "image/png", "w": 1, "h": 1, "size": 67}
    return {"msgtype": "m.image", "body": "pixel.png", "url": uri, "info": info}
