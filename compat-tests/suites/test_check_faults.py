# SPDX-License-Identifier: Apache-2.0
"""Every damage of a database is told by aksono-schema-diff check, at the thing that is damaged."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aksono_compat.config import Site
from aksono_compat.faults import books, events, json_texts, people, rooms, shape, state
from aksono_compat.faults.fault import Fault, change, names_of, put
from aksono_compat.postgres import Cluster
from aksono_compat.tools import run_tool
from aksono_compat.world import World

# Those of one group do not hide each other; a group is done to one copy of the world.
GROUPS = {
    "contents": events.CONTENTS,
    "texts": json_texts.TEXTS,
    "server keys": json_texts.SERVER_KEYS,
    "graph": events.GRAPH,
    "auth": events.AUTH,
    "references": events.REFERENCES,
    "state groups": state.GROUPS,
    "current state": state.CURRENT,
    "members": state.MEMBERS,
    "rooms": rooms.ROOMS,
    "users": people.USERS,
    "devices": people.DEVICES,
    "positions": books.POSITIONS,
    "work": books.WORK,
    "shape": shape.SHAPE,
}
ALL = [(group, fault) for group, faults in GROUPS.items() for fault in faults]


@pytest.fixture
def copy(cluster: Cluster, world: World) -> Iterator[str]:
    cluster.create("faulty", world.database)
    yield "faulty"
    cluster.drop("faulty")


def check(cluster: Cluster, database: str) -> list[dict[str, Any]]:
    done = run_tool("aksono-schema-diff", "check", "--json", cluster.dsn(database))
    assert done.code in (0, 10, 11), done.err
    findings: list[dict[str, Any]] = done.json["findings"]
    return findings


def damage(cluster: Cluster, database: str, names: dict[str, str], *faults: Fault) -> list[str]:
    """Does it; returns what each of them strikes."""
    with cluster.session(database) as cursor:
        # Neither foreign keys nor triggers are in the way.
        cursor.execute("SET session_replication_role = replica")
        return [fault.do(cursor, names) for fault in faults]


def missed(fault: Fault, struck: str, findings: list[dict[str, Any]]) -> list[str]:
    """What was not told, or not at the right place."""
    told = [one for one in findings if one["id"] == fault.name]
    lacking = [each for each in fault.finds if each not in {one["id"] for one in findings}]
    if told and not any(struck in one["object"] for one in told):
        lacking.append(f"{fault.name} at {struck}, not {told[0]['object']}")
    return lacking


def test_there_are_many_and_each_is_another() -> None:
    assert len({fault.name for _, fault in ALL}) >= 140
    assert len({(fault.sql, fault.table, str(fault.row)) for _, fault in ALL}) == len(ALL)


def test_the_world_itself_is_healthy(cluster: Cluster, world: World) -> None:
    assert [one for one in check(cluster, world.database) if one["severity"] != "info"] == []


@pytest.mark.parametrize("group", GROUPS)
def test_all_damages_are_told(cluster: Cluster, world: World, copy: str, group: str) -> None:
    faults = GROUPS[group]
    struck = damage(cluster, copy, names_of(world.demo), *faults)
    findings = check(cluster, copy)
    lacking = [
        each
        for fault, thing in zip(faults, struck, strict=True)
        for each in missed(fault, thing, findings)
    ]
    assert lacking == []
    assert [one for one in findings if one["id"] in ("question-failed", "not-asked")] == []


def test_broken_json_hides_nothing_else(cluster: Cluster, world: World, copy: str) -> None:
    faults = json_texts.HIDDEN
    damage(cluster, copy, names_of(world.demo), *json_texts.TEXTS)
    struck = damage(cluster, copy, names_of(world.demo), *faults)
    findings = check(cluster, copy)
    told = {one["id"] for one in findings}
    lacking = [
        each
        for fault, thing in zip(faults, struck, strict=True)
        for each in missed(fault, thing, findings)
    ]
    assert lacking == []
    # Each of these came upon a row that it could not read, and says so.
    left_out = {one["object"] for one in findings if one["id"] == "rows-left-out"}
    assert left_out == {fault.name for fault in faults} - {"redaction-missing"}
    assert told & {"question-failed", "not-asked"} == set()


@pytest.mark.full
@pytest.mark.parametrize(("group", "fault"), ALL, ids=[f"{g}: {f.name}" for g, f in ALL])
def test_each_damage_alone_is_told(
    cluster: Cluster, world: World, copy: str, group: str, fault: Fault
) -> None:
    [thing] = damage(cluster, copy, names_of(world.demo), fault)
    assert missed(fault, thing, check(cluster, copy)) == []


@pytest.fixture
def site(cluster: Cluster, world: World, copy: str, tmp_path: Path) -> Site:
    """What a homeserver.yaml and its files look like beside the copy."""
    site = Site(tmp_path, 1, cluster.connection_args(copy))
    shutil.copytree(world.media, site.media_store)
    site.write()
    return site


def against_config(site: Site) -> dict[str, Any]:
    """Of ids that the configuration is needed for, the objects."""
    done = run_tool("aksono-schema-diff", "check", "--json", "-c", str(site.config_file))
    assert done.code in (0, 10, 11), done.err
    assert "not-asked" not in {one["id"] for one in done.json["findings"]}
    return {one["id"]: one["object"] for one in done.json["findings"] if one["id"] in CONFIGURED}


CONFIGURED = {
    "signing-key-unknown", "signature-wrong", "event-unsigned", "event-id-wrong", "event-changed",
    "auth-provider-unknown", "appservice-users-unknown", "appservice-queue-unknown",
    "password-users", "media-file-missing", "remote-media-file-missing", "media-file-left",
    "thumbnail-file-missing", "preview-file-missing", "media-store-missing",
}  # fmt: skip
# A row for each of what only a look at the configuration tells.
UNCONFIGURED = (
    put("auth-provider-unknown", "user_external_ids", "oidc-gone", auth_provider="oidc-gone",
        user_id="@bob:test.local"),
    put("appservice-users-unknown", "users", "bridge", name="@_b:test.local",
        appservice_id="bridge", deactivated=0),
    put("appservice-queue-unknown", "application_services_txns", "bridge", as_id="bridge"),
    put("remote-media-file-missing", "remote_media_cache", "far.example/abcdefgh",
        media_origin="far.example", media_id="abcdefgh", filesystem_id="abcdefgh"),
    put("thumbnail-file-missing", "remote_media_cache_thumbnails",
        "far.example/abcdefgh/32-32-image-png-crop", media_origin="far.example",
        media_id="abcdefgh", filesystem_id="abcdefgh", thumbnail_width=32, thumbnail_height=32,
        thumbnail_type="image/png", thumbnail_method="crop"),
    put("preview-file-missing", "local_media_repository", "2026-01-02_abcdefgh",
        media_id="2026-01-02_abcdefgh", media_length=1, url_cache="https://example.org/"),
    change(
        "event-changed",
        "UPDATE event_json SET json = replace(json, 'who wants tea?', 'who wants gin?') WHERE"
        " event_id = (SELECT event_id FROM event_json WHERE json LIKE '%%who wants tea?%%'"
        " ORDER BY event_id LIMIT 1) RETURNING event_id",
    ),
)  # fmt: skip


def test_a_configuration_that_fits_has_nothing_to_tell(site: Site) -> None:
    assert against_config(site) == {}


def test_rows_and_files_that_the_configuration_does_not_know(
    cluster: Cluster, world: World, copy: str, site: Site
) -> None:
    struck = damage(cluster, copy, names_of(world.demo), *UNCONFIGURED)
    [file] = (path for path in (site.media_store / "local_content").rglob("*") if path.is_file())
    left = file.with_name("left")
    file.rename(left)
    os.utime(left, (1, 1))
    site.options["password_config"] = {"enabled": False}
    site.write()
    found = against_config(site)
    for fault, thing in zip(UNCONFIGURED, struck, strict=True):
        assert thing in found[fault.name]
    media = world.demo.media["pixel"].rsplit("/", 1)[1]
    assert found["media-file-missing"] == media
    assert found["media-file-left"] == f"local_content/{media[:4]}left"
    assert "password-users" in found


# What Synapse 1.163.2 makes of uploads, of URL previews, and of what other servers have.
MEDIA = (
    "local_content/ab/cd/efgh",
    "local_thumbnails/ab/cd/efgh/32-32-image-png-crop",
    "url_cache/2026-01-02/ijkl",
    "url_cache_thumbnails/2026-01-02/ijkl/96-96-image-png-crop",
    "remote_content/far.example:8448/mn/op/qrst",
    "remote_thumbnail/far.example:8448/mn/op/qrst/320-240-image-jpeg-scale",
    "remote_thumbnail/far.example:8448/mn/op/qrst/32-32-image-png",
)
_SIZE = {"thumbnail_type": "image/png", "thumbnail_method": "crop"}
_FAR = {"media_origin": "far.example:8448", "media_id": "far", "filesystem_id": "mnopqrst"}
MEDIA_ROWS = (
    put("", "local_media_repository", media_id="abcdefgh", media_length=1),
    put("", "local_media_repository_thumbnails", media_id="abcdefgh", thumbnail_width=32,
        thumbnail_height=32, **_SIZE),
    put("", "local_media_repository", media_id="2026-01-02_ijkl", media_length=1, url_cache="x"),
    put("", "local_media_repository_thumbnails", media_id="2026-01-02_ijkl", thumbnail_width=96,
        thumbnail_height=96, **_SIZE),
    put("", "remote_media_cache", **_FAR),
    put("", "remote_media_cache_thumbnails", thumbnail_width=320, thumbnail_height=240,
        thumbnail_type="image/jpeg", thumbnail_method="scale", **_FAR),
    put("", "remote_media_cache_thumbnails", thumbnail_width=32, thumbnail_height=32, **_SIZE,
        **_FAR),
)  # fmt: skip


def test_files_of_all_kinds_of_media(cluster: Cluster, world: World, copy: str, site: Site) -> None:
    for name in MEDIA:
        file = site.media_store / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
        os.utime(file, (1, 1))
    alone = against_config(site)
    assert set(alone) == {"media-file-left"}
    assert alone["media-file-left"].endswith(f"and {len(MEDIA) - 5} more")
    damage(cluster, copy, names_of(world.demo), *MEDIA_ROWS)
    assert against_config(site) == {}
    for name in MEDIA:
        (site.media_store / name).unlink()
    found = against_config(site)
    assert found["media-file-missing"] == "abcdefgh"
    assert found["preview-file-missing"] == "2026-01-02_ijkl"
    assert found["remote-media-file-missing"] == "far.example:8448/far"
    for thumbnail in ("abcdefgh/32-32-image-png-crop", "2026-01-02_ijkl/96-96-image-png-crop",
                      "far.example:8448/far/320-240-image-jpeg-scale"):  # fmt: skip
        assert thumbnail in found["thumbnail-file-missing"]


def test_another_signing_key(site: Site) -> None:
    seed = "A" * 42 + "A"
    key = site.directory / "signing.key"
    key.write_text(f"ed25519 new {seed}\n")
    assert against_config(site) == {"signing-key-unknown": "ed25519:a_test"}
    key.write_text(f"ed25519 a_test {seed}\n")
    assert set(against_config(site)) == {"signature-wrong"}
    shutil.rmtree(site.media_store)
    assert against_config(site)["media-store-missing"] == str(site.media_store)
