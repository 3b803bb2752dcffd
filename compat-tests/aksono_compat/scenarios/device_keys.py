# SPDX-License-Identifier: Apache-2.0
"""Keys of devices and users: uploaded, asked for, claimed, signed, and told about in /sync."""

from functools import partial
from typing import Any

from .cast import Actor, Cast
from .confirm import confirmed
from .key_signing import (
    cross_signing_key,
    cross_signing_keys,
    device_keys,
    one_time_keys,
    public,
    signed,
)
from .model import scenario

KEYS = "/_matrix/client/*/keys"
UPLOAD, QUERY, CLAIM = (f"POST {KEYS}/{name}" for name in ("upload", "query", "claim"))
CHANGES = f"GET {KEYS}/changes"
CROSS = f"POST {KEYS}/device_signing/upload"
SIGNATURES = f"POST {KEYS}/signatures/upload"


def _phone(cast: Cast, name: str) -> Actor:
    """A user's device with a name of its own: keys depend on it."""
    return cast.again(cast.user(name), f"{name.upper()}PHONE")


def _with_keys(cast: Cast, *names: str) -> list[Actor]:
    phones = [_phone(cast, name) for name in names]
    for phone in phones:
        phone.post("/keys/upload", {"device_keys": device_keys(phone)}).ok()
    return phones


def two_with_keys(cast: Cast) -> dict[str, Any]:
    alice, bob = _with_keys(cast, "alice", "bob")
    alice.create_room(bob)
    return {}


def _alice_and_bob(cast: Cast) -> tuple[Actor, Actor]:
    return cast["alice on ALICEPHONE"], cast["bob on BOBPHONE"]


@scenario(UPLOAD, branch="device keys, one-time keys and a fallback key, twice")
def uploads_keys(cast: Cast) -> None:
    alice = _phone(cast, "alice")
    alice.post("/keys/upload", {})
    upload = {
        "device_keys": device_keys(alice),
        "one_time_keys": one_time_keys(alice, "AAAA", "AAAB", "AAAC"),
        "fallback_keys": one_time_keys(alice, "FALL", fallback=True),
    }
    for _ in range(2):
        alice.post("/keys/upload", upload)
    alice.get("/sync", timeout=0)
    alice.post("/keys/upload", {"fallback_keys": one_time_keys(alice, "NEXT", fallback=True)})


@scenario(UPLOAD, branch="a one-time key that is there already with other content")
def keeps_one_time_keys(cast: Cast) -> None:
    alice = _phone(cast, "alice")
    keys = one_time_keys(alice, "AAAA", "AAAB")
    alice.post("/keys/upload", {"one_time_keys": keys})
    swapped = {"signed_curve25519:AAAA": keys["signed_curve25519:AAAB"]}
    alice.post("/keys/upload", {"one_time_keys": swapped})
    alice.post("/keys/upload", {"one_time_keys": {"curve25519:AAAA": "plain"}})
    alice.post("/keys/upload", {"one_time_keys": {"nocolon": "plain"}})


@scenario(UPLOAD, branch="keys of another user or device, and of wrong types")
def refuses_foreign_keys(cast: Cast) -> None:
    alice, bob = _phone(cast, "alice"), _phone(cast, "bob")
    wrongs: list[Any] = [device_keys(bob), {}, [], {**device_keys(alice), "device_id": "OTHER"}]
    for wrong in wrongs:
        alice.post("/keys/upload", {"device_keys": wrong})
    alice.post("/keys/upload", {"one_time_keys": []})
    alice.post("/keys/query", {"device_keys": {alice.user_id: []}})


