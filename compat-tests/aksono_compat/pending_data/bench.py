# SPDX-License-Identifier: Apache-2.0
"""Makes a database with work for background updates, lets Synapse or Aksono do it, compares."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..config import SERVER_NAME, Site
from ..postgres import Cluster
from ..snapshot import SEQUENCES, Snapshot, take_snapshot
from ..tools import Run, run_tool
from .crafter import Crafter
from .devices import craft_devices
from .directory import craft_directory
from .rooms import craft_rooms
from .statistics import craft_statistics
from .users import craft_users

# In an order in which each finds what it is about.
UPDATES = (
    "event_auth_state_only",
    "room_membership_profile_update",
    "user_ips_remove_dupes",
    "users_set_deactivated_flag",
    "devices_last_seen",
    "insert_room_retention",
    "remove_tombstoned_rooms_from_directory",
    "add_rooms_room_version_column",
    "populate_rooms_creator_column",
    "add_room_type_column",
    "remove_deleted_email_pushers",
    "remove_deactivated_pushers",
    "remove_stale_pushers",
    "set_device_id_for_pushers",
    "populate_room_depth_min_depth2",
    "replace_room_depth_min_depth",
    "remove_dead_devices_from_device_inbox",
    "delete_account_data_for_deactivated_users",
    "current_state_events_membership",
    "populate_event_stream_ordering",
    "delete_e2e_backup_keys_for_deactivated_users",
    "populate_full_user_id_profiles",
    "populate_full_user_id_user_filters",
    "cleanup_device_federation_outbox",
    "flag_existing_quarantined_media",
    "e2e_cross_signing_signatures_remove_duplicates",
    "delete_old_current_state_events",
)
# What makes tables anew out of others.
REBUILDING = (
    "populate_user_directory_createtables",
    "populate_user_directory_process_rooms",
    "populate_user_directory_process_users",
    "populate_user_directory_cleanup",
    "populate_stats_process_rooms",
    "populate_stats_process_users",
)
# Begun while the one before it stands still, they would come to another end.
_AFTER = {
    "remove_stale_pushers": "remove_deleted_email_pushers",
    "set_device_id_for_pushers": "remove_stale_pushers",
    "replace_room_depth_min_depth": "populate_room_depth_min_depth2",
    "delete_old_current_state_events": "current_state_events_membership",
    "populate_user_directory_process_rooms": "populate_user_directory_createtables",
    "populate_user_directory_process_users": "populate_user_directory_process_rooms",
    "populate_user_directory_cleanup": "populate_user_directory_process_users",
}
# What Synapse's other tasks write as soon as it starts, and what tells running workers of caches.
_OF_A_START = {
    "cache_invalidation_stream_by_instance",
    "device_lists_changes_converted_stream_position",
    "user_directory_stream_pos",
    "steps_done",
}

# Rows of the sliding-sync tables are not what this is about: Synapse queues their rebuilding.
_WITHOUT_SLIDING_SYNC = """
CREATE FUNCTION without_sliding_sync() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.update_name LIKE 'sliding_sync%' THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER without_sliding_sync BEFORE INSERT ON background_updates
    FOR EACH ROW EXECUTE FUNCTION without_sliding_sync()"""
# As if whoever does an update were stopped after two steps of it.
_STANDSTILL = """
CREATE TABLE steps_done (update_name text);
CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM steps_done WHERE update_name = NEW.update_name) = 2 THEN
        RAISE EXCEPTION 'stopped here';
    END IF;
    INSERT INTO steps_done VALUES (NEW.update_name);
    RETURN NEW;
