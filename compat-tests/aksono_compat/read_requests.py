# SPDX-License-Identifier: Apache-2.0
"""Read requests as data, in groups: who asks what with which parameters."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .client import q
from .demo import Demo

# Who looks at which rooms: joined, invited, left, banned, knocking, never there.
VIEWS = [
    *[("alice", room) for room in ("tea", "public", "dm", "encrypted", "space", "old", "new")],
    *[("bob", room) for room in ("tea", "pending", "left", "forgotten", "banned", "kicked")],
    *[("bob", room) for room in ("rejected", "invited", "joined", "shared", "world_readable")],
    *[("carol", room) for room in ("tea", "pending", "left")],
    *[("dave", room) for room in ("knock", "public", "alone", "tea")],
    *[("erin", room) for room in ("tea", "world_readable", "shared", "public", "joined")],
    *[("guest", room) for room in ("public", "tea", "world_readable")],
    *[("admin", room) for room in ("tea",)],
]
NOWHERE = "!nowhere:test.local"


@dataclass(frozen=True)
class Read:
    """One request; `user` None sends no token, `token` replaces the user's."""

    name: str
    user: str | None
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    content: Any = None
    token: str | None = None

    @property
    def unordered(self) -> bool:
        """Whether the events of the answer come in no order that a client may rely on."""
        return self.path.endswith(("/state", "/members"))


Group = Callable[[Demo], Iterator[Read]]


def _room(demo: Demo, label: str) -> str:
    return q(demo.rooms.get(label, label))


def account(demo: Demo) -> Iterator[Read]:
    for user in (*demo.users, None):
        yield Read(f"whoami {user}", user, "/account/whoami")
    yield Read("versions", None, "/_matrix/client/versions")
    yield Read("versions, known", "alice", "/_matrix/client/versions")
    yield Read("login flows", None, "/login")
    yield Read("well-known", None, "/.well-known/matrix/client")
    yield Read("capabilities", "alice", "/capabilities")
    yield Read("capabilities, guest", "guest", "/capabilities")
    for user in ("alice", "bob", "carol", "dave", "erin", "guest", "admin"):
        yield Read(f"joined rooms of {user}", user, "/joined_rooms")
    yield Read("token in the query", None, "/account/whoami", {"access_token": _token(demo, "bob")})
    yield Read("empty token", None, "/account/whoami", token="")
    yield Read("unknown token", None, "/account/whoami", token="syt_nothing")
    yield Read("token with spaces", None, "/account/whoami", token="a b")
    yield Read("r0", "alice", "/_matrix/client/r0/account/whoami")
    yield Read("unknown path", "alice", "/nothing/here")
    yield Read("unknown prefix", None, "/_matrix/client/v99/account/whoami")
    yield Read("wrong method", "alice", "/account/whoami", method="DELETE")
    yield Read("options", None, "/sync", method="OPTIONS")
    yield Read("head", "alice", "/account/whoami", method="HEAD")
    yield Read("root", None, "/")


def _token(demo: Demo, user: str) -> str:
    return demo.users[user]["token"]


def profiles(demo: Demo) -> Iterator[Read]:
    alice = demo.users["alice"]["user_id"]
    for user in ("alice", "bob", "erin", "guest", None):
        yield Read(f"profile for {user}", user, f"/profile/{q(alice)}")
    for key in ("displayname", "avatar_url", "org.example.none", "m.tz"):
        yield Read(f"profile {key}", "bob", f"/profile/{q(alice)}/{key}")
        bob = demo.users["bob"]["user_id"]
        yield Read(f"profile {key} of bob", "bob", f"/profile/{q(bob)}/{key}")
    for name in (
        "@nobody:test.local",
        "@a:elsewhere.invalid",
        "alice",
        "@:",
        "@alice:test.local:1",
    ):
        yield Read(f"profile of {name}", "bob", f"/profile/{q(name)}")


def filters(demo: Demo) -> Iterator[Read]:
    alice = q(demo.users["alice"]["user_id"])
    for label, number in demo.filters.items():
        yield Read(f"filter {label}", "alice", f"/user/{alice}/filter/{number}")
    for number in ("99", "-1", "x", "1.5"):
        yield Read(f"filter {number}", "alice", f"/user/{alice}/filter/{number}")
    yield Read("filter of another", "bob", f"/user/{alice}/filter/0")
    yield Read("filter of a stranger", "bob", f"/user/{q('@x:elsewhere.invalid')}/filter/0")


