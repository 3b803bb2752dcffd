# SPDX-License-Identifier: Apache-2.0
"""Reading rooms: messages, context, events, members, state, relations, threads, spaces."""

from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario
from .waits import wait_for

ROOM = "/_matrix/client/*/rooms/{room_id}"
MESSAGES = f"GET {ROOM}/messages"
CONTEXT = f"GET {ROOM}/context/{{event_id}}"
EVENT = f"GET {ROOM}/event/{{event_id}}"
MEMBERS = f"GET {ROOM}/members"
JOINED_MEMBERS = f"GET {ROOM}/joined_members"
STATE = f"GET {ROOM}/state"
STATE_OF = f"GET {ROOM}/state/{{event_type}}"
STATE_AT = f"GET {ROOM}/state/{{event_type}}/{{state_key}}"
TIMESTAMP = f"GET {ROOM}/timestamp_to_event"
RELATIONS = f"GET {ROOM}/relations/{{parent_id}}"
THREADS = f"GET {ROOM}/threads"
HIERARCHY = f"GET {ROOM}/hierarchy"
SUMMARY = "GET /_matrix/client/*/room_summary/{room_identifier}"
V1 = "/_matrix/client/v1"


def talk(cast: Cast) -> dict[str, Any]:
    """A room with 25 messages of two users, some with links."""
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob, name="Talk")
    events = []
    for n in range(25):
        extra = {"url": "mxc://test.local/x"} if n % 5 == 0 else {}
        events.append((alice, bob)[n % 2].say(room, f"message {n}", **extra))
    alice.send(room, "org.example.other", {"n": 1}).ok()
    return {"room": room, "events": events}


def visibilities(cast: Cast) -> dict[str, Any]:
    """Rooms of every history visibility: bob was invited late, joined later and left."""
    alice, bob = cast.users("alice", "bob")
    cast.user("stranger")
    rooms, events = {}, {}
    for kind in ("world_readable", "shared", "invited", "joined"):
        seen = {"type": "m.room.history_visibility", "content": {"history_visibility": kind}}
        room = alice.create_room(initial_state=[{**seen, "state_key": ""}])
        said = [alice.say(room, "before the invitation")]
        alice.post(f"/rooms/{q(room)}/invite", {"user_id": bob.user_id}).ok()
        said.append(alice.say(room, "before the join"))
        bob.join(room)
        said.append(alice.say(room, "while joined"))
        bob.post(f"/rooms/{q(room)}/leave").ok()
        said.append(alice.say(room, "after the departure"))
        rooms[kind], events[kind] = room, said
    return {"rooms": rooms, "events": events}


def crowd(cast: Cast) -> dict[str, Any]:
    """A room with members of every membership, and a token from before the last of them."""
    names = ("alice", "joined", "left", "kicked", "banned", "invited")
    alice, joined, left, kicked, banned, invited = cast.users(*names)
    room = alice.create_room(joined, left, kicked, banned)
    token = alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=1).ok()["start"]
    left.post(f"/rooms/{q(room)}/leave").ok()
    alice.post(f"/rooms/{q(room)}/kick", {"user_id": kicked.user_id, "reason": "r"}).ok()
    alice.post(f"/rooms/{q(room)}/ban", {"user_id": banned.user_id}).ok()
    alice.post(f"/rooms/{q(room)}/invite", {"user_id": invited.user_id}).ok()
    cast.user("stranger")
    alice.put(f"/rooms/{q(room)}/state/m.room.topic", {"topic": "after all"}).ok()
    return {"room": room, "token": token}


