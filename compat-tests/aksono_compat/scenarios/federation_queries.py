# SPDX-License-Identifier: Apache-2.0
"""What servers ask each other about users, rooms and media."""

import time
from typing import Any

from ..client import q
from ..event_checks import Json
from .acting_peer import FEDERATION
from .cast import Actor, Cast
from .confirm import confirmed
from .key_signing import cross_signing_keys, device_keys, one_time_keys
from .media import TEXT, picture, upload
from .model import scenario
from .peer_rooms_ready import prepare_room

V1 = f"{FEDERATION}/v1"
QUERY = f"GET {V1}/query/{{query_type}}"
DEVICES = f"GET {V1}/user/devices/{{user_id}}"
ROOMS = f"{V1}/publicRooms"
HIERARCHY = f"GET {V1}/hierarchy/{{room_id}}"
ACCOUNT_STATUS = "/unstable/org.matrix.msc3720/query/account_status"


def _named(cast: Cast) -> Json:
    alice = cast.user("alice")
    path = f"/profile/{q(alice.user_id)}"
    alice.put(f"{path}/displayname", {"displayname": "Alice"}).ok()
    alice.put(f"{path}/avatar_url", {"avatar_url": "mxc://test.local/face"}).ok()
    cast.user("bob")
    return {}


@scenario(QUERY, branch="profiles: whole, one field", prepare=_named, profile="federation")
def answers_for_profiles(cast: Cast) -> None:
    peer, path = cast.peer, "/v1/query/profile"
    for name in ("alice", "bob"):
        user = cast[name].user_id
        peer.get(path, user_id=user)
        for field in ("displayname", "avatar_url", "m.tz", "other"):
            peer.get(path, user_id=user, field=field)


@scenario(
    QUERY, branch="profiles of unknown users, of others' users, of nobody; other queries",
    prepare=_named, profile="federation",
)  # fmt: skip
def answers_for_its_own_profiles(cast: Cast) -> None:
    peer, path = cast.peer, "/v1/query/profile"
    peer.get(path, user_id=cast["alice"].user_id)
    for user in (cast.user_id("unknown"), peer.user("pia"), "no user", ""):
        peer.get(path, user_id=user)
    peer.get(path)
    peer.get("/v1/query/nonsense", user_id=cast["alice"].user_id)


def _with_alias(cast: Cast) -> Json:
    alice = cast.user("alice")
    name = cast.localpart("square")
    room_id = alice.create_room(preset="public_chat", room_alias_name=name)
    return {"alias": f"#{name}:{cast.server_name}", "room_id": room_id}


@scenario(
    QUERY, branch="aliases: one there is, unknown ones, another server's", prepare=_with_alias,
    profile="federation",
)  # fmt: skip
def answers_for_aliases(cast: Cast, alias: str, room_id: str) -> None:
    peer, path = cast.peer, "/v1/query/directory"
    for wanted in (alias, f"#none:{cast.server_name}", f"#none:{peer.name}", "no alias"):
        peer.get(path, room_alias=wanted)
    peer.get(path)


def _with_devices(cast: Cast) -> Json:
    alice = cast.again(cast.user("alice"), "PHONE")
    keys = {"device_keys": device_keys(alice), "one_time_keys": one_time_keys(alice, "AAAA")}
    alice.post("/keys/upload", keys).ok()
    alice.post("/keys/device_signing/upload", cross_signing_keys(alice.user_id))
    alice.put("/devices/PHONE", {"display_name": "phone"}).ok()
    room_id = alice.create_room(preset="public_chat")
    cast.peer.enter(room_id, "pia")
    return {"user": alice.user_id}


@scenario(
    DEVICES, branch="of a user with keys; unknown, another server's", prepare=_with_devices,
    profile="federation",
)  # fmt: skip
def lists_devices(cast: Cast, user: str) -> None:
    peer = cast.peer
    for wanted in (user, cast.user_id("unknown"), peer.user("pia"), "no user"):
        peer.get(f"/v1/user/devices/{q(wanted)}")


@scenario(
    f"POST {V1}/user/keys/query", branch="all devices, one, unknown users, wrong bodies",
    prepare=_with_devices, profile="federation",
)  # fmt: skip
def answers_for_keys(cast: Cast, user: str) -> None:
    peer, path = cast.peer, "/v1/user/keys/query"
    wishes: list[Any] = [
        {user: []}, {user: ["PHONE"]}, {user: ["NONE"]}, {cast.user_id("unknown"): []},
        {peer.user("pia"): []}, {}, {user: "PHONE"}, [],
    ]  # fmt: skip
    for wish in wishes:
        peer.post(path, {"device_keys": wish})
    peer.post(path, {})


