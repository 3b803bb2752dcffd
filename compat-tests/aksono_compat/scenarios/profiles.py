# SPDX-License-Identifier: Apache-2.0
"""Configurations under which scenarios run: options of homeserver.yaml on top of config.Site's."""

from typing import Any

PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
}
