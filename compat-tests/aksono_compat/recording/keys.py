# SPDX-License-Identifier: Apache-2.0
"""The key of a recording, and the placeholders that it makes.

A placeholder is `{{kind:hash}}`, the hash being a keyed one (HMAC-SHA-256) of the value alone:
equal values have equal hashes whatever their kind, and without the key nobody can try values. The
key lies beside the recording in FILE.key (0600). Who holds both can hash the access tokens of a
clone of the recorded database, and so find the token, and by it the user, that a placeholder stands
for. Whoever is given the recording alone cannot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from pathlib import Path

from .format import RecordingError

KEY_BYTES = 32
_HASH_DIGITS = 20
# Longer texts tell their size in bytes, so that a replay can send as much: `{{text:hash~5000}}`.
_SIZE_TOLD_FROM = 256

PLACEHOLDER = re.compile(r"\{\{([a-z_]+):([0-9a-f]{20})(?:~(\d+))?\}\}")


def key_file(recording: Path) -> Path:
    """Where the key of a recording lies."""
    return recording.with_name(recording.name + ".key")


class Keys:
    """Makes placeholders with the key of one recording."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    @classmethod
    def fresh(cls) -> Keys:
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def load(cls, recording: Path) -> Keys:
        """The key of a finished recording; RecordingError when it is not there or is none."""
        path = key_file(recording)
        try:
            key = base64.b64decode(path.read_bytes().strip(), validate=True)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror}: the key of {recording}") from None
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise RecordingError(f"{path}: this is not the key of a recording")
        return cls(key)

    def store(self, recording: Path, *, force: bool = False) -> None:
        """Writes FILE.key; FileExistsError when there is one and it is not to be replaced."""
        path = key_file(recording)
        if force:
            path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(path, flags, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(base64.b64encode(self.key) + b"\n")

    def placeholder(self, kind: str, value: str) -> str:
        """`{{kind:…}}` for a value; texts (kind `text`) that are long tell their size."""
        data = value.encode("utf-8", "surrogatepass")
        size = f"~{len(data)}" if kind == "text" and len(data) >= _SIZE_TOLD_FROM else ""
        return f"{{{{{kind}:{self.hash(data)}{size}}}}}"

    def hash(self, data: bytes) -> str:
        """The 20 hexadecimal digits of a placeholder."""
        return hmac.new(self.key, data, hashlib.sha256).hexdigest()[:_HASH_DIGITS]

    def digest(self) -> hmac.HMAC:
        """For bodies that are hashed as they pass by; the whole hash, in hexadecimal."""
        return hmac.new(self.key, digestmod=hashlib.sha256)

    def token(self, access_token: str) -> str:
        """What stands for an access token in a recording, in Exchange.session too."""
        return self.placeholder("token", access_token)


def tokens_by_placeholder(keys: Keys, tokens: list[str]) -> dict[str, str]:
    """For a replay: the access tokens of a clone by the placeholders of the recording."""
    return {keys.token(token): token for token in tokens}
