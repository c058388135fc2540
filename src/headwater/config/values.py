"""The kinds of value a key takes: how each is read, and how editors check it."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import PlainValidator, WithJsonSchema

from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.quantity import (
    DURATION_PATTERN,
    SIZE_PATTERN,
    TOLERANCE_PATTERN,
    format_duration,
    format_size,
    parse_duration,
    parse_size,
    parse_tolerance,
)
from headwater.model.feed import Format, OnBadValue, OnNewColumn, PartitionBy, Tolerance, Types
from headwater.model.types import ALIASES, SCALARS, Type, parse_type
from headwater.shape.partition import ARRIVAL_DATE, DATE_PARTS, parse_partition

NAME = r"^[a-z][a-z0-9_]*$"
LONGEST_NAME = 100
LONGEST_COLUMN_BYTES = 255
RESERVED_COLUMN = "_arrival"

_VARIABLE = {"type": "string", "pattern": r"\$\{[^}]*\}"}
_NOT_NULL = re.compile(r"\s+not\s+null\s*$", re.IGNORECASE)
_Enum = TypeVar("_Enum", bound=StrEnum)

ColumnType = tuple[Type, bool]
"""A column's type, and whether it may be null."""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        raise Wrong("nothing is given", "give a value, or leave the key out for its default")
    if isinstance(value, bool | int | float):
        raise Wrong(f"{show(value)} is not text", "put it in quotes")
    raise Wrong(f"one value is expected, not {_shape(value)}")


def _shape(value: object) -> str:
    return "a mapping" if isinstance(value, dict) else "a list"


def _number(value: object, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _given(value)
        raise Wrong(f"{show(value)} is not a whole number", f"write {least} to {most}")
    if not least <= value <= most:
        raise Wrong(f"{value} is out of range", f"write {least} to {most}")
    return value


def _given(value: object) -> None:
    if value is None or isinstance(value, dict | list):
        _text(value)


def _size(value: object, *, least: int) -> int:
    _given(value)
    size = parse_size(value if isinstance(value, int) and value is not True else str(value))
    if size < least:
        raise Wrong(f"{value} is too small", f"write {format_size(least)} or more")
    return size


def _duration(value: object, *, least: timedelta) -> timedelta:
    _given(value)
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(f"{value} has no unit", f"write {value}s, {value}m, {value}h or {value}d")
    duration = parse_duration(str(value))
    if duration < least:
        raise Wrong(f"{value} is too short", f"write {format_duration(least)} or more")
    return duration


def _tolerance(value: object) -> Tolerance:
    _given(value)
    return parse_tolerance(value if isinstance(value, int) and value is not True else str(value))


def _one_of(value: object, *, choices: type[_Enum]) -> _Enum:
    text = _text(value)
    words = [choice.value for choice in choices]
    if text in words:
        return choices(text)
    meant = nearest(text, words)
    guess = f"did you mean {meant!r}? " if meant else ""
    raise Wrong(f"{show(text)} is none of its values", f"{guess}the values are {', '.join(words)}")


def _word(value: object) -> str:
    text = _text(value)
    if re.fullmatch(NAME.strip("^$"), text) and len(text) <= LONGEST_NAME:
        return text
    lowered = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST_NAME]
    proposal = lowered if lowered[:1].isalpha() else f"n{lowered}"
    raise Wrong(
        f"{show(text)} cannot be a name here",
        f"write {proposal}: a to z, 0 to 9 and _, a letter first, at most {LONGEST_NAME} characters",
    )


def _pattern(value: object) -> str:
    text = _text(value)
    segments = text.split("/")
    if not text or {"", ".", ".."} & set(segments) or "\\" in text or not text.isprintable():
        raise Wrong(
            f"{show(text)} is not a pattern of names below the raw zone",
            "write segments with / between them, such as sales/** or sales/*.csv",
        )
    return text


def _location(value: object) -> str:
    text = _text(value)
    if "://" in text:
        raise Wrong(
            f"{show(text)}: places other than this machine's folders are not yet there",
            "give a folder, such as ./lake",
        )
    if not text or "\0" in text:
        raise Wrong(f"{show(text)} is not a folder", "give a path, such as ./lake")
    return text


def _timezone(value: object) -> str:
    text = _text(value)
    if text == "UTC":  # a machine without a time zone database knows this one too
        return text
    try:
        zoneinfo.ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        meant = nearest(text, zoneinfo.available_timezones())
        guess = f"did you mean {meant}? " if meant else ""
        raise Wrong(
            f"{show(text)} is not a time zone", f"{guess}write one as UTC or Europe/Berlin"
        ) from None
    return text


def _column_type(value: object) -> ColumnType:
    if isinstance(value, dict | list):
        raise Wrong(f"a type is expected, not {_shape(value)}", "write bigint, or bigint not null")
    written = _text(value)
    text = _NOT_NULL.sub("", written)
    try:
        return parse_type(text), text == written
    except RecursionError:
        raise Wrong("the type is nested too deep") from None
    except ValueError as error:
        meant = nearest(re.split(r"\W", text.strip())[0], [*SCALARS, *ALIASES])
        raise Wrong(str(error), f"did you mean {meant!r}?" if meant else None) from None


def _partition(value: object) -> PartitionBy:
    text = _text(value)
    try:
        return parse_partition(text)
    except ValueError as error:
        meant = nearest(text.split("(")[0], DATE_PARTS) if "(" in text else None
        raise Wrong(str(error), f"did you mean {meant}?" if meant else None) from None


def _column_name(value: object) -> str:
    text = _text(value)
    if not text.strip() or len(text.encode()) > LONGEST_COLUMN_BYTES:
        raise Wrong(f"a column's name has 1 to {LONGEST_COLUMN_BYTES} bytes")
    if text.lower() == RESERVED_COLUMN:
        raise Wrong(f"{text} is Headwater's own column", "give the column another name")
    return text


def _kind(read: Callable[[Any], object], title: str, *schemas: dict[str, Any]) -> Any:
    """What pydantic needs of a kind: how to read it; and its words and shape for editors."""
    shape = schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}
    return PlainValidator(read), WithJsonSchema({"title": title, **shape})


def _choice(choices: type[StrEnum]) -> Any:
    words = [choice.value for choice in choices]
    return _kind(partial(_one_of, choices=choices), "one of", {"type": "string", "enum": words})