END $$;
CREATE TRIGGER stand_still BEFORE UPDATE ON background_updates
    FOR EACH ROW EXECUTE FUNCTION stand_still()"""
# The step that was stopped took ids, which only a sequence keeps.
_GO_ON = """
DROP TRIGGER stand_still ON background_updates;
SELECT setval('quarantined_media_id_seq', max(stream_id)) FROM quarantined_media_changes"""


def craft_all(crafter: Crafter) -> None:
    """Work for all of UPDATES."""
    craft_users(crafter)
    craft_devices(crafter)
    craft_rooms(crafter)


def craft_rebuilt(crafter: Crafter) -> None:
    """Work for all of REBUILDING."""
    craft_directory(crafter)
    craft_statistics(crafter)


def craft_database(
    cluster: Cluster,
    name: str,
    schema: str,
    updates: tuple[str, ...],
    craft: Callable[[Crafter], None] = craft_all,
) -> None:
    """A copy of the finished schema `schema` with work for `updates`, which are queued."""
    cluster.create(name, schema)
    with cluster.session(name) as cursor:
        crafter = Crafter(cursor)
        craft(crafter)
        for update in updates:
            crafter.queue(update, depends_on=_AFTER.get(update))
        crafter.run(_WITHOUT_SLIDING_SYNC)


@contextmanager
def standstill(cluster: Cluster, name: str) -> Iterator[None]:
    """Meanwhile no update gets beyond its second step."""
    with cluster.session(name) as cursor:
        cursor.execute(_STANDSTILL)
        yield
        cursor.execute(_GO_ON)


def queue_of(cluster: Cluster, name: str) -> dict[str, str]:
    """Progress of what is queued."""
    with cluster.session(name) as cursor:
        cursor.execute("SELECT update_name, progress_json FROM background_updates")
        return dict(cursor.fetchall())


def run_aksono(cluster: Cluster, name: str, batch: int) -> Run:
    return run_tool(
        "aksono-migrate", "background", "--run", "--batch", str(batch),
        "--server-name", SERVER_NAME, cluster.dsn(name),
    )  # fmt: skip


def run_synapse(cluster: Cluster, name: str, batch: int) -> str:
    """Until it has done all, or has given up; what it printed."""
    sizes = {"default_batch_size": batch, "min_batch_size": batch}
    quick = {"sleep_enabled": False, "background_update_duration_ms": 1}
    options = {"background_updates": {**sizes, **quick}}
    with tempfile.TemporaryDirectory(prefix="aksono-updates-") as directory:
        site = Site(Path(directory), 1, cluster.connection_args(name), options)
        site.write()
        output = Path(directory) / "output.txt"
        command = [sys.executable, "-m", "synapse._scripts.update_synapse_database"]
        command += ["--database-config", str(site.config_file), "--run-background-updates"]
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                stdout=file, stderr=file, cwd=directory,
            )  # fmt: skip
        _wait_for(process, output)
        return output.read_text(errors="replace")


def _wait_for(process: subprocess.Popen[bytes], output: Path, timeout: float = 240) -> None:
    """After five failures in a row it does nothing more, but does not end either."""
    deadline = time.monotonic() + timeout
    while process.poll() is None:
        gave_up = b"back-to-back background update failures" in output.read_bytes()
        if gave_up or time.monotonic() > deadline:
            process.kill()
            process.wait()
        time.sleep(0.05)


def rows_of(cluster: Cluster, name: str) -> Snapshot:
    """All rows, except those that any start of Synapse changes."""
    return {
        table: rows
        for table, rows in take_snapshot(cluster, name).items()
        if table not in _OF_A_START
    }


def differences(ours: Snapshot, theirs: Snapshot) -> list[str]:
    """Rows that only one side has; sequences that only a running Synapse moves are left out."""
    found = []
    for table in sorted(ours.keys() | theirs.keys()):
        sides = [
            {_as_text(side[table].columns, row) for row in side[table].rows}
            if table in side else set()
            for side in (ours, theirs)
        ]  # fmt: skip
        found += [f"{table}: only ours: {row}" for row in sorted(sides[0] - sides[1])]
        found += [f"{table}: only Synapse's: {row}" for row in sorted(sides[1] - sides[0])]
    return [line for line in found if not line.startswith(f"{SEQUENCES}: ") or "media" in line]


def _as_text(columns: tuple[str, ...], row: tuple[object, ...]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in zip(columns, row, strict=True))
