# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests and answers as the recording keeps them."""

from __future__ import annotations

import json
import re
import zlib
from typing import Any, NoReturn

from .capture import CapturedBody, Headers
from .format import Body
from .scrub_headers import first

# Larger ones, unpacked, are not kept: their size and hash are.
LARGEST = 32 * 1024 * 1024

_MEDIA = re.compile(
    r"/_matrix/(?:media|client)/[^/]+/(?:media/)?(?:upload|download|thumbnail)(?:/|$)|"
    r"/_matrix/federation/v1/media/(?:download|thumbnail)/"
)


class _UnpackError(Exception):
    """A body that ends early, or that is larger than what is kept."""


def is_media(method: str, path: str) -> tuple[bool, bool]:
    """Whether the request and the answer of this path are media, of which bytes are never kept."""
    if not _MEDIA.match(path):
        return False, False
    return method in ("PUT", "POST"), method == "GET"


def unpacked(body: CapturedBody, headers: Headers) -> bytes | None:
    """The bytes of a body without its content encoding; None when they cannot be had."""
    encoding = first(headers, "content-encoding").lower().strip()
    if not body.data or encoding in ("", "identity"):
        return body.data
    try:
        if encoding in ("gzip", "x-gzip"):
            return _inflate(body.data, 31)
        if encoding == "deflate":
            return _inflate(body.data, 15)
    except (_UnpackError, zlib.error):
        pass
    return None


def _inflate(data: bytes, bits: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    found = unpacker.decompress(data, LARGEST)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise _UnpackError
    return found


def parse(data: bytes) -> Any:
    """Strict JSON, or ValueError: what cannot be written again as it came is text."""
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def omitted(body: CapturedBody) -> Body:
    return Body("omitted", {"size": body.size, "sha256": body.digest})
