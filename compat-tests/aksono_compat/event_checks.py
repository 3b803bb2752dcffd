# SPDX-License-Identifier: Apache-2.0
"""Recomputes an event's content hash, event id and signature (specification: Signing Events)."""

import base64
import hashlib
from functools import cache
from typing import Any

import canonicaljson
import signedjson.key
import signedjson.sign

from .config import SERVER_NAME, SIGNING_KEY
from .peer_keys import signing_key

Json = dict[str, Any]

_KEEP = {
    *("event_id", "type", "room_id", "sender", "state_key", "content", "hashes", "signatures"),
    *("depth", "prev_events", "auth_events", "origin_server_ts"),
}
_KEEP_UNTIL_10 = _KEEP | {"origin", "prev_state", "membership"}
_POWER_LEVELS = (
    *("ban", "events", "events_default", "kick", "redact", "state_default", "users"),
    "users_default",
)


def _content_keys(kind: str, version: int) -> list[str] | None:
    """Keys of `content` that a redaction keeps; None: all of them."""
    keys: dict[str, list[str]] = {
        "m.room.member": ["membership"],
        "m.room.join_rules": ["join_rule"],
        "m.room.power_levels": [*_POWER_LEVELS],
        "m.room.history_visibility": ["history_visibility"],
        "m.room.create": ["creator"],
    }
    if version <= 5:
        keys["m.room.aliases"] = ["aliases"]
    if version >= 8:
        keys["m.room.join_rules"].append("allow")
    if version >= 9:
        keys["m.room.member"].append("join_authorised_via_users_server")
    if version >= 11:
        keys["m.room.power_levels"].append("invite")
        keys["m.room.redaction"] = ["redacts"]
        if kind == "m.room.create":
            return None
    return keys.get(kind, [])


def redacted(event: Json, version: int) -> Json:
    """The event as the redaction algorithm of its room version leaves it."""
    keep = _KEEP if version >= 11 else _KEEP_UNTIL_10
    result = {key: value for key, value in event.items() if key in keep}
    content = event.get("content", {})
    keys = _content_keys(event["type"], version)
    if keys is not None:
        result["content"] = {key: content[key] for key in keys if key in content}
        invite = content.get("third_party_invite")
        if version >= 11 and event["type"] == "m.room.member" and isinstance(invite, dict):
            result["content"]["third_party_invite"] = {
                key: value for key, value in invite.items() if key == "signed"
            }
    return result


def _without(event: Json, *keys: str) -> Json:
    return {key: value for key, value in event.items() if key not in keys}


def _unpadded(digest: bytes, *, url_safe: bool = False) -> str:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    return encode(digest).decode().rstrip("=")


def content_hash(event: Json) -> str:
    """hashes.sha256 as it must be."""
    bare = _without(event, "unsigned", "signatures", "hashes")
    return _unpadded(hashlib.sha256(canonicaljson.encode_canonical_json(bare)).digest())


def _reference_hash(event: Json, version: int) -> bytes:
    left_out = ["unsigned", "signatures", *(["event_id"] if version > 2 else [])]
    bare = _without(redacted(event, version), *left_out)
    return hashlib.sha256(canonicaljson.encode_canonical_json(bare)).digest()


def event_id(event: Json, version: int) -> str | None:
    """The id as it must be; None in versions 1 and 2, where it is random."""
    if version <= 2:
        return None
    return "$" + _unpadded(_reference_hash(event, version), url_safe=version >= 4)


def is_reference_hash(hashes: Any, event: Json, version: int) -> bool:
    """Whether `hashes` is what stands beside the id of `event` in prev_events."""
    try:
        return bool(hashes == {"sha256": _unpadded(_reference_hash(event, version))})
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


@cache
def _verify_key() -> Any:
    return signedjson.key.get_verify_key(signedjson.key.read_signing_keys([SIGNING_KEY.strip()])[0])


def is_hashed(event: Json) -> bool:
    """Whether `hashes` is what it must be."""
    return bool(event.get("hashes") == {"sha256": content_hash(event)})


def is_signed(event: Json, stored_id: str, version: int, server_name: str = SERVER_NAME) -> bool:
    """Whether the event has its id by right, the signature of its sender's server, and no wrong
    one: `server_name` has the test key, scripted servers have their own."""
    try:
        rightful = event_id(event, version) in (None, stored_id)
        return rightful and _signatures_are_valid(event, version, server_name)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _signatures_are_valid(event: Json, version: int, server_name: str) -> bool:
    signers = set(event.get("signatures", {}))
    if event["sender"].partition(":")[2] not in signers:
        return False
    signed = _without(redacted(event, version), "unsigned")
    if version > 2:
        signed.pop("event_id", None)
    try:
        for signer in signers:
            key = _verify_key() if signer == server_name else _peers_key(signer)
            signedjson.sign.verify_signed_json(signed, signer, key)
    except signedjson.sign.SignatureVerifyException:
        return False
    return True


def _peers_key(name: str) -> Any:
    return signedjson.key.get_verify_key(signing_key(name))
