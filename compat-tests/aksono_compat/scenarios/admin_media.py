# SPDX-License-Identifier: Apache-2.0
"""The admin API: media, quarantined, protected, counted and deleted."""

from typing import Any

from ..client import q
from .cast import Actor, Cast
from .media import upload
from .model import scenario

ADMIN = "/_synapse/admin/v1"
DOWNLOAD = "/_matrix/client/v1/media/download"


def _uploaded(actor: Actor, text: str) -> str:
    uri: str = upload(actor, text.encode(), "text/plain", f"{text}.txt").ok()["content_uri"]
    return uri.removeprefix("mxc://")


# Equal texts are quarantined together, whoever uploaded them: every scenario has its own.
def some_media(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice = cast.user("alice")
    media = [_uploaded(alice, f"{cast.scenario} {number}") for number in range(3)]
    room = alice.create_room()
    content = {"msgtype": "m.file", "body": "file", "url": f"mxc://{media[0]}"}
    alice.send(room, "m.room.message", content).ok()
    return {"media": media, "room": room}


def _download(actor: Actor, *media: str) -> None:
    for one in media:
        actor.get(f"{DOWNLOAD}/{one}")


def _id(where: str) -> str:
    return where.partition("/")[2]


@scenario(
    f"POST {ADMIN}/media/quarantine/{{server_name}}/{{media_id}}",
    f"POST {ADMIN}/media/unquarantine/{{server_name}}/{{media_id}}",
    f"GET {ADMIN}/media/{{server_name}}/{{media_id}}",
    branch="nobody can download it for a while",
    prepare=some_media,
)
def quarantines_media(cast: Cast, media: list[str], room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    for who in (alice, admin):
        for word in ("quarantine", "unquarantine"):
            who.post(f"{ADMIN}/media/{word}/{media[0]}")
            _download(alice, media[0])
            who.get(f"{ADMIN}/media/{media[0]}")
    admin.post(f"{ADMIN}/media/quarantine/test.local/none")
    admin.get(f"{ADMIN}/media/test.local/none")


@scenario(
    f"POST {ADMIN}/media/protect/{{media_id}}",
    f"POST {ADMIN}/media/unprotect/{{media_id}}",
    f"POST {ADMIN}/user/{{user_id}}/media/quarantine",
    branch="what is protected is not quarantined with the rest",
    prepare=some_media,
)
def protects_media(cast: Cast, media: list[str], room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    admin.post(f"{ADMIN}/media/protect/{_id(media[0])}")
    admin.post(f"{ADMIN}/user/{q(alice.user_id)}/media/quarantine")
    _download(alice, *media)
    admin.post(f"{ADMIN}/media/unprotect/{_id(media[0])}")
    admin.post(f"{ADMIN}/user/{q(alice.user_id)}/media/quarantine")
    _download(alice, media[0])
    alice.post(f"{ADMIN}/media/protect/{_id(media[0])}")


@scenario(
    f"GET {ADMIN}/room/{{room_id}}/media",
    f"POST {ADMIN}/room/{{room_id}}/media/quarantine",
    branch="what was sent to a room",
    prepare=some_media,
)
def quarantines_rooms(cast: Cast, media: list[str], room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    admin.get(f"{ADMIN}/room/{q(room)}/media")
    admin.post(f"{ADMIN}/room/{q(room)}/media/quarantine")
    _download(alice, *media)
    admin.get(f"{ADMIN}/room/{q('!none:test.local')}/media")
    alice.get(f"{ADMIN}/room/{q(room)}/media")


@scenario(
    f"DELETE {ADMIN}/media/{{server_name}}/{{media_id}}", branch="one by one", prepare=some_media
)
def deletes_media(cast: Cast, media: list[str], room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    for who, one in ((alice, media[0]), (admin, media[0]), (admin, media[0])):
        who.delete(f"{ADMIN}/media/{one}")
        _download(alice, one)
    admin.delete(f"{ADMIN}/media/elsewhere.invalid/x")


@scenario(
    f"GET {ADMIN}/users/{{user_id}}/media",
    f"DELETE {ADMIN}/users/{{user_id}}/media",
    branch="listed in an order, and deleted, of one user",
    prepare=some_media,
)
def deletes_media_of_users(cast: Cast, media: list[str], room: str) -> None:
    admin, alice = cast["admin"], cast["alice"]
    path = f"{ADMIN}/users/{q(alice.user_id)}/media"
    for order in ("upload_name", "created_ts", "media_length", "unknown"):
        admin.get(path, order_by=order, dir="b")
    admin.get(path, limit=2)
    admin.get(path, limit=-1)
    admin.request("DELETE", path, params={"limit": 1, "order_by": "upload_name"})
    admin.get(path, order_by="upload_name")
    alice.delete(path)


@scenario(
    f"POST {ADMIN}/media/delete",
    f"POST {ADMIN}/purge_media_cache",
    branch="before a time: nothing is that old",
    prepare=some_media,
)
def deletes_no_new_media(cast: Cast, media: list[str], room: str) -> None:
    admin = cast["admin"]
    admin.request("POST", f"{ADMIN}/media/delete", {}, params={"before_ts": 1000000000000})
    admin.request("POST", f"{ADMIN}/purge_media_cache", {}, params={"before_ts": 1000000000000})
    for before in ("0", "x", "-1"):
        admin.request("POST", f"{ADMIN}/media/delete", {}, params={"before_ts": before})
        admin.request("POST", f"{ADMIN}/purge_media_cache", {}, params={"before_ts": before})
    admin.post(f"{ADMIN}/media/delete")
    _download(cast["alice"], media[0])
