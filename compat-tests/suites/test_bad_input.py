# SPDX-License-Identifier: Apache-2.0
"""Bad requests: Synapse's answer, or a clean 400 where Synapse answers 500; never a crash."""

import re
from typing import Any

import pytest

from aksono_compat.answers import differences, view
from aksono_compat.bad_requests import Bad, BadRequests
from aksono_compat.client import Answer
from aksono_compat.intended import intended, is_intended
from aksono_compat.pair import Pair, Twin
from aksono_compat.raw import CLOSED, exchange, hang_up, request_bytes
from aksono_compat.rows import diff

pytestmark = pytest.mark.smoke

GROUPS = ("bodies", "contents", "types", "paths", "queries", "tokens", "http")
_MADE_UP = re.compile(r"\$[A-Za-z0-9_-]{43}")
# Typing's place in a sync token counts time-outs too, which each server looks at in its own time.
_SYNC_TOKEN = re.compile(r"^(s\d+_\d+_)\d+(_\d+_\d+_.*)$")


def _rename(value: Any, key: str = "") -> Any:
    """Events and sessions that a request brought forth, if it did."""
    if isinstance(value, dict):
        return {name: _rename(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_rename(part) for part in value]
    if key in ("session", "device_id") and isinstance(value, str):
        return f"<{key}>"
    if key in ("origin_server_ts", "ts"):
        return "<ms>" if isinstance(value, int) and value > 0 else value
    if key in ("next_batch", "prev_batch") and isinstance(value, str):
        return _SYNC_TOKEN.sub(r"\1<typing>\2", value)
    return _MADE_UP.sub("<event>", value) if isinstance(value, str) else value


def _compare(a: Answer, b: Answer, *, loose: bool, unordered: bool) -> list[str]:
    if loose and a.status == CLOSED:
        # Synapse hangs up without a word; a word is better.
        return [] if b.status in (CLOSED, 400, 413, 414, 431) else [f"status: B {b.status}"]
    if loose:
        return [] if a.status == b.status else [f"status: A {a.status}, B {b.status}"]
    views = [view(answer, _rename, unordered=unordered) for answer in (a, b)]
    return differences(*views)


def _ask_both(pair: Pair, kind_b: str, bad: Bad) -> list[str]:
    def ask(twin: Twin) -> Answer:
        return exchange(twin.url, bad.parts, pause=bad.pause)

    expected = intended(bad.name)
    if expected and kind_b == "aksono":
        # Not sent to Synapse, which may write half of it: so Aksono must have written nothing.
        return expected.judge(ask(pair.b))
    a, b = pair.both(ask)
    wrong = expected.judge_synapse(a) if expected else []
    if a.status >= 500 and not expected:
        wrong.append(f"Synapse {a.status}: not in the list of intended differences")
    # Members come in the order of a set.
    unordered = bad.name.startswith("members ")
    return wrong + _compare(a, b, loose=bad.loose, unordered=unordered)


@pytest.mark.parametrize("group", GROUPS)
def test_answers(pair: Pair, kind_b: str, group: str) -> None:
    lines = []
    for bad in BadRequests(pair.a.world.demo).groups()[group]:
        lines += [f"{bad.name}: {line}" for line in _ask_both(pair, kind_b, bad)]
        assert pair.b.server.running, f"the server died of: {bad.name}"
    if kind_b == "aksono":
        lines = [line for line in lines if not is_intended(line)]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_hanging_up(pair: Pair) -> None:
    """Connections cut in the middle of everything; afterwards the server is as fit as before."""
    demo = pair.b.world.demo
    token = {"Authorization": f"Bearer {demo.users['bob']['token']}"}
    waiting = request_bytes("GET", "/_matrix/client/v3/sync?timeout=30000", None, dict(token))
    room = demo.rooms["tea"]
    path = f"/_matrix/client/v3/rooms/{room}/send/m.room.message/gone"
    sending = request_bytes("PUT", path, b'{"msgtype": "m.text", "body": "gone"}', dict(token))
    for cut in (1, 10, 100, len(sending) - 5):
        for _ in range(20):
            pair.both(lambda twin, cut=cut: hang_up(twin.url, sending[:cut]))  # type: ignore[misc]
    for _ in range(50):
        pair.both(lambda twin: hang_up(twin.url, waiting))
    for answer in pair.both(lambda twin: twin.client("bob").get("/account/whoami")):
        assert answer.status == 200


def test_rows_are_the_same(pair: Pair) -> None:
    """What was refused left nothing; what was taken is the same."""
    pair.both(Twin.settle)
    pair.stop()
    found = diff(pair.a.side(), pair.b.side())
    if found:
        pytest.fail("\n".join(map(str, found)), pytrace=False)
