"""A look at a file as one JSON document, every value in it exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from headwater.look.content import Content
from headwater.model.codec import to_plain
from headwater.reading.source import spell


def document(content: Content, rows: Sequence[Sequence[Any]], seconds: float) -> dict[str, Any]:
    """What the file is, its columns, first rows and flaws, and how much of it that is said of."""
    peeked = content.peeked
    names = [column.name for column in peeked.schema.columns]
    return {
        "file": None if content.path is None else spell(content.path),
        "size_bytes": peeked.size_bytes,
        "found": to_plain(peeked.found),
        "whole": peeked.whole,
        "head_bytes": peeked.head_bytes,
        "total_rows": peeked.books.written if peeked.whole else peeked.total_rows,
        "books": to_plain(peeked.books),
        "columns": [
            {
                "name": column.name,
                "type": str(column.type),
                "has_values": column.name not in peeked.empty,
            }
            for column in peeked.schema.columns
        ],
        "rows": [dict(zip(names, map(as_json, row), strict=True)) for row in rows],
        "refused": {"by_code": dict(peeked.reasons), "first": to_plain(peeked.flaws)},
        "seconds": round(seconds, 3),
    }


def as_json(value: Any) -> Any:
    """A value as JSON has it; a decimal, which JSON readers would round, as text."""
    return next((write(value) for kind, write in _WRITERS if isinstance(value, kind)), value)


def _finite(value: float) -> Any:
    return value if math.isfinite(value) else str(value)


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (float, _finite),
    (Decimal | UUID, str),
    (datetime | date | time, lambda value: value.isoformat()),
    (timedelta, lambda value: value.total_seconds()),
    (bytes | bytearray | memoryview, lambda value: bytes(value).hex()),
    (Mapping, lambda value: {str(name): as_json(each) for name, each in value.items()}),
    (list | tuple, lambda value: [as_json(each) for each in value]),
)
