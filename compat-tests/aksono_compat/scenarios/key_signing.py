# SPDX-License-Identifier: Apache-2.0
"""Keys of devices and users, the same ones in every run: made of names."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import signedjson.key
import signedjson.sign

from .cast import Actor


def _seed(name: str) -> str:
    return b64encode(hashlib.sha256(name.encode()).digest()).decode().rstrip("=")


def _key(name: str, version: str) -> Any:
    return signedjson.key.decode_signing_key_base64("ed25519", version, _seed(name))


def public(name: str) -> str:
    """The public half of the key of this name."""
    text: str = signedjson.key.encode_verify_key_base64(_key(name, "x").verify_key)
    return text


def signed(content: dict[str, Any], user_id: str, name: str, version: str = "") -> dict[str, Any]:
    """`content` with a signature by the key of this name; its own public key is its version."""
    key = _key(name, version or public(name))
    result: dict[str, Any] = signedjson.sign.sign_json(content, user_id, key)
    return result


def device_keys(actor: Actor) -> dict[str, Any]:
    """The identity keys of the actor's device, signed by themselves."""
    name = f"{actor.user_id} {actor.device_id}"
    keys = {
        f"curve25519:{actor.device_id}": _seed(f"{name} curve"),
        f"ed25519:{actor.device_id}": public(name),
    }
    content = {
        "user_id": actor.user_id,
        "device_id": actor.device_id,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": keys,
    }
    return signed(content, actor.user_id, name, actor.device_id)


def one_time_keys(actor: Actor, *names: str, fallback: bool = False) -> dict[str, Any]:
    """Signed one-time (or fallback) keys by their ids."""
    device = f"{actor.user_id} {actor.device_id}"
    keys = {}
    for name in names:
        content: dict[str, Any] = {"key": _seed(f"{device} {name}")}
        if fallback:
            content["fallback"] = True
        one = signed(content, actor.user_id, device, actor.device_id)
        keys[f"signed_curve25519:{name}"] = one
    return keys


def cross_signing_key(user_id: str, usage: str, *, generation: str = "") -> dict[str, Any]:
    """One of the three keys of a user; those under the master key are signed by it."""
    key = public(f"{user_id} {usage} {generation}")
    content = {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{key}": key}}
    if usage == "master":
        return content
    return signed(content, user_id, f"{user_id} master {generation}")


def cross_signing_keys(user_id: str, *, generation: str = "") -> dict[str, Any]:
    """All three, as they are uploaded."""
    usages = ("master", "self_signing", "user_signing")
    return {
        f"{usage}_key": cross_signing_key(user_id, usage, generation=generation) for usage in usages
    }