def _with_one_time_keys(cast: Cast) -> Json:
    alice = cast.again(cast.user("alice"), "PHONE")
    keys = {
        "device_keys": device_keys(alice),
        "one_time_keys": one_time_keys(alice, "AAAA", "BBBB"),
        "fallback_keys": one_time_keys(alice, "FFFF", fallback=True),
    }
    alice.post("/keys/upload", keys).ok()
    return {"user": alice.user_id}


@scenario(
    f"POST {V1}/user/keys/claim", branch="all of them, the fallback key, none, wrong bodies",
    prepare=_with_one_time_keys, profile="federation",
)  # fmt: skip
def gives_one_time_keys(cast: Cast, user: str) -> None:
    peer, path = cast.peer, "/v1/user/keys/claim"
    since = cast["alice on PHONE"].since()
    for _ in range(4):
        peer.post(path, {"one_time_keys": {user: {"PHONE": "signed_curve25519"}}})
    wishes: list[Any] = [
        {user: {"PHONE": "curve25519"}}, {user: {"NONE": "signed_curve25519"}},
        {cast.user_id("unknown"): {"PHONE": "signed_curve25519"}}, {}, [], {user: []},
    ]  # fmt: skip
    for wish in wishes:
        peer.post(path, {"one_time_keys": wish})
    peer.post(path, {})
    cast["alice on PHONE"].get("/sync", since=since, timeout=0)


def _published(cast: Cast) -> Json:
    admin = cast.user("admin", admin=True)
    for n in range(3):
        name = f"{cast.localpart('room')} {n}"
        room_id = admin.create_room(preset="public_chat", name=name, topic=f"about {n}")
        admin.put(f"/directory/list/room/{q(room_id)}", {"visibility": "public"}).ok()
    _until_counted(admin, cast.localpart("room"))
    return {"term": cast.localpart("room")}


def _until_counted(actor: Actor, term: str) -> None:
    """Until the rooms are found with their members: they are counted later."""
    wish = {"filter": {"generic_search_term": term}}
    for _ in range(200):
        chunk = actor.post("/publicRooms", wish).ok()["chunk"]
        if len(chunk) == 3 and all(room["num_joined_members"] for room in chunk):
            return
        time.sleep(0.1)
    raise TimeoutError("the rooms were not counted")


@scenario(
    f"POST {ROOMS}", branch="searched, a few at a time, by type, wrong bodies",
    prepare=_published, profile="federation",
)  # fmt: skip
def searches_public_rooms_for_servers(cast: Cast, term: str) -> None:
    peer, path = cast.peer, "/v1/publicRooms"
    searched = {"filter": {"generic_search_term": term}}
    peer.unordered = True
    peer.post(path, searched)
    peer.post(path, {"filter": {"generic_search_term": term.upper()}, "limit": 10})
    peer.post(path, {"filter": {"generic_search_term": term, "room_types": ["m.space"]}})
    peer.post(path, {"filter": {"generic_search_term": term, "room_types": [None]}})
    wrong: list[Json] = [
        {"limit": "x"}, {"limit": -1}, {"since": "nonsense"}, {"filter": []},
        {"third_party_instance_id": "none"}, {"include_all_networks": "yes"},
    ]  # fmt: skip
    for body in wrong:
        peer.post(path, {**searched, **body})


@scenario(f"GET {ROOMS}", branch="wrong parameters", prepare=_published, profile="federation")
def lists_public_rooms_for_servers(cast: Cast, term: str) -> None:
    peer, path = cast.peer, "/v1/publicRooms"
    peer.quiet = True
    found = peer.get(path)
    rooms = found.json.get("chunk", []) if found.status == 200 else []
    assert found.status != 200 or sum(term in room.get("name", "") for room in rooms) == 3
    peer.quiet = False
    peer.get(path, limit="x")
    peer.get(path, since="nonsense")
    peer.get(path, third_party_instance_id="none", include_all_networks="true")


def _space(cast: Cast) -> Json:
    """A space with a public room, one of its own, one only for members, and one elsewhere."""
    alice = cast.user("alice")
    creation = {"type": "m.space"}
    space = alice.create_room(preset="public_chat", name="Space", creation_content=creation)
    open_room = alice.create_room(preset="public_chat", name="Open", topic="for all")
    closed = alice.create_room(preset="private_chat", name="Closed")
    join_rule = {"join_rule": "restricted", "allow": [{"type": "m.room_membership"}]}
    join_rule["allow"][0]["room_id"] = space  # type: ignore[index]
    state = [{"type": "m.room.join_rules", "state_key": "", "content": join_rule}]
    restricted = alice.create_room(name="Members", initial_state=state)
    for order, child in enumerate((open_room, closed, restricted, f"!far:{cast.peer.name}")):
        content = {"via": [cast.server_name], "order": str(order), "suggested": order == 0}
        alice.state(space, "m.space.child", content, child)
    cast.peer.enter(space, "pia")
    return {"space": space, "plain": open_room, "closed": closed}


