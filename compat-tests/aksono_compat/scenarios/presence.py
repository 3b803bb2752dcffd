# SPDX-License-Identifier: Apache-2.0
"""Presence, where the server has it switched on: told, seen by friends, and not by strangers."""

from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario

STATUS = "/_matrix/client/*/presence/{user_id}/status"
SYNC = "GET /_matrix/client/*/sync"


def friends(cast: Cast) -> dict[str, Any]:
    alice, bob, _ = cast.users("alice", "bob", "carol")
    alice.create_room(bob)
    return {}


def _status(user: Actor) -> str:
    return f"/presence/{q(user.user_id)}/status"


def _told(user_id: str, word: str) -> Any:
    """Whether a sync says that the user has come to be so."""

    def arrived(seen: Any) -> bool:
        events = seen.get("presence", {}).get("events", [])
        return any(
            one["sender"] == user_id and one["content"]["presence"] == word for one in events
        )

    return arrived


@scenario(
    f"PUT {STATUS}",
    f"GET {STATUS}",
    branch="states with a message; friends may look, strangers may not",
    prepare=friends,
    profile="presence",
)
def says_how_one_is(cast: Cast) -> None:
    alice, bob, carol = cast["alice"], cast["bob"], cast["carol"]
    for word in ("online", "unavailable", "offline"):
        alice.put(_status(alice), {"presence": word, "status_msg": f"I am {word}"}).ok()
        for one in (alice, bob, carol):
            one.get(_status(alice))


@scenario(f"PUT {STATUS}", branch="states that there are not, and of others", profile="presence")
def refuses_states(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    wishes: list[Any] = [
        {"presence": "asleep"},
        {"presence": 1},
        {"presence": "online", "status_msg": 1},
        {"presence": "online", "status_msg": "x" * 3000},
        {},
        [],
    ]
    for wish in wishes:
        alice.put(_status(alice), wish)
    bob.put(_status(alice), {"presence": "online"})
    alice.get(f"/presence/{q(cast.user_id('unknown'))}/status")
    alice.get("/presence/nobody/status")


@scenario(
    f"PUT {STATUS}",
    SYNC,
    branch="a friend's sync hears of it",
    prepare=friends,
    profile="presence",
    rows=False,
)
def tells_friends_how_one_is(cast: Cast) -> None:
    alice, bob = cast["alice"], cast["bob"]
    bob.quiet = True
    since = bob.since()
    alice.put(_status(alice), {"presence": "unavailable", "status_msg": "tea"}).ok()
    bob.sync_until(since, _told(alice.user_id, "unavailable"))
    bob.quiet = False
    bob.get(_status(alice))
    bob.get("/sync", timeout=0, set_presence="busy")


@scenario(f"PUT {STATUS}", f"GET {STATUS}", branch="where presence is switched off")
def keeps_presence_to_itself(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.put(_status(alice), {"presence": "online", "status_msg": "here"})
    alice.get(_status(alice))
