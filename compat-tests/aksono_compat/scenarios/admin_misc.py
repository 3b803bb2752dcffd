# SPDX-License-Identifier: Apache-2.0
"""The admin API: the server itself, reports, statistics, and what runs in the background."""

from typing import Any

from ..client import q
from .cast import Cast
from .media import upload
from .model import scenario

ADMIN = "/_synapse/admin/v1"


@scenario(f"GET {ADMIN}/server_version", branch="told to everybody")
def tells_its_version(cast: Cast) -> None:
    cast.nobody().get(f"{ADMIN}/server_version")
    cast.user("alice").get(f"{ADMIN}/server_version")


UPDATES = f"{ADMIN}/background_updates"


@scenario(
    f"GET {UPDATES}/enabled",
    f"POST {UPDATES}/enabled",
    f"GET {UPDATES}/status",
    f"POST {UPDATES}/start_job",
    branch="nothing is left to do; switched off and on",
)
def rests_in_the_background(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    for who in (alice, admin):
        who.get(f"{UPDATES}/status")
        who.get(f"{UPDATES}/enabled")
    for word in (False, True, "x"):
        admin.post(f"{UPDATES}/enabled", {"enabled": word})
        admin.get(f"{UPDATES}/enabled")
    for job in ("unknown", 1):
        admin.post(f"{UPDATES}/start_job", {"job_name": job})


DESTINATIONS = f"{ADMIN}/federation/destinations"


@scenario(
    f"GET {DESTINATIONS}",
    f"GET {DESTINATIONS}/{{destination}}",
    f"GET {DESTINATIONS}/{{destination}}/rooms",
    f"POST {DESTINATIONS}/{{destination}}/reset_connection",
    branch="no other server is known",
)
def knows_no_destination(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    for who in (admin, alice):
        who.get(DESTINATIONS)
        who.get(f"{DESTINATIONS}/elsewhere.invalid")
        who.get(f"{DESTINATIONS}/elsewhere.invalid/rooms")
        who.post(f"{DESTINATIONS}/elsewhere.invalid/reset_connection")
    admin.get(DESTINATIONS, order_by="unknown")
    admin.get(DESTINATIONS, limit=-1)


@scenario(f"GET {ADMIN}/scheduled_tasks", branch="what is filtered for, and what cannot be")
def lists_tasks(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    for who in (admin, alice):
        who.get(f"{ADMIN}/scheduled_tasks", action_name="no_such_action")
        who.get(f"{ADMIN}/scheduled_tasks", job_status="failed", resource_id="none")
    admin.get(f"{ADMIN}/scheduled_tasks", max_timestamp="x")


REPORTS = f"{ADMIN}/event_reports"


def reported(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice, bob = cast.users("alice", "bob")
    room = alice.create_room(bob, name="Heron")
    events = [alice.say(room, f"line {number}") for number in range(3)]
    for number, event in enumerate(events):
        path = f"/rooms/{q(room)}/report/{q(event)}"
        bob.post(path, {"reason": f"reason {number}", "score": -number}).ok()
    return {"room": room}


@scenario(
    f"GET {REPORTS}",
    f"GET {REPORTS}/{{report_id}}",
    f"DELETE {REPORTS}/{{report_id}}",
    branch="listed by who reported and where, looked at, deleted",
    prepare=reported,
)
def works_through_reports(cast: Cast, room: str) -> None:
    admin, bob = cast["admin"], cast["bob"]
    seen = admin.get(REPORTS, user_id=bob.user_id, dir="f").ok()["event_reports"]
    admin.get(REPORTS, room_id=room, limit=2)
    admin.get(REPORTS, room_id="!none:test.local")
    admin.get(REPORTS, event_sender_user_id=cast["alice"].user_id)
    admin.get(REPORTS, dir="x")
    path = f"{REPORTS}/{seen[0]['id']}"
    admin.get(path)
    bob.get(path)
    for _ in range(2):
        admin.delete(path)
    for wrong in ("999999", "x", "-1"):
        admin.get(f"{REPORTS}/{wrong}")
    admin.get(REPORTS, user_id=bob.user_id)


USER_REPORTS = f"{ADMIN}/user_reports"


def reported_users(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice, bob = cast.users("alice", "bob")
    for number in range(2):
        path = f"/users/{q(alice.user_id)}/report"
        bob.post(path, {"reason": f"reason {number}"}).ok()
    return {}


@scenario(
    f"GET {USER_REPORTS}",
    f"GET {USER_REPORTS}/{{report_id}}",
    f"DELETE {USER_REPORTS}/{{report_id}}",
    branch="reports about users",
    prepare=reported_users,
)
def works_through_user_reports(cast: Cast) -> None:
    admin, alice, bob = cast["admin"], cast["alice"], cast["bob"]
    seen = admin.get(USER_REPORTS, user_id=bob.user_id, dir="f").ok()["user_reports"]
    admin.get(USER_REPORTS, target_user_id=alice.user_id, limit=1)
    path = f"{USER_REPORTS}/{seen[0]['id']}"
    admin.get(path)
    for _ in range(2):
        admin.delete(path)
    bob.get(path)


NOTICE = f"{ADMIN}/send_server_notice"


@scenario(f"POST {NOTICE}", f"PUT {NOTICE}/{{txn_id}}", branch="notices are switched off")
def sends_no_notices(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    wish = {"user_id": alice.user_id, "content": {"msgtype": "m.text", "body": "x"}}
    for who in (admin, alice):
        who.post(NOTICE, wish)
        who.put(f"{NOTICE}/1", wish)


@scenario(
    f"GET {ADMIN}/experimental_features/{{user_id}}",
    f"PUT {ADMIN}/experimental_features/{{user_id}}",
    branch="of one user, switched on and off",
)
def experiments_with_users(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    path = f"{ADMIN}/experimental_features/{q(alice.user_id)}"
    admin.get(path)
    wishes: list[Any] = [{"msc3881": True}, {"msc3881": False}, {"msc9999": True}, {"msc3881": "x"}]
    for wish in wishes:
        admin.put(path, {"features": wish})
        admin.get(path)
    alice.get(path)


def uploaded(cast: Cast) -> dict[str, Any]:
    cast.user("admin", admin=True)
    alice = cast.user("alice")
    for text in (b"one", b"three"):
        upload(alice, text).ok()
    return {}


@scenario(f"GET {ADMIN}/statistics/users/media", branch="how much users uploaded", prepare=uploaded)
def counts_media(cast: Cast) -> None:
    admin, path = cast["admin"], f"{ADMIN}/statistics/users/media"
    word = cast.scenario
    for order in ("media_count", "media_length", "user_id", "displayname", "unknown"):
        admin.get(path, search_term=word, order_by=order, dir="b")
    admin.get(path, search_term=word, from_ts=0, until_ts=1)
    for wrong in ({"limit": -1}, {"from_ts": "x"}, {"until_ts": -1}, {"dir": "x"}):
        admin.get(path, **wrong)
    cast["alice"].get(path)


@scenario(
    f"GET {ADMIN}/register", f"POST {ADMIN}/register", branch="with the shared secret, and without"
)
def registers_by_secret(cast: Cast) -> None:
    nobody = cast.nobody()
    path = f"{ADMIN}/register"
    nonce = nobody.get(path).ok()["nonce"]
    wish = {"username": cast.localpart("x"), "password": "x", "admin": False, "mac": "0" * 40}
    nobody.post(path, {**wish, "nonce": nonce})
    nobody.post(path, {**wish, "nonce": "unknown"})
    for missing in wish:
        parts = {name: part for name, part in wish.items() if name != missing}
        nobody.post(path, {"nonce": nobody.get(path).ok()["nonce"], **parts})


@scenario(
    f"POST {ADMIN}/account_validity/validity", branch="accounts that do not end can get an end"
)
def gives_accounts_an_end(cast: Cast) -> None:
    admin, alice = cast.user("admin", admin=True), cast.user("alice")
    path = f"{ADMIN}/account_validity/validity"
    admin.post(path, {"user_id": alice.user_id, "expiration_ts": 4102444800000})
    admin.post(path, {})
    alice.post(path, {"user_id": alice.user_id})
