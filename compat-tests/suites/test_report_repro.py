# SPDX-License-Identifier: Apache-2.0
"""Scripts that show a difference again: on small servers made here, and on real ones."""

import ast
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.client import q
from aksono_compat.pair import Pair, Twin
from aksono_compat.recording.format import Body, Exchange
from aksono_compat.reporting import repro
from aksono_compat.reporting.classes import class_id
from aksono_compat.reporting.result import DifferenceClass, Kind
from suites.report_samples import HOSTILE, empty

TOKEN = "{{token:" + "a" * 20 + "}}"
TOKEN_2 = "{{token:" + "b" * 20 + "}}"
SECRET = "{{password:" + "c" * 20 + "}}"

Reply = tuple[int, Any]


def a_class(kind: Kind, path: str, where: str = "GET /x") -> DifferenceClass:
    return DifferenceClass(class_id(kind, where, path), kind, where, path, 1)


def exchange(
    number: int,
    method: str,
    target: str,
    *,
    content: Any = None,
    answer: Any = None,
    session: str = TOKEN,
    user: str = "@alice:test.local",
) -> Exchange:
    return Exchange(
        number=number, at=float(number), took=0.1, session=session, user_id=user,
        surface="client", method=method, target=target, status=200,
        body=Body("json", content) if content is not None else Body(),
        answer=Body("json", answer if answer is not None else {}),
    )  # fmt: skip


class Fake:
    """A homeserver with an answer of its own to every path."""

    def __init__(self, answer: Callable[["Fake", str, str, Any], Reply], name: str) -> None:
        self.name = name
        self.seen: list[tuple[str, str, Any, str | None]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size)
                content = json.loads(body) if body else None
                fake.seen.append((self.command, self.path, content, self.headers["Authorization"]))
                status, reply = answer(fake, self.command, self.path, content)
                if status == 0:
                    self.close_connection = True
                    return
                data = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PUT = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


Answers = Callable[[Fake, str, str, Any], Reply]


@pytest.fixture
def fakes() -> Iterator[Callable[[Answers], tuple[Fake, Fake]]]:
    made: list[Fake] = []

    def make(answer: Answers) -> tuple[Fake, Fake]:
        made.extend((Fake(answer, "a"), Fake(answer, "b")))
        return made[-2], made[-1]

    yield make
    for fake in made:
        fake.server.shutdown()
        fake.server.server_close()


