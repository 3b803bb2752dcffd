# SPDX-License-Identifier: Apache-2.0
"""A deployment made for the rehearsal: real Synapse, users, rooms and messages through its API."""

from __future__ import annotations

from ..client import Client
from .account import Step
from .flow import Talk

PASSWORD = "correct horse battery staple"


def people(url: str, names: list[str]) -> list[Client]:
    return [
        Client(url).register_by_secret(name, PASSWORD, admin=name == names[0]) for name in names
    ]


def talk_between(url: str, alice_name: str, bob_name: str) -> Talk:
    """Two new users with a room of their own."""
    alice = Client(url).register_by_secret(alice_name, PASSWORD)
    bob = Client(url).register_by_secret(bob_name, PASSWORD)
    room = alice.post("/createRoom", {"preset": "private_chat", "invite": [bob.user_id]}).ok()
    room_id: str = room["room_id"]
    bob.post(f"/join/{room_id}").ok()
    alice.say(room_id, "hello")
    bob.say(room_id, "hello yourself")
    return Talk(alice, bob, alice_name, PASSWORD, room_id)


def furnish(step: Step, clients: list[Client]) -> None:
    """Rooms of several kinds with messages, replies, threads, reactions and redactions."""
    host, *guests = clients
    messages = 0
    rooms = [
        {"name": "Town square", "preset": "public_chat", "topic": "Everyone"},
        {"name": "Kitchen", "preset": "private_chat", "room_version": "10"},
        {"name": "Old hall", "preset": "private_chat", "room_version": "6"},
        {"name": "Attic", "preset": "trusted_private_chat", "room_version": "11"},
    ]
    for number, options in enumerate(rooms):
        room: str = host.post(
            "/createRoom", {**options, "invite": [guest.user_id for guest in guests]}
        ).ok()["room_id"]
        # The last one's invitation to the last room stays open.
        for guest in guests[:-1] if number == len(rooms) - 1 else guests:
            guest.post(f"/join/{room}").ok()
        messages += _chatter(room, clients[:-1] if number == len(rooms) - 1 else clients)
    step.note(f"{len(clients)} users, {len(rooms)} rooms, {messages} messages")


def _chatter(room: str, members: list[Client]) -> int:
    host, *_ = members
    first = host.say(room, "Who is here?")
    for number in range(12):
        members[number % len(members)].say(room, f"line {number} of the talk")
    members[1].say(
        room, "in a thread", **{"m.relates_to": {"rel_type": "m.thread", "event_id": first}}
    )
    edited = host.say(room, "a tpyo")
    host.say(
        room, "* a typo",
        **{
            "m.new_content": {"msgtype": "m.text", "body": "a typo"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": edited},
        },
    )  # fmt: skip
    reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "👍"}}
    members[1].send(room, "m.reaction", reaction).ok()
    mistaken = members[1].say(room, "a mistake")
    members[1].put(f"/rooms/{room}/redact/{mistaken}/r1", {"reason": "wrong room"}).ok()
    members[1].post(f"/rooms/{room}/receipt/m.read/{first}").ok()
    return 18