def push_rules(demo: Demo) -> Iterator[Read]:
    for user in ("alice", "bob", "carol", "guest"):
        yield Read(f"all of {user}", user, "/pushrules/")
        yield Read(f"global of {user}", user, "/pushrules/global/")
    yield Read("without slash", "alice", "/pushrules")
    yield Read("global without slash", "alice", "/pushrules/global")
    for kind in ("override", "underride", "content", "room", "sender", "none"):
        yield Read(f"kind {kind}", "bob", f"/pushrules/global/{kind}/")
    for rule in (
        *("override/.m.rule.master", "content/org.example.kettle", "underride/.m.rule.message"),
        *("override/.m.rule.none", "content/none", "override/org.example.crowd"),
        f"room/{_room(demo, 'public')}",
    ):
        for tail in ("", "/enabled", "/actions", "/none"):
            user = "alice" if "crowd" in rule or "message" in rule else "bob"
            yield Read(f"rule {rule}{tail}", user, f"/pushrules/global/{rule}{tail}")


def sync_initial(demo: Demo) -> Iterator[Read]:
    for user in ("alice", "bob", "carol", "dave", "erin", "guest", "admin", "bob2", "alice2"):
        yield Read(f"sync {user}", user, "/sync", {"timeout": 0})
    yield Read("full state", "carol", "/sync", {"timeout": 0, "full_state": "true"})
    yield Read("offline", "carol", "/sync", {"timeout": 0, "set_presence": "offline"})
    yield Read("state after", "bob", "/sync", {"timeout": 0, "use_state_after": "true"})
    for label, number in demo.filters.items():
        yield Read(f"stored filter {label}", "alice", "/sync", {"filter": number})
    for name, content in SYNC_FILTERS.items():
        yield Read(f"filter {name}", "bob", "/sync", {"filter": json.dumps(content)})
    rooms = [demo.rooms["tea"], demo.rooms["left"]]
    for key in ("rooms", "not_rooms"):
        content = json.dumps({"room": {key: rooms}})
        yield Read(f"filter {key}", "bob", "/sync", {"filter": content})


