"""Values of keys: how each kind is read, and what is wrong with one that cannot be."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from headwater.config.document import EMPTY
from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.quantity import (
    format_duration,
    format_size,
    parse_duration,
    parse_money,
    parse_size,
    parse_tolerance,
)
from headwater.model.feed import PartitionBy, Tolerance
from headwater.model.price import Money
from headwater.model.types import ALIASES, SCALARS, Type, parse_type
from headwater.shape.partition import DATE_PARTS, parse_partition
from headwater.shape.table import PROVENANCE, RESCUED

NAME = r"^[a-z][a-z0-9_]*$"
LONGEST_NAME = 100
LONGEST_COLUMN_BYTES = 255
MOST_SMALL = 100_000
NEVER = "never"
RESERVED_COLUMNS = (PROVENANCE, RESCUED)

_PRICE = re.compile(r"\d{1,9}(\.\d{1,15})?", re.ASCII)
_NOT_NULL = re.compile(r"\s+not\s+null\s*$", re.IGNORECASE)
_Enum = TypeVar("_Enum", bound=StrEnum)

ColumnType = tuple[Type, bool]
"""A column's type, and whether it may be null."""


def read_text(value: object) -> str:
    """Text, as it is written."""
    if isinstance(value, str):
        return value
    if value is None or value is EMPTY:
        raise Wrong("nothing is given", "give a value, or leave the key out for its default")
    if isinstance(value, bool | int | float):
        raise Wrong(f"{show(value)} is not text", "put it in quotes")
    marks = "a key" if isinstance(value, dict) else "brackets"
    raise Wrong(f"one value is expected, not {_shape(value)}", f"write it without {marks}")


def _shape(value: object) -> str:
    return "a mapping" if isinstance(value, dict) else "a list"


def read_number(value: object, *, least: int, most: int) -> int:
    """A whole number between these."""
    if isinstance(value, bool) or not isinstance(value, int):
        _given(value)
        raise Wrong(f"{show(value)} is not a whole number", f"write {least} to {most}")
    if not least <= value <= most:
        raise Wrong(f"{value} is out of range", f"write {least} to {most}")
    return value


def read_compact(value: object) -> int | None:
    """How many small parts are joined at least; None for never."""
    if value == NEVER:
        return None
    try:
        return read_number(value, least=2, most=MOST_SMALL)
    except Wrong as wrong:
        raise Wrong(str(wrong), f"write 2 to {MOST_SMALL}, or {NEVER}") from None


def _given(value: object) -> None:
    if value is None or value is EMPTY or isinstance(value, dict | list):
        read_text(value)


def read_size(value: object, *, least: int) -> int:
    """So many bytes or more."""
    _given(value)
    size = parse_size(value if isinstance(value, int) and value is not True else str(value))
    if size < least:
        raise Wrong(f"{value} is too small", f"write {format_size(least)} or more")
    return size


def read_duration(value: object, *, least: timedelta) -> timedelta:
    """So long or longer."""
    _given(value)
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(f"{value} has no unit", f"write {value}s, {value}m, {value}h or {value}d")
    duration = parse_duration(str(value))
    if duration < least:
        raise Wrong(f"{value} is too short", f"write {format_duration(least)} or more")
    return duration


def read_tolerance(value: object) -> Tolerance:
    """How many refused rows are too many."""
    _given(value)
    return parse_tolerance(value if isinstance(value, int) and value is not True else str(value))


def read_money(value: object) -> Money:
    """An amount and its currency."""
    _given(value)
    return parse_money(str(value))


def read_price(value: object) -> Decimal:
    """A price: a number, in the currency of the prices."""
    _given(value)
    text = f"{Decimal(repr(value)):f}" if isinstance(value, float) else str(value).strip()
    if isinstance(value, bool) or not _PRICE.fullmatch(text):
        raise Wrong(f"{show(value)} is not a price", "write a number, such as 0.005")
    return Decimal(text)


def read_currency(value: object) -> str:
    """A currency by its three letters."""
    text = read_text(value)
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Wrong(f"{show(text)} is not a currency", "write its three letters, such as USD")
    return text


def read_date(value: object) -> str:
    """A day, as 2026-11-01."""
    text = read_text(value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Wrong(f"{show(text)} is not a day", "write it as 2026-11-01") from None


def read_one_of(value: object, *, choices: type[_Enum]) -> _Enum:
    """One of a few words."""
    words = [choice.value for choice in choices]
    # `on_bad_value: null` is a word here, whatever YAML takes it for.
    text = "null" if value is None and "null" in words else read_text(value)
    if text in words:
        return choices(text)
    meant = nearest(text, words)
    guess = f"did you mean {meant!r}? " if meant else ""
    raise Wrong(f"{show(text)} is none of its values", f"{guess}the values are {', '.join(words)}")


def read_name(value: object) -> str:
    """The name of a feed or table."""
    text = read_text(value)
    if re.fullmatch(NAME.strip("^$"), text) and len(text) <= LONGEST_NAME:
        return text
    lowered = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST_NAME]
    proposal = lowered if lowered[:1].isalpha() else f"n{lowered}"
    raise Wrong(
        f"{show(text)} cannot be a name here",
        f"write {proposal}: a to z, 0 to 9 and _, a letter first, {LONGEST_NAME} at most",
    )


