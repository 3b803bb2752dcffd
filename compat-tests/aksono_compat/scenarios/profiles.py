# SPDX-License-Identifier: Apache-2.0
"""Configurations under which scenarios run: options of homeserver.yaml on top of config.Site's."""

from pathlib import Path
from typing import Any

BRIDGE = Path(__file__).with_name("bridge.yaml")

PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    # What is off by default: delayed events, rooms that everyone may put into the directory.
    "extended": {
        "room_list_publication_rules": [{"action": "allow"}],
        "max_event_delay_duration": "24h",
        "rc_delayed_event_mgmt": {"per_second": 100000, "burst_count": 100000},
    },
    "presence": {"presence": {"enabled": True}},
    # What is off unless it is asked for.
    "experiments": {
        "experimental_features": {"msc3814_enabled": True, "msc4306_enabled": True},
        "login_via_existing_session": {"enabled": True},
        "turn_uris": ["turn:turn.test.local?transport=udp"],
        "turn_username": "turner",
        "turn_password": "secret",
        "turn_user_lifetime": "1h",
    },
    # Who may register, and with which passwords.
    "strict": {
        "registration_requires_token": True,
        "rc_registration_token_validity": {"per_second": 1000, "burst_count": 1000},
        "password_config": {
            "policy": {"enabled": True, "minimum_length": 12, "require_digit": False}
        },
    },
    "bridge": {"app_service_config_files": [str(BRIDGE)]},
    # In a network with scripted peers, see FEDERATED.
    "federation": {
        "default_room_version": "11",
        "room_list_publication_rules": [{"action": "allow"}],
        "experimental_features": {"msc3720_enabled": True, "msc4370_enabled": True},
        "ip_range_blacklist": [],
        "federation_ip_range_blacklist": [],
        "allow_public_rooms_over_federation": True,
        "allow_profile_lookup_over_federation": True,
        "rc_federation": {"sleep_limit": 100000, "reject_limit": 100000, "concurrent": 100},
    },
}

# Profiles whose servers run in a network of their own (peer_network.py).
FEDERATED = frozenset(("federation",))
