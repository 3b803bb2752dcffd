# SPDX-License-Identifier: Apache-2.0
"""Command line of scripts/rehearse."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from ..config import Site
from ..ports import free_port
from ..postgres import Cluster
from ..servers import REPOSITORY, Synapse
from ..world import wait_for_background_updates
from . import airlock, copied, demo
from .account import Account, StepError
from .enclosed_config import ConfigError, EnclosedSite, database_args, load
from .flow import Deployment, Rehearsal
from .page import render

DATABASE = "rehearsal"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/rehearse",
        description="Rehearses a cutover from Synapse to Aksono and back. Without --config on a "
        "demo made for it; with --config on a copy of your own database, shut in.",
    )
    parser.add_argument(
        "--config", "-c", action="append", type=Path, default=[], metavar="homeserver.yaml",
        help="rehearse on a copy of this deployment (root is needed); may be given several times",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the account as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the account as a page")
    parser.add_argument(
        "--work-dir", type=Path, default=REPOSITORY / ".cache",
        help="where the copy is kept while it lasts (default: .cache of this checkout)",
    )  # fmt: skip
    return parser.parse_args()


def rehearse_demo(account: Account, folder: Path) -> None:
    """Everything made for the occasion and thrown away after it."""
    with Cluster() as cluster:
        cluster.create(DATABASE)
        # A fresh database has half a hundred background updates to do; not a second apart.
        fast = {"background_updates": {"sleep_enabled": False}}
        site = Site(folder, free_port(), cluster.connection_args(DATABASE), fast)
        rehearsal: Rehearsal | None = None
        synapse = Synapse(site)
        try:
            with account.step("Start real Synapse on a fresh PostgreSQL 15") as step:
                step.note(f"first answer after {synapse.start():.2f} s on {site.url}")
                version = _synapse_version()
                account.facts["Synapse"] = version
                account.facts["Deployment"] = "a demo, made for this rehearsal"
                step.note(f"Synapse {version}")
            with account.step("Make users, rooms and messages through Synapse's API") as step:
                clients = demo.people(site.url, ["ada", "ben", "cleo", "dan"])
                demo.furnish(step, clients)
                talk = demo.talk_between(site.url, "rehearsal_alice", "rehearsal_bob")
                wait_for_background_updates(cluster, DATABASE)
            rehearsal = Rehearsal(account, Deployment(cluster, DATABASE, site, clients), talk)
            rehearsal.synapse = synapse
            rehearsal.run()
        finally:
            (rehearsal.stop if rehearsal else synapse.stop)()


def rehearse_copy(account: Account, folder: Path, configs: list[Path]) -> None:
    """On a copy of an admin's deployment, inside the airlock."""
    original = load(configs)
    args = database_args(original)
    account.facts["Deployment"] = f"a copy of {original['server_name']}"
    dump_file = folder / "original.dump"
    with account.step(
        "Copy the database (one snapshot of the original, which stays untouched)"
    ) as step:
        identity = copied.announce(step, args, folder)
        copied.dump(step, args, dump_file)
    media = Path(str(original.get("media_store_path", "")))
    if not media.is_dir():
        raise ConfigError(f"media_store_path: {media} is not a folder")
    with account.step("Shut everything in: no network, files read-only") as step:
        host = str(args.get("host", ""))
        airlock.enter(folder, media, [host] if host.startswith("/") else [])
        for line in airlock.proof():
            step.note(line)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with Cluster() as cluster:
        with account.step("Restore the copy in a throwaway PostgreSQL 15") as step:
            copied.restore(step, cluster, DATABASE, dump_file, identity)
        site = EnclosedSite(
            folder, free_port(), cluster.connection_args(DATABASE),
            server_name=str(original["server_name"]), original=original,
        )  # fmt: skip
        _rehearse_enclosed(account, cluster, site)


def _rehearse_enclosed(account: Account, cluster: Cluster, site: EnclosedSite) -> None:
    synapse = Synapse(site)
    rehearsal: Rehearsal | None = None
    try:
        with account.step("Start real Synapse on the copy") as step:
            for line in site.cut_off:
                step.note(f"cut off: {line}")
            step.note(f"first answer after {synapse.start(timeout=600):.2f} s")
            account.facts["Synapse"] = _synapse_version()
        with account.step("Borrow sessions of users, and make two users who talk") as step:
            mark = os.urandom(4).hex()
            admin = demo.people(site.url, [f"rehearsal_admin_{mark}"])[0]
            users = copied.sample_users(cluster, DATABASE)
            clients = [admin, *copied.borrow_tokens(site.url, admin, users)]
            talk = demo.talk_between(site.url, f"rehearsal_a_{mark}", f"rehearsal_b_{mark}")
            step.note(f"{len(users)} users of the copy")
        rehearsal = Rehearsal(account, Deployment(cluster, DATABASE, site, clients), talk)
        rehearsal.synapse = synapse
        rehearsal.run()
    finally:
        (rehearsal.stop if rehearsal else synapse.stop)()


def _synapse_version() -> str:
    return version("matrix-synapse")


def in_child(account: Account, folder: Path, work: Callable[[], None]) -> Account:
    """Runs `work` in a child process, which the airlock may shut in for good, and takes over the
    account that it leaves."""
    left = folder / "account.pickle"
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except StepError:
            status = 0
        except (ConfigError, airlock.AirlockError) as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
        finally:
            left.write_bytes(pickle.dumps((account.facts, account.steps)))
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        raise StepError("the rehearsal ended early")
    account.facts, account.steps = pickle.loads(left.read_bytes())
    return account


def _write_private(path: Path, text: str) -> None:
    """Reports may name people: only their owner reads them."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def main() -> int:
    options = arguments()
    reports = {
        name: path.resolve() for name in ("json", "html") if (path := getattr(options, name))
    }
    options.work_dir.mkdir(parents=True, exist_ok=True)
    account = Account("Rehearsal of a cutover from Synapse to Aksono and back")
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=options.work_dir) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)  # PostgreSQL's own user passes through
        try:
            if options.config:
                in_child(account, folder, lambda: rehearse_copy(account, folder, options.config))
            else:
                rehearse_demo(account, folder)
        except StepError:
            pass
    account.close()
    if "json" in reports:
        _write_private(reports["json"], json.dumps(account.as_json(), indent=2) + "\n")
    if "html" in reports:
        _write_private(reports["html"], render(account))
    return 0 if account.ok else 1


if __name__ == "__main__":
    sys.exit(main())
