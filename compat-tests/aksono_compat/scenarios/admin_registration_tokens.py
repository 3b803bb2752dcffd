# SPDX-License-Identifier: Apache-2.0
"""The admin API: tokens that allow to register."""

from typing import Any

from .cast import Cast
from .model import scenario

TOKENS = "/_synapse/admin/v1/registration_tokens"
TOKEN = f"{TOKENS}/{{token}}"
FAR = 4102444800000


@scenario(
    f"POST {TOKENS}/new",
    f"GET {TOKEN}",
    f"PUT {TOKEN}",
    f"DELETE {TOKEN}",
    branch="made, changed, deleted",
)
def makes_tokens(cast: Cast) -> None:
    admin = cast.user("admin", admin=True)
    path = f"{TOKENS}/tern"
    admin.get(path)
    for _ in range(2):
        admin.post(f"{TOKENS}/new", {"token": "tern", "uses_allowed": 2, "expiry_time": FAR})
    changes: list[dict[str, Any]] = [{"uses_allowed": None}, {"expiry_time": None}, {}]
    for change in changes:
        admin.put(path, change)
        admin.get(path)
    for _ in range(2):
        admin.delete(path)
    admin.put(path, {"uses_allowed": 1})


@scenario(f"POST {TOKENS}/new", branch="lengths, uses and times that cannot be")
def refuses_tokens(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    wrongs: list[dict[str, Any]] = [
        {"token": ""},
        {"token": "with space"},
        {"token": "x" * 65},
        {"token": 1},
        {"length": 0},
        {"length": 65},
        {"length": "x"},
        {"uses_allowed": -1},
        {"uses_allowed": 1.5},
        {"expiry_time": 1},
        {"expiry_time": "x"},
    ]
    for wrong in wrongs:
        admin.post(f"{TOKENS}/new", wrong)
    alice.post(f"{TOKENS}/new", {})


def three_tokens(cast: Cast) -> dict[str, Any]:
    admin = cast.user("admin", admin=True)
    for token, uses in (("plover-1", 1), ("plover-2", 0), ("plover-3", None)):
        admin.post(f"{TOKENS}/new", {"token": token, "uses_allowed": uses}).ok()
    return {}


@scenario(f"GET {TOKENS}", branch="all, those that are good, and the others", prepare=three_tokens)
def lists_tokens(cast: Cast) -> None:
    admin = cast["admin"]
    admin.unordered = True
    admin.get(TOKENS)
    for valid in ("true", "false", "x"):
        admin.get(TOKENS, valid=valid)
    cast.nobody().get(TOKENS)
