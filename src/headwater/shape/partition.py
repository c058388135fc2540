"""Partition expressions: how the user writes which folder a row goes to."""

from __future__ import annotations

import re
from urllib.parse import quote

from headwater.model.feed import PartitionBy

DATE_PARTS = ("year", "month", "day", "hour")
ARRIVAL_DATE = "arrival_date"
HASHED = "sha256-"  # and the digest: the folder of a value whose own would be too long
WRITTEN = "year(ts), month(ts), day(ts), hour(ts), a column, or arrival_date"

_NAME = r'(?P<bare>[^\W\d]\w*)|"(?P<quoted>(?:[^"]|"")+)"'
_COLUMN = re.compile(_NAME)
_CALL = re.compile(rf"(?P<function>[^\W\d]\w*)\s*\(\s*(?:{_NAME})\s*\)")

_FOLDER_BYTES = 255  # what file systems take
_VALUE_BYTES = 200
_HASH_BYTES = len(HASHED) + 64


def longest_value(name: str) -> int:
    """How many bytes of a folder's name may be the value of that column, percent-encoded."""
    return min(_VALUE_BYTES, _FOLDER_BYTES - len(f"{quote(name, safe='')}="))


def parse_partition(text: str) -> PartitionBy:
    """Read one partition expression; ValueError says what is wrong and what is right."""
    stripped = text.strip()
    if stripped.lower() == ARRIVAL_DATE:
        return PartitionBy(ARRIVAL_DATE, "arrival_date", None)
    if column := _COLUMN.fullmatch(stripped):
        name = _name(column)
        if longest_value(name) < _HASH_BYTES:
            raise ValueError(
                f"the column name {name!r} is too long for a folder; "
                "give the column a shorter one under rename, and partition by that"
            )
        return PartitionBy(name, "column", name)
    call = _CALL.fullmatch(stripped)
    if call is None:
        raise ValueError(
            f"{text!r} is not a partition expression; write {WRITTEN}, "
            'with "double quotes" around a column name that is not a plain word'
        )
    function = call["function"].lower()
    if function not in DATE_PARTS:
        raise ValueError(f"{call['function']}() is no partition function; write {WRITTEN}")
    return PartitionBy(function, function, _name(call))


def _name(match: re.Match[str]) -> str:
    bare: str | None = match["bare"]
    return bare if bare is not None else match["quoted"].replace('""', '"')
