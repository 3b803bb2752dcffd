# SPDX-License-Identifier: Apache-2.0
"""The name and release that a recording's header tells."""

from importlib.metadata import PackageNotFoundError, version


def tool() -> str:
    try:
        return f"aksono-replay {version('aksono-compat')}"
    except PackageNotFoundError:
        return "aksono-replay"
