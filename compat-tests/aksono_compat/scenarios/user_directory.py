# SPDX-License-Identifier: Apache-2.0
"""The user directory: who finds whom, by which words."""

from typing import Any

from ..client import q
from .cast import Actor, Cast
from .model import scenario

SEARCH = "POST /_matrix/client/*/user_directory/search"


def _settled(searcher: Actor, word: str, names: int) -> None:
    """Until the directory, which follows the events, has come so far."""
    for _ in range(200):
        found = searcher.post("/user_directory/search", {"search_term": word}).ok()["results"]
        if len(found) == names:
            return
    raise AssertionError(f"{word}: never {names} users: {found}")


def _word(cast: Cast) -> str:
    """The name that only the users of this scenario have."""
    return "Finch" + cast.scenario.replace("_", "")


def neighbours(cast: Cast) -> dict[str, Any]:
    alice, bob, carol, dave = cast.users("alice", "bob", "carol", "dave")
    alice.create_room(bob)
    carol.create_room(preset="public_chat")
    for number, one in enumerate((alice, bob, carol, dave)):
        name = f"{_word(cast)} Nr{number}"
        one.put(f"/profile/{q(one.user_id)}/displayname", {"displayname": name}).ok()
    _settled(alice, _word(cast), 2)
    return {}


@scenario(SEARCH, branch="who shares a room or is in a public one is found", prepare=neighbours)
def finds_neighbours(cast: Cast) -> None:
    for name in ("alice", "bob", "carol", "dave"):
        cast[name].post("/user_directory/search", {"search_term": _word(cast)})


@scenario(SEARCH, branch="parts of names, ids, accents, nothing at all", prepare=neighbours)
def finds_by_words(cast: Cast) -> None:
    alice, name = cast["alice"], _word(cast)
    # Only words that one user has: those of equal rank come in any order.
    words = (f"{name.lower()} nr1", f"nr2 {name}", name[2:], f"{name.replace('i', 'í')} nr1")
    for word in (*words, cast.localpart("bob"), cast.user_id("bob"), "", " ", "%", "'; x"):
        alice.post("/user_directory/search", {"search_term": word})


@scenario(SEARCH, branch="limits and wrong types", prepare=neighbours)
def limits_what_is_found(cast: Cast) -> None:
    alice, name = cast["alice"], _word(cast)
    limits: list[Any] = [1, 0, -1, 100, "1", None]
    for limit in limits:
        alice.post("/user_directory/search", {"search_term": name, "limit": limit})
    alice.post("/user_directory/search", {})
    alice.post("/user_directory/search", {"search_term": 1})
    cast.nobody().post("/user_directory/search", {"search_term": name})
