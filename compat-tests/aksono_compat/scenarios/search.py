# SPDX-License-Identifier: Apache-2.0
"""Search in the messages of one's rooms."""

from typing import Any

from ..client import Answer, q
from .cast import Actor, Cast
from .model import scenario

SEARCH = "POST /_matrix/client/*/search"


def spoken_rooms(cast: Cast) -> dict[str, Any]:
    """Two rooms of alice and bob, one of alice alone, one that bob left; all speak of apples."""
    alice, bob = cast.users("alice", "bob")
    cast.user("stranger")
    both = [alice.create_room(bob, name=f"Room {n}") for n in range(2)]
    alone = alice.create_room(name="apple orchard", topic="apples and pears")
    left = alice.create_room(bob)
    said = []
    for room in (*both, alone, left):
        for body in ("an apple a day", "pears, please", "green apples and apple juice"):
            said.append(alice.say(room, body))
    bob.post(f"/rooms/{q(left)}/leave").ok()
    alice.say(left, "apple, after bob left")
    html = {"format": "org.matrix.custom.html", "formatted_body": "<b>apple</b> pie"}
    bob.say(both[1], "apple pie", **html)
    return {"both": both, "left": left, "said": said}


def search(
    user: Actor, term: Any, batch: str | None = None, wish: Any = None, **more: Any
) -> Answer:
    events = {"search_term": term, **({"filter": wish} if wish is not None else {}), **more}
    path = "/search" if batch is None else f"/search?next_batch={q(batch)}"
    return user.post(path, {"search_categories": {"room_events": events}})


@scenario(SEARCH, branch="newest first: words, stems, phrases, nothing", prepare=spoken_rooms)
def searches(cast: Cast, **rest: Any) -> None:
    for name in ("alice", "bob", "stranger"):
        for term in ("apple", "apples juice", '"apple juice"', "nowhere", "APPLE", "pear"):
            search(cast[name], term, order_by="recent").ok()


@scenario(SEARCH, branch="by rank", prepare=spoken_rooms)
def ranks(cast: Cast, both: list[str], **rest: Any) -> None:
    for wish in ({"rooms": both[:1]}, {"rooms": both[1:]}):
        search(cast["alice"], "apple", wish=wish, order_by="rank").ok()
        search(cast["alice"], "apple juice", wish=wish).ok()


@scenario(SEARCH, branch="pages", prepare=spoken_rooms)
def pages_results(cast: Cast, **rest: Any) -> None:
    bob = cast["bob"]
    batch = None
    for _ in range(10):
        page = search(bob, "apple", batch, {"limit": 2}, order_by="recent").ok()
        batch = page["search_categories"]["room_events"].get("next_batch")
        if batch is None:
            break
    search(bob, "apple", "nonsense", {"limit": 2}, order_by="recent")


@scenario(SEARCH, branch="filters of rooms, senders, types; keys", prepare=spoken_rooms)
def filters_results(cast: Cast, both: list[str], left: str, **rest: Any) -> None:
    alice, bob = cast["alice"], cast["bob"]
    wishes: list[Any] = [
        *({"rooms": both}, {"rooms": []}, {"not_rooms": both[:1]}, {"senders": [bob.user_id]}),
        *({"rooms": [left]}, {"types": ["m.room.name"]}, {"not_senders": [alice.user_id]}),
    ]
    for wish in wishes:
        for user in (alice, bob):
            search(user, "apple", wish=wish, order_by="recent")
    for keys in (["content.name"], ["content.topic"], ["content.body", "content.name"]):
        search(alice, "apple", keys=keys, order_by="recent")


@scenario(SEARCH, branch="groups by room and sender, contexts, state", prepare=spoken_rooms)
def groups_results(cast: Cast, both: list[str], **rest: Any) -> None:
    alice = cast["alice"]
    wish = {"rooms": both}
    for keys in (["room_id"], ["sender"], ["room_id", "sender"]):
        groupings = {"group_by": [{"key": key} for key in keys]}
        search(alice, "apple", wish=wish, order_by="recent", groupings=groupings).ok()
    context = {"before_limit": 1, "after_limit": 1, "include_profile": True}
    search(alice, "pears", wish=wish, order_by="recent", event_context=context).ok()
    search(alice, "pears", wish=wish, order_by="recent", include_state=True).ok()


@scenario(SEARCH, branch="what was redacted or edited is not found as it was", prepare=spoken_rooms)
def forgets_words(cast: Cast, both: list[str], said: list[str], **rest: Any) -> None:
    alice = cast["alice"]
    alice.post(f"/rooms/{q(both[0])}/redact/{q(said[0])}").ok()
    new = {"msgtype": "m.text", "body": "quince"}
    relation = {"rel_type": "m.replace", "event_id": said[1]}
    alice.say(both[0], "* quince", **{"m.new_content": new, "m.relates_to": relation})
    alice.say(both[0], "quinces are late")
    for term in ("day", "pears", "quince"):
        search(alice, term, wish={"rooms": both[:1]}, order_by="recent").ok()


@scenario(SEARCH, branch="requests that are wrong")
def searches_wrongly(cast: Cast) -> None:
    alice = cast.user("alice")
    bodies: list[Any] = [{}, [], {"search_categories": {}}, {"search_categories": {"x": {}}}]
    for body in (*bodies, {"search_categories": {"room_events": {}}}):
        alice.post("/search", body)
    search(alice, "")
    search(alice, "x", order_by="nonsense")
    search(alice, "x", keys=["content.nonsense"])
    search(alice, "x", wish={"limit": -1})
    search(alice, "x", groupings={"group_by": [{"key": "nonsense"}]})
    cast.nobody().post("/search", bodies[0])