def related(cast: Cast) -> dict[str, Any]:
    """Two threads, an edit, reactions and a reference."""
    alice, bob = cast.users("alice", "bob")
    cast.user("stranger")
    room = alice.create_room(bob)
    roots = [alice.say(room, f"root {n}") for n in range(3)]

    def relate(user: Actor, kind: str, event: str, sort: str = "m.room.message", **x: Any) -> str:
        content = {"body": "r", "msgtype": "m.text", **x}
        content["m.relates_to"] = {"rel_type": kind, "event_id": event, **x}
        sent: str = user.send(room, sort, content).ok()["event_id"]
        return sent

    for _ in range(4):
        last = relate(bob, "m.thread", roots[0])
    relate(alice, "m.thread", roots[1])
    relate(bob, "m.annotation", last, "m.reaction", key="a")
    for key in ("a", "b"):
        relate(bob, "m.annotation", roots[0], "m.reaction", key=key)
    relate(bob, "m.reference", roots[0])
    edit = {"body": "* new", "msgtype": "m.text", "m.new_content": {"body": "new"}}
    edit["m.relates_to"] = {"rel_type": "m.replace", "event_id": roots[0]}
    alice.send(room, "m.room.message", edit).ok()
    return {"room": room, "roots": roots}


def space(cast: Cast) -> dict[str, Any]:
    """A space with rooms: public, suggested, private, and a space within."""
    alice, bob = cast.users("alice", "bob")
    top, inner = (
        alice.create_room(preset="public_chat", name=name, creation_content={"type": "m.space"})
        for name in ("top", "inner")
    )
    public = alice.create_room(preset="public_chat", name="public", topic="for all")
    private = alice.create_room(name="private")
    deep = alice.create_room(preset="public_chat", name="deep")
    children = [(top, public, "b", True), (top, private, "a", False), (top, inner, "c", False)]
    for parent, child, order, suggested in [*children, (inner, deep, "a", False)]:
        content = {"via": ["test.local"], "order": order, "suggested": suggested}
        alice.put(f"/rooms/{q(parent)}/state/m.space.child/{q(child)}", content).ok()
    path = f"/rooms/{q(top)}/state/m.space.child/{q('!gone:test.local')}"
    alice.put(path, {"via": ["test.local"]}).ok()
    bob.join(public)
    wait_for(
        lambda: alice.get(f"{V1}/rooms/{q(top)}/hierarchy").ok()["rooms"],
        lambda rooms: sorted(room["num_joined_members"] for room in rooms) == [1, 1, 1, 1, 2]
        and all("name" in room for room in rooms),
    )
    return {"top": top, "private": private, "public": public}


@scenario(MESSAGES, branch="pages backwards to the beginning, forwards to the end", prepare=talk)
def pages(cast: Cast, room: str, **rest: Any) -> None:
    alice = cast["alice"]
    token = None
    for direction in ("b", "f"):
        for _ in range(20):
            options = {"dir": direction, "limit": 10, **({"from": token} if token else {})}
            page = alice.get(f"/rooms/{q(room)}/messages", **options).ok()
            token = page.get("end", token)
            if "end" not in page or not page["chunk"]:
                break


@scenario(MESSAGES, branch="from a sync's prev_batch, up to a token", prepare=talk)
def pages_from_a_sync(cast: Cast, room: str, **rest: Any) -> None:
    bob = cast["bob"]
    seen = bob.get("/sync", timeout=0, filter='{"room":{"timeline":{"limit":3}}}').ok()
    start = seen["rooms"]["join"][room]["timeline"]["prev_batch"]
    path = f"/rooms/{q(room)}/messages"
    back = bob.get(path, **{"dir": "b", "from": start, "limit": 4}).ok()
    bob.get(path, **{"dir": "f", "from": back["end"], "to": start, "limit": 20})
    bob.get(path, **{"dir": "f", "from": back["end"], "to": seen["next_batch"], "limit": 20})
    bob.get(path, **{"dir": "b", "from": start, "to": back["end"], "limit": 20})
    bob.get(path, **{"dir": "f", "from": seen["next_batch"]})


