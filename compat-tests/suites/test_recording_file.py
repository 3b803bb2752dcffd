# SPDX-License-Identifier: Apache-2.0
"""The file of a recording: what is written is whole, what is read is judged."""

from __future__ import annotations

import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aksono_compat.recording.format import Body, End, Exchange, Header, RecordingError
from aksono_compat.recording.keys import PLACEHOLDER, Keys, key_file, tokens_by_placeholder
from aksono_compat.recording.reader import Recording
from aksono_compat.recording.settings import Settings, open_recording
from aksono_compat.recording.writer import FullError, RecordingWriter

HEADER = Header("aksono-replay 0", 1_700_000_000_000, "a.example", "Synapse/1", "proxy")


def exchange(number: int, text: str = "x") -> Exchange:
    return Exchange(
        number=number,
        at=number / 10,
        took=0.01,
        session="{{token:00}}",
        user_id="@a:a.example",
        surface="client",
        method="PUT",
        target="/_matrix/client/v3/rooms/!a/send/m.room.message/1",
        body=Body("json", {"body": text, "n": 1, "f": 1.5, "none": None}),
        status=200,
        answer=Body("json", {"event_id": "$x"}),
    )


def write(path: Path, count: int = 3, reason: str | None = "stopped") -> list[Exchange]:
    writer = RecordingWriter(path, HEADER)
    exchanges = [exchange(number) for number in range(1, count + 1)]
    for one in exchanges:
        assert writer.write(one)
    if reason:
        assert writer.finish(reason)
    return exchanges


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r"
    exchanges = write(path)
    recording = Recording(path)
    assert recording.header == HEADER
    assert list(recording.exchanges()) == exchanges
    assert recording.end == End(3, 0, "stopped")
    assert recording.incomplete == ""
    assert list(recording.exchanges()) == exchanges, "as often as is wanted"


@pytest.mark.parametrize("text", ["\ud800", "\u2028\u0000\n\r", "ü\U0001f600", "\\ud800", '"'])
def test_odd_texts_survive(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r"
    writer = RecordingWriter(path, HEADER)
    writer.write(exchange(1, text))
    writer.finish("stopped")
    (read,) = Recording(path).exchanges()
    assert read.body.value["body"] == text
    assert path.read_bytes().count(b"\n") == 3


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = tmp_path / "r"
        open_recording(Settings(path, HEADER, b"k" * 32, False, None)).finish("stopped")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file(path).stat().st_mode) == 0o600


def test_an_old_file_stays_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_text("precious")
    with pytest.raises(FileExistsError):
        RecordingWriter(path, HEADER)
    assert path.read_text() == "precious"
    path.chmod(0o644)
    RecordingWriter(path, HEADER, force=True).finish("stopped")
    assert Recording(path).header == HEADER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_old_key_stays_and_no_recording_without_it(tmp_path: Path) -> None:
    path = tmp_path / "r"
    key_file(path).write_text("precious")
    with pytest.raises(FileExistsError):
        open_recording(Settings(path, HEADER, b"k" * 32, False, None))
    assert not path.exists()
    assert key_file(path).read_text() == "precious"


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / "r").symlink_to(tmp_path / "target")
    with pytest.raises(FileExistsError):
        RecordingWriter(tmp_path / "r", HEADER)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError, match="exists"):
        RecordingWriter(tmp_path / "dangling", HEADER)
    assert not (tmp_path / "nowhere").exists()


