"""Partition expressions: how the user writes which folder a row goes to."""

from __future__ import annotations

import re

from headwater.model.feed import PartitionBy

DATE_PARTS = ("year", "month", "day", "hour")
ARRIVAL_DATE = "arrival_date"
WRITTEN = "year(ts), month(ts), day(ts), hour(ts), a column, or arrival_date"

_NAME = r'(?P<bare>[^\W\d]\w*)|"(?P<quoted>(?:[^"]|"")+)"'
_COLUMN = re.compile(_NAME)
_CALL = re.compile(rf"(?P<function>[^\W\d]\w*)\s*\(\s*(?:{_NAME})\s*\)")


def parse_partition(text: str) -> PartitionBy:
    """Read one partition expression; ValueError says what is wrong and what is right."""
    stripped = text.strip()
    if stripped.lower() == ARRIVAL_DATE:
        return PartitionBy(ARRIVAL_DATE, "arrival_date", None)
    if column := _COLUMN.fullmatch(stripped):
        name = _name(column)
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
