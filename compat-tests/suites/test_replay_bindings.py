# SPDX-License-Identifier: Apache-2.0
"""Pairs of values that two servers made up: bijective, and found wherever they stand."""

import json
import random
import string
from urllib.parse import quote, unquote

import pytest

from aksono_compat.replaying.bindings import INSIDE, Bindings
from aksono_compat.replaying.ids import words

SEEDS = range(30)
BASE64 = string.ascii_letters + string.digits + "-_"


def _made_up(kind: str, draw: random.Random) -> str:
    def letters(count: int, of: str = string.ascii_letters) -> str:
        return "".join(draw.choices(of, k=count))

    match kind:
        case "event":
            old = f"${draw.randrange(10**15)}{letters(5)}:test.local"
            return draw.choice(
                ["$" + letters(43, BASE64), "$" + letters(43, BASE64[:-2] + "+/"), old]
            )
        case "room":
            return draw.choice(["!" + letters(43, BASE64), f"!{letters(18)}:test.local:8448"])
        case "token":
            return f"sy{draw.choice('trl')}_{letters(8)}_{letters(20)}_{letters(6)}"
        case "device":
            return letters(10, string.ascii_uppercase)
        case "media" | "random":
            return letters(24)
        case "delay":
            return "syd_" + letters(20)
    raise ValueError(kind)


KINDS = ("event", "room", "token", "device", "media", "delay")


def _paired(draw: random.Random, count: int = 200) -> tuple[Bindings, list[tuple[str, str, str]]]:
    bindings = Bindings()
    pairs = []
    for _ in range(count):
        kind = draw.choice(KINDS)
        pairs.append((kind, _made_up(kind, draw), _made_up(kind, draw)))
        assert bindings.meet(*pairs[-1])
    return bindings, pairs


@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_are_bijective(seed: int) -> None:
    draw = random.Random(seed)
    bindings, pairs = _paired(draw)
    for kind, a, b in pairs:
        assert bindings.meet(kind, a, b)
        assert (bindings.to_b(kind, a), bindings.to_a(kind, b)) == (b, a)
    for kind, a, b in pairs:
        other = draw.choice([pair for pair in pairs if pair[0] == kind and pair[1] != a])
        assert not bindings.meet(kind, a, other[2])
        assert not bindings.meet(kind, other[1], b)
        assert not bindings.meet(kind, a, _made_up(kind, draw))
        assert not bindings.meet(kind, _made_up(kind, draw), b)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_translated_wherever_they_stand(seed: int) -> None:
    draw = random.Random(seed)
    bindings, pairs = _paired(draw)
    for _ in range(50):
        some = draw.sample(pairs, 5)
        text = {side: " and, ".join(f"({pair[side]})" for pair in some) for side in (1, 2)}
        assert bindings.translate(text[1]) == text[2]
        tree = {
            side: {some[0][side]: [{"x": some[1][side]}, 7, None], "text": f"see {some[2][side]}."}
            for side in (1, 2)
        }
        assert bindings.translate(tree[1]) == tree[2]
        written = {side: {"content": json.dumps(tree[side])} for side in (1, 2)}
        assert bindings.translate(written[1]) == written[2]
        quoted = {side: [quote(one[side], safe="") for one in some] for side in (1, 2)}
        path = {
            side: f"/_matrix/x/{values[3]}/y?from={values[4]}&dir=b"
            for side, values in quoted.items()
        }
        got = bindings.target_to_b(path[1], {}, "", "")
        assert _decoded(got) == _decoded(path[2])


def _decoded(target: str) -> list[str]:
    return [unquote(part) for part in target.replace("?", "/").replace("&", "/").split("/")]


@pytest.mark.parametrize("seed", SEEDS)
def test_forms_are_recognised(seed: int) -> None:
    draw = random.Random(seed)
    for kind in (*KINDS[:4], "delay", "random"):
        value = _made_up(kind, draw)
        found = list(words(f"at {value}, then"))
        assert [(word.kind, word.value) for word in found] == [(kind, value)]


