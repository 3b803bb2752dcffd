# SPDX-License-Identifier: Apache-2.0
"""A match on two small servers made here: values carried over, servers that die, what is sent."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aksono_compat.recording.format import Body, Exchange, Header
from aksono_compat.replaying.comparison import classes_of
from aksono_compat.replaying.match import Match, Rules
from aksono_compat.replaying.player import Pace
from aksono_compat.replaying.sessions import Sessions

HEADER = Header("test", 0, "test.local", "", "scenario")
V3 = "/_matrix/client/v3"
Handle = Callable[["Server", str, str, Any], tuple[int, Any]]


class Server:
    """Makes ids of its own letter, keeps what it was asked."""

    def __init__(self, letter: str, handle: Handle | None = None) -> None:
        self.letter = letter
        self.asked: list[tuple[str, str, Any]] = []
        self.count = 0
        self.dead = False
        self._handle = handle
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                content = json.loads(self.rfile.read(size)) if size else None
                outer.asked.append((self.command, self.path, content))
                status, answer = outer.answer(self.command, self.path, content)
                if status == 0:
                    self.close_connection = True
                    return
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def new_id(self) -> str:
        self.count += 1
        return "$" + self.letter * 40 + f"{self.count:03}"

    def answer(self, method: str, path: str, content: Any) -> tuple[int, Any]:
        if self.dead:
            return 0, None
        if self._handle:
            return self._handle(self, method, path, content)
        if method == "PUT":
            return 200, {"event_id": self.new_id()}
        return 200, {"path": path.partition("?")[0]}

    def alive(self) -> bool:
        return not self.dead

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def servers(handle_a: Handle | None = None, handle_b: Handle | None = None) -> Iterator[Any]:
    a, b = Server("x", handle_a), Server("y", handle_b)
    try:
        yield a, b
    finally:
        a.close()
        b.close()


def _exchange(number: int, method: str, target: str, answer: Any = None, **more: Any) -> Exchange:
    values: dict[str, Any] = {"at": float(number), "took": 0.5, "session": "syt_a", **more}
    return Exchange(
        number, values.pop("at"), values.pop("took"), values.pop("session"), "@a:x", "client",
        method, target, status=values.pop("status", 200), answer=Body("json", answer), **values,
    )  # fmt: skip


def _match(pair: Any, exchanges: list[Exchange], **rules: Any) -> Match:
    match = Match(HEADER, exchanges, pair, (Sessions(), Sessions()), Rules(**rules))
    match.play()
    return match


def _kinds(match: Match) -> list[tuple[str, str]]:
    return [(one.kind, one.where) for one in classes_of(match.judge.tally.found)]


SEND = f"{V3}/rooms/!r:x/send/m.room.message/t"
EVENT = f"GET {V3.replace('v3', '*')}/rooms/{{room_id}}/event/{{event_id}}"


def test_later_requests_use_what_each_server_gave() -> None:
    recorded = "$" + "r" * 43
    exchanges = [
        _exchange(1, "PUT", SEND, {"event_id": recorded}),
        _exchange(2, "GET", f"{V3}/rooms/!r:x/event/{recorded}", {}),
        _exchange(
            3, "PUT", SEND + "2", {"event_id": "$" + "s" * 43},
            body=Body("json", {"in_reply_to": recorded, recorded: 1}),
        ),
    ]  # fmt: skip
    with servers() as pair:
        match = _match(pair, exchanges, read_only=False)
        for server in pair:
            first = "$" + server.letter * 40 + "001"
            assert server.asked[1][1] == f"{V3}/rooms/!r:x/event/{first}"
            assert server.asked[2][2] == {"in_reply_to": first, first: 1}
    assert _kinds(match) == []
    assert (match.judge.tally.compared, match.incomplete) == (3, "")


def test_reads_alone() -> None:
    exchanges = [
        _exchange(1, "PUT", SEND),
        _exchange(2, "GET", f"{V3}/sync?since=s1_2&timeout=30000&set_presence=online"),
        _exchange(3, "GET", "/_matrix/client/unstable/pushers/remove?x=1"),
        _exchange(4, "POST", f"{V3}/search"),
        _exchange(5, "GET", f"{V3}/sync?since=s3_4"),
    ]
    exchanges[1].answer = Body("json", {"next_batch": "s3_4"})

    def sync(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        return 200, {"next_batch": f"s{ord(server.letter)}_9"}

    with servers(sync, sync) as pair:
        match = _match(pair, exchanges, read_only=True, pace=Pace(keep_since=True))
        for server in pair:
            # Nothing that the server gave just now is acknowledged; nobody seems to be there.
            assert [path for _, path, _ in server.asked] == [
                f"{V3}/sync?since=s1_2&set_presence=offline&timeout=0",
                f"{V3}/sync?since=s3_4&set_presence=offline&timeout=0",
            ]
    assert match.skipped == {"requests that may write": 3}
    assert _kinds(match) == []


def test_differences_are_told_with_their_requests() -> None:
    def other(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        return (200, {"n": 2}) if "/event/" in path else (404, {"errcode": "M_UNRECOGNIZED"})

    def plain(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        return 200, {"n": 1}

    exchanges = [
        _exchange(1, "GET", f"{V3}/rooms/!r:x/event/$e:x"),
        _exchange(2, "GET", f"{V3}/rooms/!r:x/state"),
    ]
    with servers(plain, other) as pair:
        match = _match(pair, exchanges)
    assert _kinds(match) == [("value", EVENT)]
    found = match.judge.tally.found[0]
    assert (found.number, found.request) == (1, f"GET {exchanges[0].target}")
    routes = match.judge.tally.routes
    assert (routes[EVENT].differ, routes[EVENT.replace("event/{event_id}", "state")].unbuilt) == (
        1,
        1,
    )


@pytest.mark.parametrize("seed", [0, 5])
def test_a_server_that_dies(seed: int) -> None:
    def dying(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        server.count += 1
        server.dead = server.count > 20
        return (0, None) if server.dead else (200, {})

    def living(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        return 200, {}

    exchanges = [_exchange(n, "GET", f"{V3}/rooms/!r:x/state") for n in range(1, 60)]
    with servers(living, dying) as pair:
        match = _match(pair, exchanges, pace=Pace(seed=seed))
    assert match.incomplete.startswith("server B ended, or does not answer any more, after ")
    assert "of 59 exchanges" in match.incomplete
    assert 0 < match.judge.tally.compared <= 20


def test_a_single_answer_that_does_not_come_is_a_crash_and_no_end() -> None:
    def once(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        server.count += 1
        return (0, None) if server.letter == "y" and server.count == 2 else (200, {})

    exchanges = [_exchange(n, "GET", f"{V3}/rooms/!r:x/state") for n in range(1, 9)]
    with servers(once, once) as pair:
        match = _match(pair, exchanges)
    assert [kind for kind, _ in _kinds(match)] == ["crash"]
    assert (match.judge.tally.compared, match.incomplete) == (8, "")


def test_an_answer_that_takes_too_long() -> None:
    def slow(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        time.sleep(1.0 if server.letter == "y" else 0.0)
        return 200, {}

    with servers(slow, slow) as pair:
        match = _match(pair, [_exchange(1, "GET", f"{V3}/devices")], pace=Pace(patience=0.3))
    assert [kind for kind, _ in _kinds(match)] == ["crash"]
    assert "no answer in" in str(match.judge.tally.found[0].difference.b)


def test_reads_that_raced_with_writes_are_asked_again_at_the_end() -> None:
    def racing(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        if method == "PUT":
            time.sleep(0.3)
            return 200, {}
        server.count += 1
        # B is quicker, and tells of the write already.
        return 200, {"n": 1 if server.letter == "x" and server.count == 1 else 2}

    exchanges = [
        _exchange(1, "PUT", SEND, at=0.0, took=1.0),
        _exchange(2, "GET", f"{V3}/rooms/!r:x/state", at=0.1, took=0.2),
    ]
    with servers(racing, racing) as pair:
        match = _match(pair, exchanges, read_only=False)
        assert pair[0].count == 2
    assert _kinds(match) == []
    assert match.judge.tally.compared == 2


def test_a_second_answer_that_is_a_refusal_says_nothing() -> None:
    """Who has logged out since is refused on both sides: what differed before still differs."""

    def leaving(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        if method == "PUT":
            time.sleep(0.3)
            return 200, {}
        server.count += 1
        if server.count > 1:
            return 401, {"errcode": "M_UNKNOWN_TOKEN"}
        return 200, {"n": server.letter}

    exchanges = [
        _exchange(1, "PUT", SEND, at=0.0, took=1.0),
        _exchange(2, "GET", f"{V3}/rooms/!r:x/state", at=0.1, took=0.2),
    ]
    with servers(leaving, leaving) as pair:
        match = _match(pair, exchanges, read_only=False)
        assert pair[0].count == 2
    assert [kind for kind, _ in _kinds(match)] == ["value"]


@pytest.mark.parametrize(
    ("damage", "times", "kinds"),
    [
        ({"last_seen_ts": None}, 2, []),
        ({"display_name": "y"}, 1, ["value"]),
        ({"last_seen_ts": None, "display_name": "y"}, 1, ["type", "value"]),
    ],
)
def test_when_a_device_was_seen_may_be_written_later(
    damage: dict[str, Any], times: int, kinds: list[str]
) -> None:
    device = {"device_id": "PHONE", "display_name": "x", "last_seen_ts": 5}

    def device_of(server: Server, method: str, path: str, content: Any) -> tuple[int, Any]:
        server.count += 1
        early = server.letter == "y" and server.count == 1
        return 200, {**device, **(damage if early else {})}

    with servers(device_of, device_of) as pair:
        match = _match(pair, [_exchange(1, "GET", f"{V3}/devices/PHONE")], read_only=False)
        assert pair[0].count == times
    assert sorted(kind for kind, _ in _kinds(match)) == kinds


def test_speed() -> None:
    exchanges = [_exchange(n, "GET", f"{V3}/devices", at=n * 1.0, took=0.01) for n in range(4)]
    with servers() as pair:
        began = time.monotonic()
        _match(pair, exchanges, pace=Pace(speed=4.0))
        assert time.monotonic() - began > 0.7