@scenario(QUERY, branch="of oneself, of others, of some devices, of nobody", prepare=two_with_keys)
def asks_for_keys(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    unknown = cast.user_id("unknown")
    wishes: list[Any] = [
        {alice.user_id: [], bob.user_id: [], unknown: []},
        {alice.user_id: ["ALICEPHONE"], bob.user_id: ["NONE"]},
        {},
        {"no user": []},
        {alice.user_id: "ALICEPHONE"},
        [],
    ]
    for wish in wishes:
        bob.post("/keys/query", {"device_keys": wish})
    bob.post("/keys/query", {})


def keys_to_claim(cast: Cast) -> dict[str, Any]:
    alice, _ = _with_keys(cast, "alice", "bob")
    keys = {
        "one_time_keys": one_time_keys(alice, "AAAA"),
        "fallback_keys": one_time_keys(alice, "FALL", fallback=True),
    }
    alice.post("/keys/upload", keys).ok()
    return {}


@scenario(
    CLAIM, branch="a one-time key is given once, then the fallback key", prepare=keys_to_claim
)
def claims_keys(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    wish = {alice.user_id: {"ALICEPHONE": "signed_curve25519", "NONE": "signed_curve25519"}}
    for _ in range(3):
        bob.post("/keys/claim", {"one_time_keys": wish})
    alice.get("/sync", timeout=0)
    wish = {alice.user_id: {"ALICEPHONE": "unknown"}, cast.user_id("x"): {"D": "curve25519"}}
    bob.post("/keys/claim", {"one_time_keys": wish})
    bob.post("/keys/claim", {})


def many_keys_to_claim(cast: Cast) -> dict[str, Any]:
    alice, _ = _with_keys(cast, "alice", "bob")
    names = [f"A{number}" for number in range(6)]
    alice.post("/keys/upload", {"one_time_keys": one_time_keys(alice, *names)}).ok()
    return {}


@scenario(CLAIM, branch="several at once get one key each", prepare=many_keys_to_claim, rows=False)
def claims_keys_at_once(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    wish = {"one_time_keys": {alice.user_id: {"ALICEPHONE": "signed_curve25519"}}}
    bob.post("/keys/claim", {"one_time_keys": {alice.user_id: {"NONE": "signed_curve25519"}}})
    bob.quiet = True
    answers = cast.at_once(*(partial(bob.post, "/keys/claim", wish) for _ in range(6)))
    bob.quiet = False
    # Synapse may leave some without; two never get the same one.
    given = [key for one in answers for key in _claimed(one.ok(), alice.user_id)]
    assert len(set(given)) == len(given)


def _claimed(answer: Any, user_id: str) -> dict[str, Any]:
    claimed: dict[str, Any] = answer["one_time_keys"].get(user_id, {}).get("ALICEPHONE", {})
    return claimed


def before_new_keys(cast: Cast) -> dict[str, Any]:
    alice, bob, carol = (_phone(cast, name) for name in ("alice", "bob", "carol"))
    alice.create_room(bob)
    carol.create_room(bob)
    return {}


@scenario(CHANGES, UPLOAD, branch="who has new keys since a sync", prepare=before_new_keys)
def tells_of_changed_keys(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    since = bob.since()
    alice.post("/keys/upload", {"device_keys": device_keys(alice)}).ok()
    seen = bob.sync_until(since, lambda seen: "changed" in seen.get("device_lists", {}))
    bob.get("/keys/changes", **{"from": since, "to": seen["next_batch"]})
    bob.get("/keys/changes", **{"from": seen["next_batch"], "to": seen["next_batch"]})
    bob.get("/keys/changes", **{"from": "x", "to": "y"})
    bob.get("/keys/changes", **{"from": since})


@scenario(CROSS, QUERY, branch="the first keys need no password, others do", prepare=two_with_keys)
def sets_up_cross_signing(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    path = "/_matrix/client/v3/keys/device_signing/upload"
    keys = cross_signing_keys(alice.user_id)
    for _ in range(2):
        alice.post(path, keys)
    for one in (alice, bob):
        one.post("/keys/query", {"device_keys": {alice.user_id: []}})
    confirmed(alice, "POST", path, cross_signing_keys(alice.user_id, generation="2")).ok()
    bob.post("/keys/query", {"device_keys": {alice.user_id: []}})


@scenario(CROSS, branch="keys of others, without master key, or with a wrong signature")
def refuses_cross_signing_keys(cast: Cast) -> None:
    alice, bob = _phone(cast, "alice"), _phone(cast, "bob")
    path = "/_matrix/client/v3/keys/device_signing/upload"
    mine = cross_signing_keys(alice.user_id)
    wrongs: list[dict[str, Any]] = [
        {"self_signing_key": mine["self_signing_key"]},
        cross_signing_keys(bob.user_id),
        {"master_key": {**mine["master_key"], "usage": ["self_signing"]}},
        {"master_key": {**mine["master_key"], "keys": {}}},
        {"master_key": {}},
        {},
    ]
    for wrong in wrongs:
        alice.post(path, wrong)
    other = cross_signing_key(alice.user_id, "self_signing", generation="2")
    alice.post(path, {**mine, "self_signing_key": other})


def two_cross_signed(cast: Cast) -> dict[str, Any]:
    phones = _with_keys(cast, "alice", "bob")
    for phone in phones:
        path = "/_matrix/client/v3/keys/device_signing/upload"
        phone.post(path, cross_signing_keys(phone.user_id)).ok()
    phones[0].create_room(phones[1])
    return {}


@scenario(SIGNATURES, branch="one's own device, and another user's key", prepare=two_cross_signed)
def signs_keys(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    since = bob.since()
    device = device_keys(alice)
    own = signed(device, alice.user_id, f"{alice.user_id} self_signing ")
    master = cross_signing_key(bob.user_id, "master")
    theirs = signed(master, alice.user_id, f"{alice.user_id} user_signing ")
    path = "/_matrix/client/v3/keys/signatures/upload"
    key = public(f"{bob.user_id} master ")
    alice.post(path, {alice.user_id: {"ALICEPHONE": own}, bob.user_id: {key: theirs}})
    bob.sync_until(since, lambda seen: "changed" in seen.get("device_lists", {}))
    for one in (alice, bob):
        one.post("/keys/query", {"device_keys": {alice.user_id: [], bob.user_id: []}})


@scenario(
    SIGNATURES, branch="of unknown keys, by unknown keys, and forged", prepare=two_cross_signed
)
def refuses_signatures(cast: Cast) -> None:
    alice, bob = _alice_and_bob(cast)
    path = "/_matrix/client/v3/keys/signatures/upload"
    device = device_keys(alice)
    forged = signed(device, alice.user_id, f"{alice.user_id} self_signing ")
    forged["algorithms"] = ["another"]
    alice.post(path, {alice.user_id: {"ALICEPHONE": forged}})
    unknown = signed(device, alice.user_id, "unknown key")
    alice.post(path, {alice.user_id: {"ALICEPHONE": unknown, "NONE": device}})
    alice.post(path, {bob.user_id: {"BOBPHONE": device_keys(bob)}})
    alice.post(path, {cast.user_id("unknown"): {"x": {}}})
    alice.post(path, {})