def test_what_is_not_bound_stays_byte_by_byte() -> None:
    target = "/_matrix/client/v3/rooms/%21a%3Ab/state?x=%7B%22a%22%3A+1%7D&y&z="
    assert Bindings().target_to_b(target, {}, "", "") == target


def test_a_value_of_both_sides_stands_for_itself() -> None:
    shared, new = "$" + "A" * 43, "$" + "B" * 43
    bindings = Bindings(known={shared})
    assert not bindings.meet("event", shared, new)
    assert not bindings.meet("event", new, shared)
    assert bindings.meet("event", shared, shared)


def test_a_value_that_the_other_side_has_shown_is_no_new_one() -> None:
    first, second = "$" + "A" * 43, "$" + "B" * 43
    bindings = Bindings()
    bindings.note(1, f'{{"event_id": "{first}"}}')
    assert not bindings.meet("event", first, second)
    assert bindings.meet("event", first, first)


def test_nothing_new_comes_about_when_nothing_is_written() -> None:
    bindings = Bindings(frozen=("event",))
    assert not bindings.meet("event", "$" + "A" * 43, "$" + "B" * 43)
    assert bindings.meet("token", "syt_a", "syt_b")


def test_positions_belong_to_a_session() -> None:
    bindings = Bindings()
    assert bindings.meet("position", "s1_2_3", "s4_5_6", "alice")
    assert bindings.meet("position", "s1_2_3", "s7_8_9", "bob")
    assert bindings.text_to_b("s1_2_3", "since", "alice") == "s4_5_6"
    assert bindings.text_to_b("s1_2_3", "since", "bob") == "s7_8_9"
    assert bindings.text_to_b("s1_2_3", "since", "carol") == "s7_8_9"
    # The same position may be given anew for nothing.
    assert bindings.meet("position", "s1_2_3", "s8_8_9", "bob")
    assert bindings.text_to_b("s1_2_3", "since", "bob") == "s8_8_9"


def test_short_values_go_by_their_key() -> None:
    bindings = Bindings()
    assert bindings.meet("filter", "0", "7")
    target = "/_matrix/client/v3/user/@a:b/filter/0?x=0"
    assert bindings.target_to_b(target, {7: "filter_id"}, "", "") == target.replace("r/0", "r/7")
    assert bindings.target_to_b("/sync?filter=0&since=0", {}, "", "") == "/sync?filter=7&since=0"
    assert bindings.translate({"count": "0", "filter_id": "0"}) == {"count": "0", "filter_id": "7"}


def test_two_chains_of_one_session_keep_their_tokens() -> None:
    bindings = Bindings()
    bindings.meet("position", "s1_2_3", "s4_5_6", f"alice{INSIDE}x")
    bindings.meet("position", "s1_2_3", "s7_8_9", f"alice{INSIDE}y")
    for chain, token in (("x", "s4_5_6"), ("y", "s7_8_9"), ("z", "s7_8_9")):
        assert bindings.text_to_b("s1_2_3", "since", f"alice{INSIDE}{chain}") == token
    assert bindings.text_to_b("s1_2_3", "since", "alice") == "s7_8_9"


def test_where_a_page_ends_is_not_where_a_sync_ended() -> None:
    bindings = Bindings()
    bindings.meet("position", "s1_2_3", "s4_5_6", "alice")
    bindings.meet("page", "s1_2_3", "s7_8_9", "alice")
    assert bindings.text_to_b("s1_2_3", "since", "alice") == "s4_5_6"
    assert bindings.text_to_b("s1_2_3", "from", "alice") == "s7_8_9"
    bindings.meet("position", "s2_2_3", "s5_5_6", "alice")
    assert bindings.text_to_b("s2_2_3", "from", "alice") == "s5_5_6"