SYNC_FILTERS: dict[str, Any] = {
    "limit 1": {"room": {"timeline": {"limit": 1}}},
    "limit 0": {"room": {"timeline": {"limit": 0}}},
    "limit 100": {"room": {"timeline": {"limit": 100}}},
    "types": {"room": {"timeline": {"types": ["m.room.message", "m.r*"], "limit": 4}}},
    "not types": {"room": {"timeline": {"not_types": ["m.room.message"]}}},
    "senders": {"room": {"timeline": {"senders": ["@alice:test.local"]}}},
    "not senders": {"room": {"timeline": {"not_senders": ["@alice:test.local"]}}},
    "state types": {"room": {"state": {"types": ["m.room.name"]}}},
    "no state": {"room": {"state": {"types": []}}},
    "lazy": {"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 1}}},
    "lazy redundant": {
        "room": {
            "state": {"lazy_load_members": True, "include_redundant_members": True},
            "timeline": {"limit": 1},
        }
    },
    "include leave": {"room": {"include_leave": True}},
    "account data": {"account_data": {"types": ["m.push_rules"]}},
    "no account data": {"account_data": {"not_types": ["*"]}},
    "room account data": {"room": {"account_data": {"types": ["m.tag"]}}},
    "no ephemeral": {"room": {"ephemeral": {"not_types": ["m.receipt"]}}},
    "event fields": {"event_fields": ["content.body", "type"]},
    "event format": {"event_format": "federation"},
    "contains url": {"room": {"timeline": {"contains_url": True}}},
    "no url": {"room": {"timeline": {"contains_url": False}}},
    "thread counts": {"room": {"timeline": {"unread_thread_notifications": True}}},
    "empty": {},
    "unknown key": {"nonsense": 1},
    "bad type": {"room": []},
    "bad limit": {"room": {"timeline": {"limit": "many"}}},
    "negative limit": {"room": {"timeline": {"limit": -1}}},
    "bad user": {"room": {"timeline": {"senders": ["nobody"]}}},
    "bad room": {"room": {"rooms": ["nowhere"]}},
    "not an object": [],
}


def sync_since(demo: Demo) -> Iterator[Read]:
    for user in ("alice", "bob", "carol", "guest"):
        params = {"timeout": 0, "since": demo.tokens[user]}
        yield Read(f"since {user}", user, "/sync", params)
        yield Read(f"since with full state {user}", user, "/sync", {**params, "full_state": "true"})
        for limit in (1, 20):
            content = {"room": {"timeline": {"limit": limit}, "state": {"lazy_load_members": True}}}
            filtered = {**params, "filter": json.dumps(content)}
            yield Read(f"since, limit {limit} {user}", user, "/sync", filtered)
    for position in (2, 30, 120, 200, 260, 290, 320):
        for user in ("alice", "bob", "carol"):
            since = _moved(demo.tokens[user], position)
            yield Read(f"since event {position} {user}", user, "/sync", {"since": since})
    yield from bad_sync(demo)


def _moved(token: str, position: int) -> str:
    """The token set back: presence and typing, which are memory, stay; all others become 0."""
    _, presence, typing, *others = token.split("_")
    return "_".join((f"s{position}", presence, typing, *("0" for _ in others)))


def bad_sync(demo: Demo) -> Iterator[Read]:
    token = demo.tokens["alice"]
    short = "_".join(token.split("_")[:9])
    for since in (
        "",
        "x",
        "s",
        "s1",
        "s_1",
        "t1-2",
        "s999999999",
        token + "_1",
        token + "x",
        short,
    ):
        yield Read(f"since {since}", "alice", "/sync", {"since": since, "timeout": 0})
    for name in ("timeout", "full_state", "set_presence", "filter"):
        for value in ("", "x", "-1", "1e3"):
            params = {"timeout": 0, name: value, "since": token}
            yield Read(f"{name}={value}", "erin", "/sync", params)
    yield Read("no token", None, "/sync")
    yield Read("filter broken", "alice", "/sync", {"filter": "{"})
    yield Read("unknown filter", "alice", "/sync", {"filter": "99"})


def state(demo: Demo) -> Iterator[Read]:
    for user, label in VIEWS:
        room = f"/rooms/{_room(demo, label)}"
        yield Read(f"state {user} {label}", user, f"{room}/state")
        for kind in ("m.room.name", "m.room.create/", "m.room.member/@bob:test.local", "none/x"):
            yield Read(f"{kind} {user} {label}", user, f"{room}/state/{kind}")
    tea = f"/rooms/{_room(demo, 'tea')}"
    yield Read("whole event", "alice", f"{tea}/state/m.room.name", {"format": "event"})
    yield Read("bad format", "alice", f"{tea}/state/m.room.name", {"format": "x"})
    yield Read("custom", "alice", f"{tea}/state/org.example.custom/k")
    for number in range(1, 13):
        path = f"/rooms/{_room(demo, f'v{number}')}/state"
        yield Read(f"state v{number}", "bob", path)
    yield Read("state of nowhere", "alice", f"/rooms/{q(NOWHERE)}/state")
    yield Read("state of nonsense", "alice", "/rooms/nonsense/state")
    yield Read("state without token", None, f"{tea}/state")


def members(demo: Demo) -> Iterator[Read]:
    for user, label in VIEWS:
        room = f"/rooms/{_room(demo, label)}"
        yield Read(f"members {user} {label}", user, f"{room}/members")
        yield Read(f"joined members {user} {label}", user, f"{room}/joined_members")
    tea = f"/rooms/{_room(demo, 'left')}/members"
    for membership in ("join", "invite", "leave", "ban", "knock", "x", ""):
        yield Read(f"membership={membership}", "alice", tea, {"membership": membership})
        yield Read(f"not_membership={membership}", "alice", tea, {"not_membership": membership})
    both = {"membership": "join", "not_membership": "leave"}
    yield Read("both", "alice", tea, both)
    for at in (demo.tokens["alice"], "x", "s1_2", "t1-1"):
        yield Read(f"at {at}", "alice", tea, {"at": at})
    yield Read("members of nowhere", "alice", f"/rooms/{q(NOWHERE)}/members")


def messages(demo: Demo) -> Iterator[Read]:
    for user, label in VIEWS:
        path = f"/rooms/{_room(demo, label)}/messages"
        for direction in ("b", "f"):
            params: dict[str, Any] = {"dir": direction, "limit": 50}
            yield Read(f"messages {direction} {user} {label}", user, path, params)
    path = f"/rooms/{_room(demo, 'tea')}/messages"
    token = demo.tokens["bob"]
    variants: list[dict[str, Any]] = [
        *({"dir": "b", "limit": limit} for limit in (0, 1, 5, 1000, 2000, -1, "x")),
        *({"dir": direction} for direction in ("x", "", "B")),
        {},
        {"dir": "b", "from": token},
        {"dir": "f", "from": token},
        {"dir": "b", "from": token, "to": _moved(token, 270)},
        {"dir": "f", "from": _moved(token, 270), "to": token},
        *({"dir": "b", "from": bad} for bad in ("", "x", "t1", "t1-", "tx-1", "t10-280", "s280")),
        *({"dir": "b", "filter": json.dumps(content)} for content in MESSAGE_FILTERS),
        {"dir": "b", "filter": "{"},
        {"dir": "b", "filter": "[]"},
    ]
    for params in variants:
        yield Read(f"messages {json.dumps(params)}", "bob", path, params)
    yield Read("messages of nowhere", "bob", f"/rooms/{q(NOWHERE)}/messages", {"dir": "b"})
    for number in range(1, 13):
        path = f"/rooms/{_room(demo, f'v{number}')}/messages"
        yield Read(f"messages v{number}", "bob", path, {"dir": "b", "limit": 100})


MESSAGE_FILTERS: list[dict[str, Any]] = [
    {"types": ["m.room.message"]},
    {"not_types": ["m.room.message"]},
    {"senders": ["@carol:test.local"]},
    {"not_senders": ["@alice:test.local"]},
    {"contains_url": True},
    {"contains_url": False},
    {"lazy_load_members": True},
    {"related_by_rel_types": ["m.thread"]},
    {"related_by_senders": ["@bob:test.local"]},
    {"rooms": ["!x:y"]},
    {"limit": 2},
]


def events(demo: Demo) -> Iterator[Read]:
    tea = f"/rooms/{_room(demo, 'tea')}"
    for label, event_id in demo.events.items():
        room = f"/rooms/{_room(demo, label)}" if label.startswith("v") else tea
        for user in ("alice", "bob", "dave"):
            yield Read(f"event {label} {user}", user, f"{room}/event/{q(event_id)}")
        context = f"{room}/context/{q(event_id)}"
        yield Read(f"context {label}", "bob", context, {"limit": 6})
    first = q(demo.events["first"])
    for limit in ("0", "1", "3", "100", "-1", "x"):
        yield Read(f"context limit {limit}", "alice", f"{tea}/context/{first}", {"limit": limit})
    for content in (*MESSAGE_FILTERS[:7], []):
        params = {"filter": json.dumps(content)}
        yield Read(f"context {content}", "alice", f"{tea}/context/{first}", params)
    unknown = q("$" + "A" * 43)
    other_room = f"/rooms/{_room(demo, 'public')}"
    for path in ("event", "context"):
        yield Read(f"{path} unknown", "alice", f"{tea}/{path}/{unknown}")
        yield Read(f"{path} nonsense", "alice", f"{tea}/{path}/nonsense")
        yield Read(f"{path} in another room", "alice", f"{other_room}/{path}/{first}")
        yield Read(f"{path} nowhere", "alice", f"/rooms/{q(NOWHERE)}/{path}/{first}")
        yield Read(f"{path} stranger", "erin", f"{tea}/{path}/{first}")
        yield Read(f"{path} no token", None, f"{tea}/{path}/{first}")


GROUPS: dict[str, Group] = {
    group.__name__: group
    for group in (
        *(account, profiles, filters, push_rules, sync_initial, sync_since),
        *(state, members, messages, events),
    )
}
