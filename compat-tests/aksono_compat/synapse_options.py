# SPDX-License-Identifier: Apache-2.0
"""What Synapse makes of options: `python -m aksono_compat.synapse_options`, JSON lines in and out.

In: one configuration a line, as a mapping. Out: null when Synapse takes it, else what it says.
After the last line: one more with the names of all top-level options that it looked at.
"""

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def judge(configurations: Iterable[dict[str, Any]], directory: Path) -> list[str | None]:
    """Synapse's verdicts; `directory` takes what it makes (media stores)."""
    return _run(configurations, directory)[:-1]


def names_read(configuration: dict[str, Any], directory: Path) -> list[str]:
    """The names of the top-level options that Synapse asks for."""
    names: list[str] = _run([configuration], directory)[-1]
    return names


def _run(configurations: Iterable[dict[str, Any]], directory: Path) -> list[Any]:
    lines = "".join(json.dumps(one) + "\n" for one in configurations)
    command = [sys.executable, "-m", "aksono_compat.synapse_options"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    done = subprocess.run(
        command, input=lines, capture_output=True, text=True, cwd=directory, env=environment,
        check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


class _Watched(dict[str, Any]):
    """A mapping that notes what it is asked for."""

    def __init__(self, content: dict[str, Any], seen: set[str]) -> None:
        super().__init__(content)
        self.seen = seen

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return super().__contains__(key)


def _verdict(configuration: dict[str, Any]) -> str | None:
    from synapse.config.homeserver import HomeServerConfig

    here = str(Path.cwd())
    try:
        HomeServerConfig().parse_config_dict(configuration, here, here)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    logging.disable(logging.CRITICAL)
    seen: set[str] = set()
    for line in sys.stdin:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            said = _verdict(_Watched(json.loads(line), seen))
        print(json.dumps(said))
    print(json.dumps(sorted(seen)))


if __name__ == "__main__":
    main()
