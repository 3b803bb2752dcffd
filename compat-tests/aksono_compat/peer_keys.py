# SPDX-License-Identifier: Apache-2.0
"""The signing keys of scripted servers: made of their names, so that anybody can verify them."""

from __future__ import annotations

import hashlib
from typing import Any

import signedjson.key
from unpaddedbase64 import encode_base64


def signing_key(name: str, version: str = "peer") -> Any:
    """A server's key: always the same for a name."""
    seed = encode_base64(hashlib.sha256(f"{name} {version}".encode()).digest())
    return signedjson.key.decode_signing_key_base64("ed25519", version, seed)
