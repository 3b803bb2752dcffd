# SPDX-License-Identifier: Apache-2.0
"""Backups of room keys: versions, keys at all levels, and which of two keys is kept."""

from typing import Any

from .cast import Actor, Cast
from .model import scenario

BACKUP = "/_matrix/client/*/room_keys"
VERSIONS, VERSION = f"{BACKUP}/version", f"{BACKUP}/version/{{version}}"
KEYS = f"{BACKUP}/keys"
ROOM_KEYS, ROOM_KEY = f"{KEYS}/{{room_id}}", f"{KEYS}/{{room_id}}/{{session_id}}"
ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"
ROOM = "!room:test.local"


def _key(index: int = 0, forwarded: int = 0, verified: bool = False) -> dict[str, Any]:
    return {
        "first_message_index": index,
        "forwarded_count": forwarded,
        "is_verified": verified,
        "session_data": {"ciphertext": "x", "mac": "y", "n": index},
    }


def _new_version(actor: Actor, key: str = "one") -> str:
    wish = {"algorithm": ALGORITHM, "auth_data": {"public_key": key, "signatures": {}}}
    version: str = actor.post("/room_keys/version", wish).ok()["version"]
    return version


def _put(actor: Actor, where: str, content: Any, version: str) -> None:
    path = f"/room_keys/keys{where}"
    actor.request("PUT", path, content, params={"version": version})


@scenario(
    f"POST {VERSIONS}",
    f"GET {VERSIONS}",
    f"GET {VERSION}",
    f"PUT {VERSION}",
    branch="the newest version counts; its auth data may change",
)
def makes_versions(cast: Cast) -> None:
    alice = cast.user("alice")
    alice.get("/room_keys/version")
    first, second = _new_version(alice), _new_version(alice, "two")
    alice.get("/room_keys/version")
    for version in (first, second, "99", "x"):
        alice.get(f"/room_keys/version/{version}")
    changed = {"algorithm": ALGORITHM, "auth_data": {"public_key": "three"}}
    alice.put(f"/room_keys/version/{second}", changed)
    alice.put(f"/room_keys/version/{second}", {**changed, "version": second})
    alice.put(f"/room_keys/version/{second}", {**changed, "version": first})
    alice.put(f"/room_keys/version/{second}", {**changed, "algorithm": "other"})
    alice.put("/room_keys/version/99", changed)
    alice.get("/room_keys/version")


@scenario(f"DELETE {VERSION}", f"GET {VERSIONS}", branch="deleted: the one before it counts again")
def deletes_versions(cast: Cast) -> None:
    alice = cast.user("alice")
    versions = [_new_version(alice), _new_version(alice, "two")]
    _put(alice, f"/{ROOM}/s1", _key(), versions[1])
    for version in reversed(versions):
        alice.delete(f"/room_keys/version/{version}")
        alice.get("/room_keys/version")
        alice.get("/room_keys/keys", version=version)
        alice.delete(f"/room_keys/version/{version}")
    _new_version(alice, "three")


@scenario(
    f"PUT {KEYS}", f"GET {KEYS}", f"DELETE {KEYS}", branch="keys of several rooms in one request"
)
def backs_up_rooms(cast: Cast) -> None:
    alice = cast.user("alice")
    version = _new_version(alice)
    alice.get("/room_keys/keys", version=version)
    rooms = {
        ROOM: {"sessions": {"s1": _key(1), "s2": _key(2)}},
        "!b:x": {"sessions": {"s1": _key()}},
    }
    for _ in range(2):
        _put(alice, "", {"rooms": rooms}, version)
    alice.get("/room_keys/keys", version=version)
    alice.request("DELETE", "/room_keys/keys", params={"version": version})
    alice.get("/room_keys/keys", version=version)
    alice.get("/room_keys/version")


@scenario(
    f"PUT {ROOM_KEYS}",
    f"GET {ROOM_KEYS}",
    f"DELETE {ROOM_KEYS}",
    f"GET {ROOM_KEY}",
    f"DELETE {ROOM_KEY}",
    branch="keys of one room, and a single one of them",
)
def backs_up_a_room(cast: Cast) -> None:
    alice = cast.user("alice")
    version = _new_version(alice)
    _put(alice, f"/{ROOM}", {"sessions": {"s1": _key(1), "s2": _key(2)}}, version)
    for where in (f"/{ROOM}", f"/{ROOM}/s1", f"/{ROOM}/none", "/!none:x", "/!none:x/s1"):
        alice.get(f"/room_keys/keys{where}", version=version)
    for where in (f"/{ROOM}/s1", f"/{ROOM}/s1", f"/{ROOM}"):
        alice.request("DELETE", f"/room_keys/keys{where}", params={"version": version})
        alice.get(f"/room_keys/keys/{ROOM}", version=version)


@scenario(f"PUT {ROOM_KEY}", f"GET {ROOM_KEY}", branch="the better of two keys is kept")
def keeps_the_better_key(cast: Cast) -> None:
    alice = cast.user("alice")
    version = _new_version(alice)
    path = f"/{ROOM}/s1"
    offers = [_key(5), _key(6), _key(4), _key(4, 1), _key(9, 9, True), _key(0), _key(9, 8, True)]
    for offer in offers:
        _put(alice, path, offer, version)
        alice.get(f"/room_keys/keys{path}", version=version)


@scenario(f"PUT {ROOM_KEY}", f"PUT {KEYS}", branch="old versions, none at all, and wrong types")
def refuses_keys(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    _put(alice, f"/{ROOM}/s1", _key(), "1")
    first, second = _new_version(alice), _new_version(alice, "two")
    _put(alice, f"/{ROOM}/s1", _key(), first)
    _put(alice, "", {"rooms": {}}, first)
    for missing in _key():
        content = {name: value for name, value in _key().items() if name != missing}
        _put(alice, f"/{ROOM}/s1", content, second)
    _put(alice, "", {}, second)
    _put(alice, f"/{ROOM}", {}, second)
    alice.put(f"/room_keys/keys/{ROOM}/s1", _key())
    _put(bob, f"/{ROOM}/s1", _key(), second)
    alice.post("/room_keys/version", {"algorithm": ALGORITHM})
    alice.post("/room_keys/version", {"auth_data": {}})
