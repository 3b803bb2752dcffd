# SPDX-License-Identifier: Apache-2.0
"""Free TCP ports on the loopback interface."""

import os
import random
import socket


def _range() -> tuple[int, int]:
    """AKSONO_PORTS=first-last, else one below the range that the kernel hands to clients."""
    first, _, last = os.environ.get("AKSONO_PORTS", "18000-28000").partition("-")
    return int(first), int(last)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    first, last = _range()
    candidates = list(range(first, last + 1))
    random.shuffle(candidates)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {first} and {last}")