@scenario(MESSAGES, branch="filters by type, sender, link, with lazy members", prepare=talk)
def filters_messages(cast: Cast, room: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    for wish in (
        '{"types":["m.room.message"],"limit":2}',
        '{"not_types":["m.room.message"]}',
        '{"types":["m.room.*"],"not_types":["m.room.m*"]}',
        f'{{"senders":["{bob.user_id}"]}}',
        f'{{"not_senders":["{bob.user_id}"],"types":["m.room.message"]}}',
        '{"contains_url":true}',
        '{"contains_url":false,"types":["m.room.message"]}',
        '{"lazy_load_members":true}',
        '{"types":[]}',
        f'{{"rooms":["!other:test.local"],"not_rooms":["{room}"]}}',
    ):
        alice.get(f"/rooms/{q(room)}/messages", dir="b", limit=8, filter=wish)


@scenario(MESSAGES, branch="limits, directions and tokens that are wrong", prepare=talk)
def asks_messages_wrongly(cast: Cast, room: str, **rest: Any) -> None:
    alice = cast["alice"]
    path = f"/rooms/{q(room)}/messages"
    wrongs: list[dict[str, Any]] = [
        *({}, {"dir": "x"}, {"dir": "b", "limit": "x"}, {"dir": "b", "limit": -1}),
        *({"dir": "b", "limit": 0}, {"dir": "b", "from": "x"}, {"dir": "b", "from": "t1-x"}),
        *({"dir": "f", "limit": 3}, {"dir": "b", "to": "nonsense"}, {"dir": "b", "filter": "{"}),
        {"dir": "b", "limit": 5000},
    ]
    for wrong in wrongs:
        alice.get(path, **wrong)


@scenario(MESSAGES, branch="what of the history late and former members see", prepare=visibilities)
def reads_by_visibility(cast: Cast, rooms: dict[str, str], **rest: Any) -> None:
    for kind in rooms:
        for name in ("alice", "bob", "stranger"):
            cast[name].get(f"/rooms/{q(rooms[kind])}/messages", dir="b", limit=30)
            cast[name].get(f"/rooms/{q(rooms[kind])}/messages", dir="f", limit=30)


@scenario(EVENT, branch="by history visibility, of another room, unknown", prepare=visibilities)
def reads_events(cast: Cast, rooms: dict[str, str], events: dict[str, list[str]]) -> None:
    for kind, said in events.items():
        for name in ("alice", "bob", "stranger"):
            for event in said:
                cast[name].get(f"/rooms/{q(rooms[kind])}/event/{q(event)}")
    for wrong in (events["shared"][0], "$unknown", "no event"):
        cast["alice"].get(f"/rooms/{q(rooms['joined'])}/event/{q(wrong)}")
    cast.nobody().get(f"/rooms/{q(rooms['world_readable'])}/event/{q(events['shared'][0])}")


@scenario(CONTEXT, branch="in the middle, at both ends, limits, filters", prepare=talk)
def reads_contexts(cast: Cast, room: str, events: list[str]) -> None:
    alice = cast["alice"]
    path = f"/rooms/{q(room)}/context"
    for event in (events[0], events[12], events[-1]):
        alice.get(f"{path}/{q(event)}")
    for limit in ("0", "1", "2", "7", "100", "-1", "x"):
        alice.get(f"{path}/{q(events[12])}", limit=limit)
    for wish in ('{"lazy_load_members":true}', '{"types":["m.room.create"]}', "{"):
        alice.get(f"{path}/{q(events[12])}", filter=wish)
    found = alice.get(f"{path}/{q(events[12])}", limit=4).ok()
    for token, direction in ((found["start"], "b"), (found["end"], "f")):
        alice.get(f"/rooms/{q(room)}/messages", **{"from": token, "dir": direction, "limit": 3})


@scenario(CONTEXT, branch="by history visibility, of another room, unknown", prepare=visibilities)
def reads_contexts_by_visibility(
    cast: Cast, rooms: dict[str, str], events: dict[str, list[str]]
) -> None:
    for kind, said in events.items():
        for event in said:
            cast["bob"].get(f"/rooms/{q(rooms[kind])}/context/{q(event)}", limit=20)
        cast["stranger"].get(f"/rooms/{q(rooms[kind])}/context/{q(said[2])}")
    for wrong in (events["shared"][0], "$unknown"):
        cast["alice"].get(f"/rooms/{q(rooms['joined'])}/context/{q(wrong)}")


@scenario(MEMBERS, branch="all, by membership, at a token, for who is in and out", prepare=crowd)
def reads_members(cast: Cast, room: str, token: str) -> None:
    path = f"/rooms/{q(room)}/members"
    for name in ("alice", "joined", "left", "kicked", "banned", "invited", "stranger"):
        cast[name].get(path)
    alice = cast["alice"]
    for wish in ("join", "leave", "ban", "invite", "knock", "nonsense"):
        alice.get(path, membership=wish)
        alice.get(path, not_membership=wish)
    alice.get(path, at=token)
    alice.get(path, at=token, membership="join")
    alice.get(path, at="nonsense")
    alice.get(path, membership="join", not_membership="leave")


@scenario(JOINED_MEMBERS, branch="for members, former and others, with profiles", prepare=crowd)
def reads_joined_members(cast: Cast, room: str, **rest: Any) -> None:
    for name in ("alice", "joined", "left", "banned", "invited", "stranger"):
        cast[name].get(f"/rooms/{q(room)}/joined_members")
    cast["alice"].get("/rooms/!unknown:test.local/joined_members")


@scenario(STATE, branch="now for members, then for who left", prepare=crowd)
def reads_state(cast: Cast, room: str, **rest: Any) -> None:
    for name in ("alice", "joined", "left", "kicked", "banned", "invited", "stranger"):
        cast[name].get(f"/rooms/{q(room)}/state")
    cast["alice"].get("/rooms/!unknown:test.local/state")


@scenario(STATE_OF, STATE_AT, branch="content or event, missing, for who left", prepare=crowd)
def reads_single_state(cast: Cast, room: str, **rest: Any) -> None:
    path = f"/rooms/{q(room)}/state"
    for name in ("alice", "left", "invited", "stranger"):
        cast[name].get(f"{path}/m.room.topic")
        cast[name].get(f"{path}/m.room.member/{q(cast['alice'].user_id)}")
    alice = cast["alice"]
    for wish in ("event", "content", "nonsense"):
        alice.get(f"{path}/m.room.create/", format=wish)
    for missing in ("m.room.name", "m.room.member/nobody", "org.example.none/key"):
        alice.get(f"{path}/{missing}")


@scenario("GET /_matrix/client/*/joined_rooms", branch="rooms joined, not left", prepare=crowd)
def reads_joined_rooms(cast: Cast, **rest: Any) -> None:
    for name in ("alice", "joined", "left", "banned", "invited", "stranger"):
        cast[name].get("/joined_rooms").ok()


@scenario(TIMESTAMP, branch="before, between and after events, both directions", prepare=talk)
def finds_events_by_time(cast: Cast, room: str, events: list[str]) -> None:
    alice = cast["alice"]
    path = f"{V1}/rooms/{q(room)}/timestamp_to_event"
    alice.get(path, ts=0, dir="f")
    times = [
        alice.get(f"/rooms/{q(room)}/event/{q(event)}").ok()["origin_server_ts"]
        for event in (events[0], events[12], events[24])
    ]
    for ts in (0, times[0], times[1], times[1] + 1, times[2], times[2] + 10**9):
        for direction in ("f", "b"):
            alice.get(path, ts=ts, dir=direction)
    for wrong in ({}, {"ts": "x"}, {"ts": -1}, {"ts": 1, "dir": "x"}, {"ts": 10**9}):
        alice.get(path, **wrong)


@scenario(TIMESTAMP, branch="for who is no member, in rooms without such events",
          prepare=visibilities)  # fmt: skip
def finds_no_events_by_time(cast: Cast, rooms: dict[str, str], **rest: Any) -> None:
    for kind in rooms:
        for name in ("bob", "stranger"):
            path = f"{V1}/rooms/{q(rooms[kind])}/timestamp_to_event"
            cast[name].get(path, ts=1, dir="f")


@scenario(RELATIONS, RELATIONS + "/{relation_type}",
          RELATIONS + "/{relation_type}/{event_type}",
          branch="all, by type, pages, directions, recursive", prepare=related)  # fmt: skip
def reads_relations(cast: Cast, room: str, roots: list[str]) -> None:
    alice = cast["alice"]
    path = f"{V1}/rooms/{q(room)}/relations/{q(roots[0])}"
    page = alice.get(path, limit=3).ok()
    alice.get(path, **{"limit": 3, "from": page["next_batch"]})
    alice.get(path, limit=3, dir="f")
    alice.get(path, recurse="true", limit=20)
    for kind in ("m.thread", "m.annotation", "m.annotation/m.reaction", "m.replace", "m.reference",
                 "m.thread/m.room.encrypted", "org.example.none"):  # fmt: skip
        alice.get(f"{path}/{kind}")
    for root in (roots[2], "$unknown"):
        alice.get(f"{V1}/rooms/{q(room)}/relations/{q(root)}")
    cast["stranger"].get(path)
    for wrong in ({"limit": "x"}, {"limit": -1}, {"from": "x"}, {"dir": "x"}):
        alice.get(path, **wrong)


@scenario(THREADS, branch="all, those of one's own, pages", prepare=related)
def reads_threads(cast: Cast, room: str, **rest: Any) -> None:
    path = f"{V1}/rooms/{q(room)}/threads"
    for name in ("alice", "bob", "stranger"):
        for include in ("all", "participated", "nonsense"):
            cast[name].get(path, include=include)
    page = cast["alice"].get(path, limit=1).ok()
    cast["alice"].get(path, **{"limit": 1, "from": page["next_batch"]})
    for wrong in ({"limit": "x"}, {"from": "x"}):
        cast["alice"].get(path, **wrong)


@scenario(HIERARCHY, branch="all, suggested only, by depth, for who is in and out", prepare=space)
def reads_hierarchies(cast: Cast, top: str, private: str, public: str) -> None:
    path = f"{V1}/rooms/{q(top)}/hierarchy"
    for name in ("alice", "bob"):
        for wish in ({}, {"suggested_only": "true"}, {"max_depth": 0}, {"max_depth": 1}):
            cast[name].get(path, **wish)
    for room in (private, public, "!unknown:test.local"):
        cast["bob"].get(f"{V1}/rooms/{q(room)}/hierarchy")
    for wrong in ({"max_depth": -1}, {"limit": 0}, {"limit": "x"}, {"from": "nonsense"}):
        cast["alice"].get(path, **wrong)


@scenario(HIERARCHY, branch="pages", prepare=space)
def pages_hierarchies(cast: Cast, top: str, **rest: Any) -> None:
    alice = cast["alice"]
    options: dict[str, Any] = {"limit": 2}
    for _ in range(5):
        page = alice.get(f"{V1}/rooms/{q(top)}/hierarchy", **options).ok()
        if "next_batch" not in page:
            break
        options["from"] = page["next_batch"]
    options["max_depth"] = 1
    alice.get(f"{V1}/rooms/{q(top)}/hierarchy", **options)


@scenario(SUMMARY, branch="public, private, spaces, for who is in, out and nobody", prepare=space)
def reads_summaries(cast: Cast, top: str, private: str, public: str) -> None:
    for who in (cast["alice"], cast["bob"], cast.nobody()):
        for room in (top, private, public, "!unknown:test.local", "#unknown:test.local", "x"):
            who.get(f"{V1}/room_summary/{q(room)}")


@scenario(f"GET {ROOM}/initialSync", branch="for members, former and others", prepare=crowd)
def reads_a_room_at_once(cast: Cast, room: str, **rest: Any) -> None:
    for name in ("alice", "left", "banned", "invited", "stranger"):
        cast[name].get(f"/rooms/{q(room)}/initialSync", limit=5)


@scenario("GET /_matrix/client/*/initialSync", branch="rooms of all kinds, archived too",
          prepare=crowd)  # fmt: skip
def reads_everything_at_once(cast: Cast, **rest: Any) -> None:
    for name in ("alice", "left", "banned", "invited", "stranger"):
        cast[name].get("/initialSync", limit=5)
        cast[name].get("/initialSync", limit=5, archived="true")


@scenario("GET /_matrix/client/*/events", "GET /_matrix/client/*/events/{event_id}",
          branch="the old stream of events, single events", prepare=talk)  # fmt: skip
def reads_old_events(cast: Cast, room: str, events: list[str]) -> None:
    alice = cast["alice"]
    start = alice.get("/events", timeout=0).ok()["end"]
    alice.say(room, "new")
    alice.get("/events", **{"from": start, "timeout": 0})
    for event in (events[0], "$unknown"):
        alice.get(f"/events/{q(event)}")