@scenario(
    HIERARCHY, branch="a space with rooms of all kinds, a plain room, none that may be seen",
    prepare=_space, profile="federation",
)  # fmt: skip
def shows_spaces(cast: Cast, space: str, plain: str, closed: str) -> None:
    peer = cast.peer
    for room in (space, plain, closed, "!none:test.local", "nonsense"):
        peer.get(f"/v1/hierarchy/{q(room)}")
    for suggested in ("true", "false", "x"):
        peer.get(f"/v1/hierarchy/{q(space)}", suggested_only=suggested)


@scenario(
    HIERARCHY, branch="to a server that is in none of the rooms", prepare=_space,
    profile="federation",
)  # fmt: skip
def shows_spaces_to_strangers(cast: Cast, space: str, plain: str, closed: str) -> None:
    peer = cast.peer_named("stranger")
    for room in (space, plain, closed):
        peer.get(f"/v1/hierarchy/{q(room)}")


def _token(cast: Cast) -> Json:
    alice = cast.user("alice")
    path = f"/user/{q(alice.user_id)}/openid/request_token"
    return {"token": alice.post(path).ok()["access_token"], "access": alice.token}


@scenario(
    f"GET {V1}/openid/userinfo", branch="asked by a server, with and without proof",
    prepare=_token, profile="federation",
)  # fmt: skip
def tells_servers_whose_token_it_is(cast: Cast, token: str, access: str) -> None:
    peer = cast.peer
    path = "/v1/openid/userinfo"
    for shown in (token, "unknown", "", access):
        peer.request(peer.home, "GET", f"{path}?access_token={q(shown)}", None, "")
    peer.request(peer.home, "GET", path, None, "")
    peer.get(path, access_token=token)


def _files(cast: Cast) -> Json:
    alice = cast.user("alice")
    made = [
        upload(alice, TEXT, "text/plain", "notes.txt"),
        upload(alice, picture(64, 48), "image/png"),
    ]
    uris = [one.ok()["content_uri"].rpartition("/")[2] for one in made]
    return {"text": uris[0], "image": uris[1]}


@scenario(
    f"GET {V1}/media/download/{{media_id}}", branch="a text, a picture, none", prepare=_files,
    profile="federation",
)  # fmt: skip
def gives_media(cast: Cast, text: str, image: str) -> None:
    peer = cast.peer
    for media in (text, image, "none"):
        peer.get(f"/v1/media/download/{media}")
    peer.get(f"/v1/media/download/{text}", timeout_ms=100)
    peer.request(peer.home, "GET", f"/v1/media/download/{text}", None, "")


@scenario(
    f"GET {V1}/media/thumbnail/{{media_id}}",
    branch="scaled, cropped, of what has none, wrong parameters", prepare=_files,
    profile="federation",
)  # fmt: skip
def gives_thumbnails(cast: Cast, text: str, image: str) -> None:
    peer = cast.peer
    size = {"width": 32, "height": 32}
    for method in ("scale", "crop", "x"):
        peer.get(f"/v1/media/thumbnail/{image}", **size, method=method)
    peer.get(f"/v1/media/thumbnail/{image}", **size)
    peer.get(f"/v1/media/thumbnail/{image}", **size, animated="true")
    peer.get(f"/v1/media/thumbnail/{image}")
    peer.get(f"/v1/media/thumbnail/{image}", width="x", height=32)
    peer.get(f"/v1/media/thumbnail/{text}", **size)
    peer.get("/v1/media/thumbnail/none", **size)


def _accounts(cast: Cast) -> Json:
    prepare_room(cast)
    gone = cast.user("gone")
    confirmed(gone, "POST", "/account/deactivate", {}).ok()
    return {"users": [cast["alice"].user_id, gone.user_id]}


@scenario(
    f"POST {FEDERATION}{ACCOUNT_STATUS}", branch="there, gone, unknown; none",
    prepare=_accounts, profile="federation",
)  # fmt: skip
def tells_account_status(cast: Cast, users: list[str]) -> None:
    """Synapse 1.163.2 fails, whatever it is asked."""
    cast.peer.post(ACCOUNT_STATUS, {"user_ids": [*users, cast.user_id("unknown")]})
    cast.peer.post(ACCOUNT_STATUS, {})
