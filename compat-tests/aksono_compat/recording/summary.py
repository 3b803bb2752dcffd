# SPDX-License-Identifier: Apache-2.0
"""What a recording holds, at a glance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .format import Exchange
from .progress import Progress
from .reader import Recording
from .routes import find_route


@dataclass
class Summary:
    """Counts over all exchanges."""

    exchanges: int = 0
    seconds: float = 0.0  # from the first request to the last answer
    users: Counter[str] = field(default_factory=Counter)  # by user, else by session
    servers: Counter[str] = field(default_factory=Counter)  # of federation requests
    anonymous: int = 0
    surfaces: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    omitted: int = 0  # bodies of which there is only the hash

    def add(self, exchange: Exchange) -> None:
        self.exchanges += 1
        self.seconds = max(self.seconds, exchange.at + exchange.took)
        self._add_asker(exchange)
        self.surfaces[exchange.surface] += 1
        self.routes[route_name(exchange)] += 1
        self.statuses[str(exchange.status) if exchange.status else "no answer"] += 1
        self.writes += exchange.method not in ("GET", "HEAD", "OPTIONS")
        self.omitted += (exchange.body.kind == "omitted") + (exchange.answer.kind == "omitted")

    def _add_asker(self, exchange: Exchange) -> None:
        if exchange.surface == "federation" and exchange.session:
            self.servers[exchange.session] += 1
        elif exchange.user_id or exchange.session:
            self.users[exchange.user_id or exchange.session] += 1
        else:
            self.anonymous += 1


def route_name(exchange: Exchange) -> str:
    """`GET /_matrix/client/v3/rooms/{room_id}/state`; the path when no route is known."""
    path = exchange.target.partition("?")[0]
    route = find_route(path)
    return f"{exchange.method} {route.path if route else path}"


def summarise(recording: Recording) -> Summary:
    """Reads a recording to its end."""
    summary = Summary()
    progress = Progress("inspect")
    for exchange in recording.exchanges():
        summary.add(exchange)
        progress.update(f"{summary.exchanges} exchanges")
    progress.close()
    return summary


def as_json(recording: Recording, summary: Summary) -> dict[str, Any]:
    header, end = recording.header, recording.end
    return {
        "file": str(recording.path),
        "header": vars(header),
        "end": vars(end) if end else None,
        "incomplete": recording.incomplete,
        **vars(summary),
    }


def as_text(recording: Recording, summary: Summary, top: int = 0) -> str:
    """For people; `top` limits the lists of users, servers and routes (0: all routes, 20 users)."""
    header, end = recording.header, recording.end
    began = datetime.fromtimestamp(header.began / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    lines = [
        f"{recording.path}: recorded by {header.tool} ({header.source})",
        f"  server    {header.server_name or 'unknown'}"
        + (f", {header.server}" * bool(header.server)),
        f"  began     {began}, {summary.seconds:.1f} s",
        f"  exchanges {summary.exchanges} ({summary.writes} of them writes)"
        + (f", {end.dropped} dropped" if end and end.dropped else ""),
        f"  content   {'included' if header.content_included else 'left out'}"
        f", sample {header.sample}, {summary.omitted} bodies by their hash alone",
        f"  ended     {end.reason if end else 'unknown'}",
    ]
    if recording.incomplete:
        lines.append(f"  INCOMPLETE: {recording.incomplete}")
    lines += _section("surfaces", summary.surfaces, 0)
    lines += _section(f"users ({len(summary.users)})", summary.users, top or 20)
    if summary.anonymous:
        lines.append(f"  {summary.anonymous:>8}  nobody (no token)")
    lines += _section(f"servers ({len(summary.servers)})", summary.servers, top or 20)
    lines += _section("statuses", summary.statuses, 0)
    lines += _section(f"routes ({len(summary.routes)})", summary.routes, top)
    return "\n".join(lines)


def _section(title: str, counts: Counter[str], top: int) -> list[str]:
    if not counts:
        return []
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [title, *(f"  {count:>8}  {name}" for name, count in shown[: top or None])]
    if top and len(shown) > top:
        lines.append(f"  {'':>8}  and {len(shown) - top} more")
    return lines
