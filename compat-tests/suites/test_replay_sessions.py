# SPDX-License-Identifier: Apache-2.0
"""Working tokens and passwords behind a recording's placeholders."""

from pathlib import Path
from typing import Any

import bcrypt
import pytest

from aksono_compat.config import SHARED_SECRET
from aksono_compat.recording.format import Body, Exchange
from aksono_compat.recording.keys import Keys
from aksono_compat.replaying.bindings import Bindings
from aksono_compat.replaying.sessions import (
    Sessions,
    TokenError,
    filler,
    from_clone,
    given_tokens,
    set_passwords,
    working_passwords,
)

KEYS = Keys(b"k" * 32)
SESSION = KEYS.token("syt_alice")


def _exchange(session: str, user: str = "", **more: Any) -> Exchange:
    values = {"status": 200, "target": "/_matrix/client/v3/sync", "method": "GET", **more}
    return Exchange(1, 0, 1, session, user, "client", **values)


class _Cursor:
    def __init__(self, *rows: str) -> None:
        self.rows = [(row,) for row in rows]
        self.updates: list[tuple[str, str]] = []
        self.rowcount = 0

    def execute(self, sql: str, values: tuple[str, str] | None = None) -> None:
        if values:
            self.updates.append(values)
            self.rowcount = int((values[1],) in self.rows)

    def fetchall(self) -> list[tuple[str]]:
        return self.rows


def test_tokens_of_a_clone_are_found_by_their_hash() -> None:
    sessions = Sessions(from_clone(_Cursor("syt_bob", "syt_alice"), KEYS))
    assert sessions.token(_exchange(SESSION), Bindings()) == "syt_alice"
    assert sessions.unfit(_exchange(SESSION), Bindings()) == ""
    assert from_clone(_Cursor("syt_alice"), None) == {}


def test_a_login_of_the_recording_binds_its_token() -> None:
    bindings = Bindings()
    bindings.meet("token", SESSION, "syt_new")
    assert Sessions({SESSION: "syt_old"}).token(_exchange(SESSION), bindings) == "syt_new"


def test_whose_token_is_not_known_is_told() -> None:
    sessions = Sessions()
    assert sessions.unfit(_exchange(SESSION, "@alice:x"), Bindings()) != ""
    assert sessions.missing == {"@alice:x": 1}
    assert sessions.unfit(_exchange(""), Bindings()) == ""
    # A token that was nobody's is nobody's now.
    unknown = _exchange(KEYS.token("x"), status=401)
    assert sessions.unfit(unknown, Bindings()) == ""
    assert sessions.token(unknown, Bindings()) == unknown.session


def test_tokens_given_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("# mine\n@bob:x=syt_b\n\n")
    tokens = given_tokens(["@alice:x=syt_a"], file)
    assert tokens == {"@alice:x": "syt_a", "@bob:x": "syt_b"}
    sessions = Sessions(by_user=tokens)
    assert sessions.token(_exchange(SESSION, "@bob:x"), Bindings()) == "syt_b"
    for wrong in ("alice=syt", "@alice:x", "@alice:x="):
        with pytest.raises(TokenError):
            given_tokens([wrong], None)
    with pytest.raises(TokenError):
        given_tokens([], tmp_path / "none")


def _login(user: str, password: str, status: int = 200) -> Exchange:
    content = {"type": "m.login.password", "password": password}
    exchange = _exchange(
        "", target="/_matrix/client/v3/login", method="POST", body=Body("json", content)
    )
    exchange.status, exchange.answer = status, Body("json", {"user_id": user})
    return exchange


def test_passwords_that_worked() -> None:
    right, wrong = (KEYS.placeholder("password", text) for text in ("right", "wrong"))
    deletion = _exchange(
        SESSION, "@bob:x", method="DELETE", target="/_matrix/client/v3/devices/A",
        body=Body("json", {"auth": {"type": "m.login.password", "password": right}}),
    )  # fmt: skip
    found = working_passwords([_login("@alice:x", wrong, 403), _login("@alice:x", right), deletion])
    assert found == {"@alice:x": right, "@bob:x": right}
    cursor = _Cursor("@alice:x")
    assert set_passwords(cursor, found, "pepper") == ["@bob:x"]
    hashed = cursor.updates[0][0].encode()
    assert bcrypt.checkpw(f"{right}pepper".encode()[:72], hashed)


def test_registrations_with_the_shared_secret_are_signed_anew() -> None:
    content = {"nonce": "n", "username": "u", "password": "p", "mac": "old", "admin": True}
    exchange = _exchange("", target="/_synapse/admin/v1/register", method="POST")
    signed = Sessions(shared_secret=SHARED_SECRET).signed(exchange, content)
    assert signed != content
    assert {**signed, "mac": "old"} == content
    assert Sessions().signed(exchange, content) == content


def test_files_are_as_large_as_they_were() -> None:
    body = Body("omitted", {"size": 1000, "sha256": "ab" * 32})
    assert len(filler(body)) == 1000
    assert filler(body) != filler(Body("omitted", {"size": 1000, "sha256": "cd" * 32}))
