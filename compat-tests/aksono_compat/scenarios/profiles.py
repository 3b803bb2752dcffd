# SPDX-License-Identifier: Apache-2.0
"""Configurations under which scenarios run: options of homeserver.yaml on top of config.Site's."""

from typing import Any

PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    # What is off by default: delayed events, rooms that everyone may put into the directory.
    "extended": {
        "room_list_publication_rules": [{"action": "allow"}],
        "max_event_delay_duration": "24h",
        "rc_delayed_event_mgmt": {"per_second": 100000, "burst_count": 100000},
    },
}
