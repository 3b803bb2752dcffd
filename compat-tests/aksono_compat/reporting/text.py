# SPDX-License-Identifier: Apache-2.0
"""Values as text that shows what is in them and does nothing to a terminal or a page."""

from __future__ import annotations

import json
import math
import re
from typing import Any

# Control characters, what turns the direction of text around, what has no width, and halves of
# surrogate pairs. A line feed and a tab are left alone.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)

ABSENT = "(absent)"


def visible(text: str) -> str:
    """`text` with characters that cannot be seen, or do harm, as escapes."""
    return _UNSEEN.sub(lambda match: _escape(match[0]), text)


def one_line(text: str) -> str:
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def pretty(value: Any) -> str:
    """A value on several lines, keys in one order: for laying two of them side by side."""
    return visible(_dumped(value, 2))


def compact(value: Any) -> str:
    """A value on one line."""
    return one_line(_dumped(value, None))


def _dumped(value: Any, indent: int | None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True, default=str)


def clipped(text: str, length: int) -> str:
    """At most `length` characters, the end cut off."""
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


def counted(number: int, one: str, many: str = "") -> str:
    """«1 table», «1,204 exchanges»."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def json_safe(value: Any) -> Any:
    """`value` as JSON can say it: infinities and NaN, which servers may send, become texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)