def run(
    path: Path, a: str, b: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The script as somebody would run it who has nothing else of this package."""
    return subprocess.run(
        [sys.executable, "-I", str(path), "--a", a, "--b", b, *arguments],
        capture_output=True, text=True, timeout=120, env={**os.environ, **environment},
    )  # fmt: skip


def written(folder: Path, found: DifferenceClass, exchanges: list[Exchange]) -> Path:
    minimal = repro.reproduce(found, exchanges, lambda one: len(one) == len(exchanges), folder, 7)
    assert minimal is not None
    assert minimal.reproduced
    path = folder / "007.py"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert found.repro == f"{folder.name}/007.py"
    return path


def room_talk() -> list[Exchange]:
    room, event = "!Recorded:test.local", "$" + "R" * 43
    return [
        exchange(1, "POST", "/createRoom", content={"name": "tea"}, answer={"room_id": room}),
        exchange(
            2, "PUT", f"/rooms/{q(room)}/send/m.room.message/t1",
            content={"body": f"hello {room}"}, answer={"event_id": event},
        ),
        exchange(3, "GET", f"/rooms/{q(room)}/event/{q(event)}", answer={}),
    ]  # fmt: skip


def talking(difference: Callable[[Fake, dict[str, Any]], None]) -> Answers:
    """A server that makes up ids of its own."""

    def answer(fake: Fake, method: str, path: str, content: Any) -> Reply:
        room, event = f"!Of{fake.name}:test.local", "$" + fake.name * 43
        if path == "/createRoom":
            return 200, {"room_id": room}
        if method == "PUT":
            return 200, {"event_id": event}
        assert path == f"/rooms/{q(room)}/event/{q(event)}", path
        body = {
            "event_id": event,
            "room_id": room,
            "origin_server_ts": 1_790_000_000_000 + len(fake.name + fake.url),
            "content": {"body": "hello"},
            "list": [1, 2],
        }
        difference(fake, body)
        return 200, body

    return answer


def on_b(**changes: Any) -> Callable[[Fake, dict[str, Any]], None]:
    def change(fake: Fake, body: dict[str, Any]) -> None:
        if fake.name == "b":
            body.update(changes)

    return change


def test_values_are_taken_from_the_answers(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]]
) -> None:
    a, b = fakes(talking(on_b(content={"body": "hullo"})))
    path = written(tmp_path, a_class("value", "content.body"), room_talk())
    done = run(path, a.url, b.url, "--token", "alice=secret-of-alice")
    assert done.returncode == 10, done.stdout + done.stderr
    assert '=> value "content.body"\n     A "hello"\n     B "hullo"' in done.stdout
    assert "secret-of-alice" not in done.stdout + done.stderr + path.read_text()
    for fake in (a, b):
        assert {one[3] for one in fake.seen} == {"Bearer secret-of-alice"}
        assert fake.seen[1][2] == {"body": f"hello !Of{fake.name}:test.local"}


@pytest.mark.parametrize(
    ("kind", "path", "changes", "code"),
    [
        ("value", "content.body", {}, 0),
        ("type", "list[*]", {"list": [1, "2"]}, 10),
        ("value", "list[*]", {"list": [1, "2"]}, 0),
        ("missing", "list[*]", {"list": [1]}, 10),
        ("extra", "new", {"new": None}, 10),
        ("value", "room_id", {"room_id": "!another:test.local"}, 10),
        ("value", "origin_server_ts", {"origin_server_ts": 5}, 10),
        ("order", "list", {"list": [2, 1]}, 10),
    ],
)
def test_kinds_of_differences(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]],
    kind: Kind, path: str, changes: dict[str, Any], code: int,
) -> None:  # fmt: skip
    a, b = fakes(talking(on_b(**changes)))
    done = run(
        written(tmp_path, a_class(kind, path), room_talk()), a.url, b.url, "--token", "alice=x"
    )
    assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("kind", "path", "b", "code"),
    [
        ("status", "200 -> 500", (500, {}), 10),
        ("status", "200 -> 403", (500, {}), 0),
        ("unbuilt", "", (404, {"errcode": "M_UNRECOGNIZED"}), 10),
        ("crash", "", (0, {}), 10),
    ],
)
def test_statuses(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]],
    kind: Kind, path: str, b: Reply, code: int,
) -> None:  # fmt: skip
    one, two = fakes(lambda fake, *_: (200, {}) if fake.name == "a" else b)
    script = written(tmp_path, a_class(kind, path), [exchange(1, "GET", "/x", session="")])
    assert run(script, one.url, two.url).returncode == code


def test_the_difference_of_an_error(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]]
) -> None:
    one, two = fakes(lambda fake, *_: (400, {"errcode": "M_X", "error": f"not {fake.name}"}))
    script = written(tmp_path, a_class("error text", "error"), [exchange(1, "GET", "/x")])
    assert run(script, one.url, two.url, "--token", "alice=x").returncode == 10


def test_logins_give_the_tokens_of_later_steps(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]]
) -> None:
    def answer(fake: Fake, method: str, path: str, content: Any) -> Reply:
        return 200, {"access_token": f"syt_{fake.name * 30}"}

    a, b = fakes(answer)
    exchanges = [
        exchange(
            1, "POST", "/login", session="",
            content={"password": SECRET, "user": "alice"}, answer={"access_token": TOKEN_2},
        ),
        exchange(2, "GET", "/whoami", session=TOKEN_2),
    ]  # fmt: skip
    path = written(tmp_path, a_class("value", "x"), exchanges)
    done = run(path, a.url, b.url, AKSONO_PASSWORD="for both", AKSONO_PASSWORD_B="for b")
    assert done.returncode == 0, done.stderr
    assert [one[3] for one in a.seen] == [None, f"Bearer syt_{'a' * 30}"]
    assert [one[2]["password"] for fake in (a, b) for one in fake.seen[:1]] == ["for both", "for b"]


def steps_of(path: Path) -> list[dict[str, Any]]:
    text = path.read_text()
    data = text[text.index("STEPS: ") : text.index("# ---- how ----")]
    steps: list[dict[str, Any]] = ast.literal_eval(data.partition(" = ")[2])
    return steps


def test_old_rooms_keep_their_names_and_new_ones_get_their_own(tmp_path: Path) -> None:
    state = [
        {"type": "m.room.member", "state_key": "@a:b", "event_id": "$Old"},
        {"type": "m.room.create", "state_key": "", "event_id": "$New"},
    ]
    exchanges = [
        exchange(1, "GET", "/sync", answer={"rooms": {"join": {"!Old:x": {"id": "!Old:x"}}}}),
        exchange(2, "POST", "/createRoom", content={}, answer={"room_id": "!New:x"}),
        exchange(3, "GET", "/rooms/!New:x/state", answer=state),
        exchange(4, "GET", "/rooms/!Old:x/event/$Old"),
        exchange(5, "GET", "/rooms/!New:x/event/$New"),
    ]
    steps = steps_of(written(tmp_path, a_class("value", "x"), exchanges))
    assert "keep" not in steps[0]
    assert steps[2]["keep"]["event_id2"] == [{"type": "m.room.create", "state_key": ""}, "event_id"]
    assert steps[3]["target"] == "/rooms/!Old:x/event/${event_id}"
    assert steps[4]["target"] == "/rooms/${room_id}/event/${event_id2}"


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, a_class("value", "x"), room_talk())
    for arguments, said in (
        ((), "give --token alice=…"),
        (("--token", "bob=x"), "bob: not needed"),
        (("--token", "alice"), "alice: not needed"),
    ):
        done = run(path, "http://127.0.0.1:1", "http://127.0.0.1:1", *arguments)
        assert done.returncode == 1
        assert said in done.stderr
    done = run(path, "http://127.0.0.1:1", "http://127.0.0.1:1", "--token", "alice=x")
    assert done.returncode == 12
    assert "no answer" in done.stderr


def test_hostile_content_stays_data(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]]
) -> None:
    nasty = HOSTILE + "'\"\"\"\\\n# ---- how ----\n__import__('os')\u2028é" + "x" * 200
    content = {"body": nasty, nasty: [nasty], "big": 2**70, "float": 1.5, "none": None, "yes": True}
    found = a_class("value", nasty, f"GET /{nasty}")
    path = written(tmp_path, found, [exchange(1, "POST", f"/x/{q('a b')}", content=content)])
    text = path.read_text()
    ast.parse(text)
    assert not {"\u202e", "\x1b", "\u2028"} & set(text)
    a, b = fakes(lambda fake, *_: (200, {nasty: fake.name}))
    done = run(path, a.url, b.url, "--token", "alice=x")
    assert done.returncode == 10, done.stdout + done.stderr
    assert a.seen[0][2] == content
    assert not {"\u202e", "\x1b"} & set(done.stdout)


def test_numbers_that_are_no_literals(
    tmp_path: Path, fakes: Callable[[Answers], tuple[Fake, Fake]]
) -> None:
    one = exchange(1, "POST", "/x", content={"a": float("inf")}, session="")
    path = written(tmp_path, a_class("value", "x"), [one])
    a, b = fakes(lambda *_: (200, {}))
    assert run(path, a.url, b.url).returncode == 0
    assert a.seen[0][2] == {"a": float("inf")}


def test_no_script_where_one_request_shows_nothing(tmp_path: Path) -> None:
    kinds: list[Kind] = ["row lost", "row value", "event lost", "late"]
    for kind in kinds:
        found = a_class(kind, "x", "table events" if "row" in kind else "GET /sync")
        assert repro.reproduce(found, room_talk(), lambda _: True, tmp_path / "r", 1) is None
    signed = exchange(1, "PUT", "/_matrix/federation/v1/send/1", session="other.example")
    signed.surface = "federation"
    found = a_class("status", "200 -> 500")
    assert repro.reproduce(found, [signed], lambda _: True, tmp_path / "r", 1) is None
    assert repro.reproduce(found, [], lambda _: True, tmp_path / "r", 1) is None
    assert not (tmp_path / "r").exists()


def test_no_script_of_what_does_not_come_again(tmp_path: Path) -> None:
    found = a_class("status", "200 -> 500")
    minimal = repro.reproduce(found, room_talk(), lambda _: False, tmp_path / "r", 1)
    assert minimal is not None
    assert not minimal.reproduced
    assert found.repro == ""
    assert not (tmp_path / "r").exists()


def test_the_worst_classes_get_scripts(tmp_path: Path) -> None:
    result = empty()
    lost, status = a_class("row lost", "x", "table events"), a_class("status", "200 -> 500")
    known, value, gone = (a_class("value", path) for path in ("known", "x", "gone"))
    known.ignored = "known"
    lost.numbers, status.numbers, known.numbers, value.numbers, gone.numbers = (
        [],
        [2],
        [1],
        [3],
        [3],
    )
    result.classes = [lost, status, value, gone, known]
    asked: list[tuple[str, int]] = []

    def diverges(found: DifferenceClass, kept: list[Exchange]) -> bool:
        asked.append((found.path, kept[-1].number))
        return found is not gone

    failed = repro.reproduce_worst(result, room_talk(), diverges, tmp_path / "repro")
    assert [one.repro for one in result.classes] == ["", "repro/001.py", "repro/002.py", "", ""]
    assert sorted(os.listdir(tmp_path / "repro")) == ["001.py", "002.py"]
    assert set(asked) == {("200 -> 500", 2), ("x", 3), ("gone", 3)}
    assert len(failed) == 1
    assert failed[0].startswith("value GET /x gone did not come again")


# ---- two real servers ----


class Tape:
    """Records what clients of a server ask."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.exchanges: list[Exchange] = []

    def __call__(self, name: str, method: str, path: str, content: Any = None) -> Any:
        client = self.twin.client(name)
        answer = client.request(method, path, content)
        session = {"alice": TOKEN, "bob": TOKEN_2}[name]
        target = path if path.startswith("/_") else f"/_matrix/client/v3{path}"
        one = exchange(
            len(self.exchanges) + 1, method, target, content=content, answer=answer.json,
            session=session, user=client.user_id,
        )  # fmt: skip
        one.status = answer.status
        self.exchanges.append(one)
        return answer.json


def conversation(twin: Twin) -> list[Exchange]:
    """Ends with a request that Synapse answers with 500, and Aksono with 400."""
    tape = Tape(twin)
    room = twin.world.demo.rooms["tea"]
    tape("bob", "GET", "/account/whoami")
    tape("bob", "GET", "/sync?timeout=0")
    sent = [
        tape("alice", "PUT", f"/rooms/{q(room)}/send/m.room.message/repro{n}", {
            "msgtype": "m.text", "body": f"message {n}",
        })["event_id"]
        for n in range(4)
    ]  # fmt: skip
    tape("bob", "PUT", f"/rooms/{q(room)}/typing/{q(twin.client('bob').user_id)}", {"typing": True})
    tape("alice", "GET", "/joined_rooms")
    tape("alice", "GET", f"/rooms/{q(room)}/context/{q(sent[2])}?limit={2**70}")
    return tape.exchanges


@pytest.mark.full
def test_a_difference_of_real_servers_becomes_two_requests(
    pair: Pair, kind_b: str, tmp_path: Path
) -> None:
    # Recorded on B, so that A knows the message only when it is sent again.
    exchanges = conversation(pair.b)
    found = a_class("status", "500 -> 400", "GET /_matrix/client/*/rooms/{room_id}/context")
    users = pair.a.world.demo.users
    tokens = [f"--token={name}={users[name]['token']}" for name in ("alice", "bob")]

    def code(path: Path, text: str) -> int:
        path.write_text(text)
        needed = [one for one in tokens if f"'{one.split('=')[1]}'" in text]
        done = run(path, pair.a.url, pair.b.url, *needed)
        assert done.returncode in (0, 10), done.stdout + done.stderr
        return done.returncode

    trial = tmp_path / "trial.py"
    if kind_b == "synapse":
        assert code(trial, repro.script(found, exchanges)) == 0
        return
    minimal = repro.reproduce(
        found, exchanges, lambda kept: code(trial, repro.script(found, kept)) == 10, tmp_path, 1
    )
    assert minimal is not None
    assert minimal.reproduced
    assert [one.method for one in minimal.exchanges] == ["PUT", "GET"]
    text = (tmp_path / "001.py").read_text()
    assert users["alice"]["token"] not in text
    assert code(trial, text) == 10
