# SPDX-License-Identifier: Apache-2.0
"""What the scrubber knows of the protocol: vocabulary.toml, and what values look like."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

_DATA = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text())


def _names(name: str) -> frozenset[str]:
    return frozenset(_DATA[name].split())


# The kind of secret by the name of its field.
SECRETS: dict[str, str] = {
    name: kind for kind, names in _DATA["secrets"].items() for name in names.split()
}
_NO_SECRETS = _names("no_secrets")
KEY_FIELDS = _names("key_fields")
KEY_TREES = _names("key_trees")
TEXTS = _names("texts")
ENVELOPE = _names("envelope")
CONTENT = _names("content")
CONTENT_NAMES = (
    CONTENT | TEXTS | KEY_FIELDS | KEY_TREES | frozenset(SECRETS) | _names("content_names")
)
QUERIES = (ENVELOPE | _names("queries")) - _names("no_queries")
WORDS = _names("words")

# Whatever is named like this is taken for a secret, too.
_SECRET_NAME = re.compile(
    r"passw|passphrase|secret|token|credential|private_key|recovery|otp\b|macaroon|cookie|api_?key",
    re.IGNORECASE,
)

# Types whose content is made of secrets, kept or not.
_PRIVATE_TYPES = re.compile(
    r"m\.secret_storage\.|m\.cross_signing\.|m\.megolm_backup\.|m\.org\.matrix\.custom\.backup|"
    r"org\.matrix\.msc3814|m\.dehydrated|m\.secret\.|m\.room_key|m\.forwarded_room_key"
)

_SERVER = r"(?:[A-Za-z0-9.\-]{1,230}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
ID = re.compile(
    rf"@[A-Za-z0-9._=\-/+]{{0,255}}:{_SERVER}|"
    rf"![A-Za-z0-9_\-+/=.]{{1,255}}:{_SERVER}|![A-Za-z0-9_\-]{{43}}|"
    rf"\$[A-Za-z0-9_\-+/]{{43}}|\$[A-Za-z0-9_\-]{{6,128}}:{_SERVER}|"
    rf"#[^\s:@\"'<>]{{1,200}}:{_SERVER}|"
    rf"mxc://{_SERVER}/[A-Za-z0-9_\-]{{1,255}}"
)
_NAMESPACED = re.compile(
    r"(?:m|org|io|im|com|net|de|uk|chat|fi|dev|xyz|info)(?:\.[a-z0-9_][a-z0-9_\-]*){1,8}"
)
IDENTIFIER = re.compile(r"[A-Za-z0-9_.:\-+/=@$!#~*,|%\[\]]{0,512}")
# Not the `_@first.last:server` of state keys.
EMAIL = re.compile(
    r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+(?![A-Za-z0-9.\-]*:[A-Za-z0-9])"
)
PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{6,20}")
ALGORITHM_KEY = re.compile(r"(ed25519|curve25519|signed_curve25519):([A-Za-z0-9+/_\-]{40,}={0,2})")
KEY_LIKE = re.compile(r"[A-Za-z0-9+/_\-]{32,}={0,2}")
# Tokens by their looks: Synapse's and Aksono's, the authentication service's, macaroons.
TOKEN = re.compile(
    r"\bsy[a-z]_[A-Za-z0-9_\-]+_[A-Za-z]{20}_[0-9A-Za-z]{6}|\bm(?:ct|cr|pat)_[A-Za-z0-9]{20,}"
    r"(?:_[0-9A-Za-z]+)?|\bMDA[A-Za-z0-9_\-]{40,}"
)


@lru_cache(maxsize=8192)
def secret_kind(name: str) -> str:
    """The kind of secret that a field of this name holds; "" when it holds none."""
    if name in SECRETS:
        return SECRETS[name]
    if name in _NO_SECRETS or not _SECRET_NAME.search(name):
        return ""
    if "token" in name.lower() or "cookie" in name.lower():
        return "token"
    return "password" if "passw" in name.lower() else "secret"


def is_private_type(kind: object) -> bool:
    """Whether the content of such an event, or of such account data, is all secrets."""
    return isinstance(kind, str) and _PRIVATE_TYPES.match(kind) is not None


@lru_cache(maxsize=8192)
def is_plain(value: str) -> bool:
    """Ids, words of the protocol and namespaced identifiers say nothing by themselves."""
    return (
        value in WORDS
        or ID.fullmatch(value) is not None
        or (len(value) <= 120 and _NAMESPACED.fullmatch(value) is not None)
    )