def read_pattern(value: object) -> str:
    """A pattern of names below the raw zone."""
    text = read_text(value)
    segments = text.split("/")
    if not text or {"", ".", ".."} & set(segments) or "\\" in text or not text.isprintable():
        raise Wrong(
            f"{show(text)} is not a pattern of names below the raw zone",
            "write segments with / between them, such as sales/** or sales/*.csv",
        )
    return text


_BUCKET = re.compile(r"(s3|gs|az)://([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])((?:/[^/]+)*)/?")
_DYNAMO = re.compile(r"dynamodb://[a-zA-Z0-9_.-]{3,200}")
_SQS = re.compile(r"sqs://[a-zA-Z0-9_-]{1,70}")
_CLOUDWATCH = re.compile(r"cloudwatch://(?!AWS/)[a-zA-Z0-9_.#/-]{1,255}")
_GLUE = re.compile(r"glue://[a-z][a-z0-9_]{0,127}")


def read_location(value: object) -> str:
    """A folder of this machine, or a bucket, with or without a prefix."""
    text = read_text(value)
    if "://" in text:
        found = _BUCKET.fullmatch(text)
        if found is None:
            raise Wrong(
                f"{show(text)} is neither a folder nor a bucket",
                "give a folder, such as ./lake, or a bucket: s3://acme-lake, gs://acme/lake, az://acme",
            )
        return f"{found[1]}://{found[2]}{found[3]}"
    if not text or "\0" in text:
        raise Wrong(f"{show(text)} is not a folder", "give a path, such as ./lake")
    return text


def read_matching(value: object, pattern: re.Pattern[str], what: str, hint: str) -> str:
    """A text that the whole of a pattern fits; `what` says what it is not, where it does not."""
    text = read_text(value)
    if not pattern.fullmatch(text):
        raise Wrong(f"{show(text)} is {what}", hint)
    return text


def read_ledger(value: object) -> str:
    """Where a ledger is that is not a file of this machine."""
    return read_matching(
        value,
        _DYNAMO,
        "no place for a ledger",
        "write dynamodb://TABLE, or leave it out: then it is a file of this machine",
    )


def read_queue(value: object) -> str:
    """Where a queue is that is not a file of this machine."""
    return read_matching(
        value,
        _SQS,
        "no place for a queue",
        "write sqs://NAME, or leave it out: then it is a file of this machine",
    )


def read_catalog(value: object) -> str:
    """Where tables are shown to other tools."""
    return read_matching(
        value,
        _GLUE,
        "no place for a catalog",
        "write glue://DATABASE, in small letters, digits and _; or leave it out",
    )


def read_metrics(value: object) -> str:
    """Where figures of runs go."""
    return read_matching(
        value,
        _CLOUDWATCH,
        "no place for figures",
        "write cloudwatch://NAMESPACE, one that does not begin with AWS/; or leave it out",
    )


def read_timezone(value: object) -> str:
    """A time zone that this machine knows."""
    text = read_text(value)
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


def read_column_type(value: object) -> ColumnType:
    """A type, and whether values may be missing."""
    if isinstance(value, dict | list):
        raise Wrong(f"a type is expected, not {_shape(value)}", "write bigint, or bigint not null")
    written = read_text(value)
    text = _NOT_NULL.sub("", written)
    try:
        return parse_type(text), text == written
    except RecursionError:
        raise Wrong("the type is nested too deep") from None
    except ValueError as error:
        meant = nearest(re.split(r"\W", text.strip())[0], [*SCALARS, *ALIASES])
        raise Wrong(str(error), f"did you mean {meant!r}?" if meant else None) from None


def read_partition(value: object) -> PartitionBy:
    """A partition expression."""
    text = read_text(value)
    try:
        return parse_partition(text)
    except ValueError as error:
        meant = nearest(text.split("(")[0], DATE_PARTS) if "(" in text else None
        raise Wrong(str(error), f"did you mean {meant}?" if meant else None) from None


def read_column_name(value: object) -> str:
    """The name of a column that a table can have."""
    text = read_text(value)
    if not text.strip() or len(text.encode()) > LONGEST_COLUMN_BYTES:
        raise Wrong(f"a column's name has 1 to {LONGEST_COLUMN_BYTES} bytes")
    if text.lower() in RESERVED_COLUMNS:
        raise Wrong(f"{text} is Headwater's own column", "give the column another name")
    return text