def test_the_limit_leaves_room_for_the_end_mark(tmp_path: Path) -> None:
    path = tmp_path / "r"
    writer = RecordingWriter(path, HEADER, max_size=4000)
    while writer.size < 3000:
        writer.write(exchange(1))
    with pytest.raises(FullError):
        writer.write(exchange(2, "x" * 2000))
    writer.finish("size")
    assert path.stat().st_size <= 4000
    recording = Recording(path)
    assert len(list(recording.exchanges())) == writer.exchanges > 3
    assert recording.end == End(writer.exchanges, 0, "size")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Files cannot grow beyond it, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_exchanges_but_never_half_of_one(tmp_path: Path) -> None:
    path = tmp_path / "r"
    with largest_file(3000):
        writer = RecordingWriter(path, HEADER)
        taken = [writer.write(exchange(number)) for number in range(1, 30)]
        assert writer.finish("stopped"), "the end mark takes the place of the last exchange"
    assert taken.count(True) > 3
    recording = Recording(path)
    numbers = [one.number for one in recording.exchanges()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert recording.end
    assert recording.end.exchanges + recording.end.dropped == 29
    assert recording.incomplete == ""


def test_a_disk_that_gets_room_again(tmp_path: Path) -> None:
    path = tmp_path / "r"
    writer = RecordingWriter(path, HEADER)
    writer.write(exchange(1))
    with largest_file(writer.size + 100):
        assert not writer.write(exchange(2))
    assert writer.write(exchange(3))
    writer.finish("stopped")
    recording = Recording(path)
    assert [one.number for one in recording.exchanges()] == [1, 3]
    assert recording.end == End(2, 1, "stopped")


def test_without_room_for_the_header_there_is_no_file(tmp_path: Path) -> None:
    with largest_file(10), pytest.raises(OSError, match="large"):
        RecordingWriter(tmp_path / "r", HEADER)
    assert not (tmp_path / "r").exists()


def read_all(path: Path) -> Recording:
    recording = Recording(path)
    list(recording.exchanges())
    return recording


def test_no_end_mark(tmp_path: Path) -> None:
    write(tmp_path / "r", 4, reason=None)
    recording = Recording(tmp_path / "r")
    assert len(list(recording.exchanges())) == 4
    assert recording.end is None
    assert "no end mark" in recording.incomplete
    assert "4 whole exchanges" in recording.incomplete


def test_every_place_to_cut_off(tmp_path: Path) -> None:
    path, cut = tmp_path / "r", tmp_path / "cut"
    write(path, 2)
    whole = path.read_bytes()
    ends = [n + 1 for n, byte in enumerate(whole) if byte == 10]
    for size in range(len(whole)):
        cut.write_bytes(whole[:size])
        if size < ends[0] - 1:
            with pytest.raises(RecordingError):
                read_all(cut)
            continue
        recording = Recording(cut)
        count = len(list(recording.exchanges()))
        assert count == sum(end <= size for end in ends[1:3])
        assert recording.incomplete, size


def test_cut_off_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "r"
    write(path, 2)
    path.write_bytes(path.read_bytes()[:-100])
    assert "in the middle of line 3" in read_all(path).incomplete


def test_an_end_mark_that_counts_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "r"
    write(path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert "counts 3 exchanges, here are 2" in read_all(path).incomplete


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n", "not a recording"),
        (b"\x1f\x8b\x08binary\xff\xfe", "not a recording"),
        (b"[]\n", "not a recording"),
        (b'{"log": {"entries": []}}\n', "not a recording"),
        (b'{"format": "aksono-recording"', "not a recording"),
        (b"[" * 200_000 + b"\n", "not a recording"),
        (b'{"format": "aksono-recording", "version": 2, "tool": "t 9"}\n', "version 2"),
        (b'{"format": "aksono-recording", "version": "1"}\n', "version '1'"),
        (b'{"format": "aksono-recording"}\n', "version None"),
        (b'{"format": "aksono-recording", "version": 1}\n', "broken header"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "r"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=message) as raised:
        Recording(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_no_file_and_no_file_but_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        Recording(tmp_path / "r")
    with pytest.raises(RecordingError, match="directory"):
        Recording(tmp_path)


def _without(name: str) -> bytes:
    parsed = json.loads(json.dumps(vars(exchange(1)), default=vars))
    del parsed[name]
    return json.dumps(parsed).encode()


def _with(name: str, value: object) -> bytes:
    parsed = json.loads(json.dumps(vars(exchange(1)), default=vars))
    return json.dumps({**parsed, name: value}).encode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"garbage", "line 3: this is not JSON"),
        (b"\xff\xfe", "line 3: this is not JSON"),
        (b"", "line 3: this is not JSON"),
        (b"[1]", "no object"),
        (b"{}", "missing"),
        (_without("method"), "method missing"),
        (_with("number", "1"), "number has the wrong type"),
        (_with("number", True), "number has the wrong type"),
        (_with("at", "soon"), "at has the wrong type"),
        (_with("headers", []), "headers has the wrong type"),
        (_with("target", 7), "target has the wrong type"),
        (_with("body", []), "body is of no known kind"),
        (_with("answer", {"kind": "music", "value": 1}), "answer is of no known kind"),
        (_with("body", {"kind": "text", "value": 1}), "body has the wrong type"),
        (b'{"end": 1}', "broken end mark"),
        (b'{"end": {}}', "exchanges"),
    ],
)
def test_garbage_between_exchanges(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "r"
    write(path, 2)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], line + b"\n", *lines[2:]]))
    recording = Recording(path)
    with pytest.raises(RecordingError, match=message):
        list(recording.exchanges())


def test_text_after_the_end_mark(tmp_path: Path) -> None:
    path = tmp_path / "r"
    write(path, 1)
    path.write_bytes(path.read_bytes() + b'{"x": 1}\n')
    with pytest.raises(RecordingError, match="line 4: text after the end mark"):
        read_all(path)


def test_placeholders() -> None:
    keys = Keys(b"a" * 32)
    one = keys.placeholder("token", "syt_x")
    match = PLACEHOLDER.fullmatch(one)
    assert match
    assert match[1] == "token"
    assert keys.placeholder("token", "syt_x") == one
    assert keys.placeholder("text", "syt_x")[7:] == one[8:], "equal values, equal hashes"
    assert Keys(b"b" * 32).placeholder("token", "syt_x") != one
    long = keys.placeholder("text", "ü" * 200)
    assert long.endswith("~400}}")
    assert PLACEHOLDER.fullmatch(long)
    assert keys.placeholder("text", "\ud800")
    assert tokens_by_placeholder(keys, ["syt_x", "syt_y"])[one] == "syt_x"


def test_the_key_of_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "r"
    with pytest.raises(RecordingError, match=r"r\.key: No such file"):
        Keys.load(path)
    keys = Keys.fresh()
    keys.store(path)
    assert Keys.load(path).key == keys.key
    for wrong in (b"", b"short", b"\xff" * 32, b"QUJD"):
        key_file(path).write_bytes(wrong)
        with pytest.raises(RecordingError, match="not the key"):
            Keys.load(path)
