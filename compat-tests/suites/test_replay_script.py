# SPDX-License-Identifier: Apache-2.0
"""Written scenarios become exchanges; what is wrong with one is told."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from aksono_compat.recording.format import RecordingError
from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.compare import Comparer
from aksono_compat.replaying.reply import Reply, recorded
from aksono_compat.replaying.script import load, value_of

SCENARIO = """
title = "Two people"

[[step]]
as = "alice"
request = "POST /createRoom"
body = { preset = "public_chat", topic = "{{braces}}" }
keep = { room = "room_id" }

[[step]]
as = "bob"
request = "POST /join/{room}?via=a"
together = "crowd"

[[step]]
as = "carol"
request = "POST /join/{room}"
together = "crowd"

[[step]]
request = "POST /login"
body = { type = "m.login.password" }
keep = { token = "access_token" }

[[step]]
as = "{token}"
request = "GET /_matrix/client/versions"
"""


def _written(tmp_path: Path, text: str, name: str = "a.toml") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_steps_become_exchanges(tmp_path: Path) -> None:
    _, found = load(_written(tmp_path, SCENARIO))
    room = quote(value_of("room"), safe="")
    assert [(one.method, one.target) for one in found] == [
        ("POST", "/_matrix/client/v3/createRoom"),
        ("POST", f"/_matrix/client/v3/join/{room}?via=a"),
        ("POST", f"/_matrix/client/v3/join/{room}"),
        ("POST", "/_matrix/client/v3/login"),
        ("GET", "/_matrix/client/versions"),
    ]
    assert found[0].body.value == {"preset": "public_chat", "topic": "{braces}"}
    assert found[0].answer.value == {"room_id": value_of("room")}
    assert [one.session for one in found] == ["alice", "bob", "carol", "", value_of("token")]
    assert found[1].at == found[2].at
    assert found[0].at + found[0].took <= found[1].at
    assert found[2].at + found[2].took <= found[3].at


def test_kept_values_are_bound_to_what_a_server_answers(tmp_path: Path) -> None:
    _, found = load(_written(tmp_path, SCENARIO))
    bindings = Bindings()
    comparer = Comparer(bindings, 0, 0)
    room = "!" + "A" * 43
    for exchange, answer in ((found[0], {"room_id": room}), (found[3], {"access_token": "syt_x"})):
        reply = Reply(200, {}, json.dumps({**answer, "more": 1}).encode())
        comparer.answers(recorded(exchange, 0), reply, "", exchange.session)
    target = bindings.target_to_b(found[2].target, {}, "", "")
    assert target == f"/_matrix/client/v3/join/{room}"
    assert bindings.to_b("token", found[4].session) == "syt_x"


def test_json_is_as_good(tmp_path: Path) -> None:
    steps = {"step": [{"as": "alice", "request": "GET /sync"}]}
    _, found = load(_written(tmp_path, json.dumps(steps), "a.json"))
    assert found[0].target == "/_matrix/client/v3/sync"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there are no steps"),
        ("step = 1", "there are no steps"),
        ("[[step]]\nas = 'x'", "step 1: a step needs a `request`"),
        ("[[step]]\nrequest = 'GET'", "step 1: `request` is a method and a path"),
        ("[[step]]\nrequest = 'GET /{room}'", "nothing was kept as {room} before"),
        ("[[step]]\nrequest = 'GET /a'\nbdy = 1", "step 1: unknown: bdy"),
        ("[[step]]\nrequest = 'GET /a'\nkeep = 1", "`keep` is a table"),
        ("[[step", "a.toml: "),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(RecordingError) as raised:
        load(_written(tmp_path, text))
    assert complaint in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordingError):
        load(tmp_path / "none.toml")
