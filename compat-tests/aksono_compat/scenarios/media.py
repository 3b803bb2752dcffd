# SPDX-License-Identifier: Apache-2.0
"""Media: uploaded at once or in two steps, downloaded, made smaller, and refused."""

import struct
import zlib
from typing import Any

from ..client import Answer
from .cast import Actor, Cast
from .model import scenario

UPLOAD = "POST /_matrix/media/*/upload"
PUT = "PUT /_matrix/media/*/upload/{server_name}/{media_id}"
CREATE = "POST /_matrix/media/*/create"
DOWNLOAD = "GET /_matrix/client/*/media/download/{server_name}/{media_id}"
NAMED = f"{DOWNLOAD}/{{file_name}}"
OLD_DOWNLOAD = "GET /_matrix/media/*/download/{server_name}/{media_id}"
THUMBNAIL = "GET /_matrix/client/*/media/thumbnail/{server_name}/{media_id}"
CONFIGS = ("GET /_matrix/client/*/media/config", "GET /_matrix/media/*/config")
PREVIEWS = ("GET /_matrix/client/*/media/preview_url", "GET /_matrix/media/*/preview_url")
MEDIA = "/_matrix/client/v1/media"
TEXT = b"a text of some words"


def picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x20\x60\xa0" * width) * height
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def upload(actor: Actor, body: bytes, kind: str = "text/plain", name: str = "") -> Answer:
    params = {"filename": name} if name else None
    headers = {"Content-Type": kind} if kind else {}
    path = "/_matrix/media/v3/upload"
    return actor.request("POST", path, body=body, params=params, headers=headers)


def _uploaded(actor: Actor, body: bytes, kind: str, name: str = "") -> str:
    """`server/id` of what was uploaded."""
    uri: str = upload(actor, body, kind, name).ok()["content_uri"]
    return uri.removeprefix("mxc://")


@scenario(UPLOAD, DOWNLOAD, NAMED, branch="the bytes come back, with type and name")
def uploads_and_downloads(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    names = ("", "notes.txt", "späte Nötes.txt", 'a "quoted".txt')
    kinds = ("text/plain", "text/html", "application/json; charset=utf-8", "")
    for kind, name in zip(kinds, names, strict=True):
        where = _uploaded(alice, TEXT, kind, name)
        bob.get(f"{MEDIA}/download/{where}")
        bob.get(f"{MEDIA}/download/{where}/other.txt")
        bob.request("GET", f"{MEDIA}/download/{where}", headers={"Range": "bytes=0-3"})


def one_file(cast: Cast) -> dict[str, Any]:
    return {"where": _uploaded(cast.user("alice"), TEXT, "text/plain", "notes.txt")}


@scenario(
    DOWNLOAD, OLD_DOWNLOAD, branch="only with a token; not by the old address", prepare=one_file
)
def downloads_with_a_token(cast: Cast, where: str) -> None:
    alice, nobody = cast["alice"], cast.nobody()
    for client in (alice, nobody):
        client.get(f"{MEDIA}/download/{where}")
        client.get(f"/_matrix/media/v3/download/{where}")
        client.get(f"/_matrix/media/r0/thumbnail/{where}", width=32, height=32)
    server = where.partition("/")[0]
    for unknown in ("unknown", "x" * 300, "..%2F..%2Fetc"):
        alice.get(f"{MEDIA}/download/{server}/{unknown}")
    alice.get(f"{MEDIA}/download/no%20server/x")


@scenario(CREATE, PUT, DOWNLOAD, branch="a place first, the bytes later, once, by its maker alone")
def uploads_in_two_steps(cast: Cast) -> None:
    alice, bob = cast.users("alice", "bob")
    made = alice.post("/_matrix/media/v1/create").ok()["content_uri"].removeprefix("mxc://")
    alice.request("GET", f"{MEDIA}/download/{made}", params={"timeout_ms": 100})
    path, headers = f"/_matrix/media/v3/upload/{made}", {"Content-Type": "text/plain"}
    for who in (bob, alice):
        who.request("PUT", path, body=TEXT, headers=headers)
    bob.get(f"{MEDIA}/download/{made}")
    # Synapse holds its lock of the place a little longer than until it has answered.
    cast.wait(0.5)
    alice.request("PUT", path, body=TEXT, headers=headers)
    alice.request("PUT", "/_matrix/media/v3/upload/test.local/none", body=TEXT, headers=headers)
    alice.request("PUT", "/_matrix/media/v3/upload/other.invalid/x", body=TEXT, headers=headers)


@scenario(UPLOAD, branch="without token, empty, without length")
def refuses_uploads(cast: Cast) -> None:
    alice, nobody = cast.user("alice"), cast.nobody()
    upload(nobody, TEXT)
    upload(alice, b"")
    upload(alice, TEXT, "x" * 300)
    upload(alice, TEXT, "text/plain", "x" * 300)


@scenario(*CONFIGS, *PREVIEWS, branch="the largest upload; previews are switched off")
def tells_the_largest_upload(cast: Cast) -> None:
    for client in (cast.user("alice"), cast.nobody()):
        for base in (MEDIA, "/_matrix/media/v3", "/_matrix/media/r0"):
            client.get(f"{base}/config")
            client.get(f"{base}/preview_url", url="https://example.invalid/")


def one_picture(cast: Cast) -> dict[str, Any]:
    alice = cast.user("alice")
    return {
        "large": _uploaded(alice, picture(400, 300), "image/png"),
        "small": _uploaded(alice, picture(16, 16), "image/png"),
        "text": _uploaded(alice, TEXT, "text/plain"),
    }


@scenario(THUMBNAIL, branch="sizes and methods, of pictures and of texts", prepare=one_picture)
def makes_pictures_smaller(cast: Cast, large: str, small: str, text: str) -> None:
    alice = cast["alice"]
    wishes = [(32, 32, "crop"), (96, 96, "scale"), (640, 480, "scale"), (1, 1, "crop")]
    for width, height, method in [*wishes, (20, 20, "unknown")]:
        for where in (large, small):
            alice.get(f"{MEDIA}/thumbnail/{where}", width=width, height=height, method=method)
    alice.get(f"{MEDIA}/thumbnail/{text}", width=32, height=32)
    alice.get(f"{MEDIA}/thumbnail/{large}")
    alice.get(f"{MEDIA}/thumbnail/{large}", width=-1, height="x")
    alice.get(f"{MEDIA}/thumbnail/test.local/none", width=32, height=32)


@scenario(UPLOAD, THUMBNAIL, branch="a picture that is none")
def keeps_broken_pictures(cast: Cast) -> None:
    alice = cast.user("alice")
    for body in (picture(8, 8)[:40], b"no picture at all"):
        answer = upload(alice, body, "image/png")
        if answer.status == 200:
            where = answer.json["content_uri"].removeprefix("mxc://")
            alice.get(f"{MEDIA}/thumbnail/{where}", width=32, height=32)
            alice.get(f"{MEDIA}/download/{where}")
