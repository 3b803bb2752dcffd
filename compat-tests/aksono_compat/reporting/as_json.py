# SPDX-License-Identifier: Apache-2.0
"""The result as a JSON file: written while the comparison runs, read back for other reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from .classes import KINDS
from .files import write_private
from .result import (
    Databases,
    DifferenceClass,
    Example,
    Noise,
    Party,
    Result,
    RouteCount,
)
from .text import json_safe

FORMAT = "aksono-comparison"
VERSION = 1
INTERRUPTED = "the comparison was ended before it was finished"

T = TypeVar("T")


class ResultFileError(Exception):
    """A file that is no result, or one that this release cannot read; the text says why."""


def dumps(result: Result) -> str:
    content = {"format": FORMAT, "version": VERSION, **asdict(result)}
    return json.dumps(json_safe(content), indent=1) + "\n"


def write(path: Path | str, result: Result) -> None:
    write_private(path, dumps(result))


def write_unfinished(path: Path | str, result: Result) -> None:
    """What there is so far, marked so: the file is whole at whichever moment the run is killed."""
    write(path, replace(result, incomplete=result.incomplete or INTERRUPTED))


def read(path: Path | str) -> Result:
    try:
        content = json.loads(Path(path).read_text())
    except OSError as error:
        raise ResultFileError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ResultFileError(f"{path}: not a result of aksono-replay: no text") from None
    except ValueError as error:
        raise ResultFileError(
            f"{path}: not a result of aksono-replay, or cut off: {error}"
        ) from None
    try:
        return _result(content)
    except ResultFileError as error:
        raise ResultFileError(f"{path}: {error}") from None


def _result(content: Any) -> Result:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ResultFileError("not a result of aksono-replay (another JSON)")
    version = content.get("version")
    if version != VERSION:
        raise ResultFileError(f"format version {version}; this release reads version {VERSION}")
    content = {key: value for key, value in content.items() if key not in ("format", "version")}
    nested: dict[str, Callable[[Any, str], Any]] = {
        "a": lambda value, place: _made(Party, value, place),
        "b": lambda value, place: _made(Party, value, place),
        "routes": lambda value, place: {
            name: _made(RouteCount, item, f"{place}.{name}")
            for name, item in _checked(value, dict, place).items()
        },
        "classes": lambda value, place: _each(value, place, _class),
        "noise": lambda value, place: _each(value, place, lambda *at: _made(Noise, *at)),
        "databases": lambda value, place: value and _made(Databases, value, place),
    }
    return _made(Result, content, "", nested)


def _class(value: Any, place: str) -> DifferenceClass:
    nested: dict[str, Callable[[Any, str], Any]] = {
        "examples": lambda inner, at: _each(inner, at, lambda *args: _made(Example, *args))
    }
    found = _made(DifferenceClass, value, place, nested)
    if found.kind not in KINDS:
        raise ResultFileError(f"{place}: unknown kind {found.kind!r}")
    return found


def _each(value: Any, place: str, make: Callable[[Any, str], T]) -> list[T]:
    return [make(item, f"{place}[{n}]") for n, item in enumerate(_checked(value, list, place))]


def _made(
    kind: type[T],
    value: Any,
    place: str,
    nested: dict[str, Callable[[Any, str], Any]] | None = None,
) -> T:
    """A data class of a JSON object. Fields of a later release are passed over."""
    _checked(value, dict, place)
    given = {}
    for field in fields(kind):  # type: ignore[arg-type]
        at = f"{place}.{field.name}" if place else field.name
        if field.name in value:
            item = value[field.name]
            make = (nested or {}).get(field.name)
            given[field.name] = make(item, at) if make else _simple(field.type, item, at)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ResultFileError(f"{at} is missing")
    return kind(**given)


_SIMPLE: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "str": str,
    "bool": bool,
    "float": (int, float),
    "Kind": str,
    "Severity": str,
    "list[str]": list,
    "list[int]": list,
}


def _simple(declared: Any, value: Any, place: str) -> Any:
    expected = _SIMPLE.get(str(declared))
    return value if expected is None else _checked(value, expected, place)


def _checked(value: Any, kind: type | tuple[type, ...], place: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ResultFileError(f"{place or 'the result'} has another type than it should have")
    return value
