# SPDX-License-Identifier: Apache-2.0
"""Aksono notes its runs in a file of its own, so that what they wrote can be audited."""

import json
from pathlib import Path
from typing import Any

from aksono_compat.pair import Twin
from aksono_compat.postgres import Cluster
from aksono_compat.world import World


def notes(site: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (site / "aksono-tenures.jsonl").read_text().splitlines()]


def send(twin: Twin, text: str) -> None:
    room = twin.world.demo.rooms["tea"]
    twin.client("bob").put(
        f"/rooms/{room}/send/m.room.message/{text}", {"msgtype": "m.text", "body": text}
    ).ok()


def test_a_run_is_bracketed(cluster: Cluster, world: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    twin = Twin(cluster, world, "aksono", site)
    with twin.server:
        send(twin, "one")
    begin, end = notes(site)
    assert (begin["event"], end["event"]) == ("begin", "end")
    assert begin["tenure"] == end["tenure"]
    assert begin["server_name"] == "test.local"
    assert begin["database"]["name"] == twin.database
    assert end["reason"] == "SIGTERM"
    assert end["at"] >= begin["at"]
    assert end["lsn"] != begin["lsn"]
    assert end["sequences"]["events_stream_seq"] == begin["sequences"]["events_stream_seq"] + 1
    with cluster.session(twin.database) as cursor:
        cursor.execute("SELECT max(stream_ordering) FROM events")
        assert cursor.fetchone() == (end["sequences"]["events_stream_seq"],)


def test_a_killed_run_has_no_end(cluster: Cluster, world: World, tmp_path: Path) -> None:
    site = tmp_path / "site"
    twin = Twin(cluster, world, "aksono", site)
    twin.server.start()
    twin.server.kill()
    with twin.server:
        pass
    lines = notes(site)
    assert [line["event"] for line in lines] == ["begin", "begin", "end"]
    assert lines[0]["tenure"] != lines[1]["tenure"] == lines[2]["tenure"]


def test_no_place_for_it_is_no_reason_to_stop(
    cluster: Cluster, world: World, tmp_path: Path
) -> None:
    nowhere = tmp_path / "missing" / "tenures.jsonl"
    twin = Twin(cluster, world, "aksono", tmp_path / "site", tenure_file=str(nowhere))
    with twin.server:
        send(twin, "unnoted")
    warnings = [problem.message for problem in twin.server.problems()]
    assert any("cannot be audited" in line and str(nowhere) in line for line in warnings), warnings


def test_nothing_is_noted_when_nothing_is_asked_for(
    cluster: Cluster, world: World, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    twin = Twin(cluster, world, "aksono", site, tenure_file="")
    with twin.server:
        pass
    assert not (site / "aksono-tenures.jsonl").exists()
    assert "tenure" not in twin.server.site.log_file.read_text()
