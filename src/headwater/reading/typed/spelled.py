"""Values that have types in their file, as one line of JSON that loses none of them.

Whole numbers and doubles are JSON numbers; decimals are strings of their digits, dates
and times strings as ISO 8601 has them, bytes strings of hexadecimal digits. What JSON
has no word for (NaN, infinity) has its record refused.
"""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from headwater.reading.pieces.piece import PieceBuilder

SEPARATOR = b"\t"


def take_object(builder: PieceBuilder, record: dict[str, Any], number: int) -> None:
    """One record with its number in the file, from 1."""
    try:
        text = _strict(record)
    except ValueError:
        raw = _lenient(record).encode("utf-8", "backslashreplace")
        message = "one of its numbers is NaN or infinite, which JSON has no word for; write null"
        builder.refuse(number, raw, "number", message)
    else:
        builder.take(text.encode("utf-8", "surrogatepass"), number)


def _spelled(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a value of type {type(value).__name__} has no JSON")


_COMPACT = (",", ":")
_strict = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=_COMPACT, default=_spelled
).encode
_lenient = json.JSONEncoder(ensure_ascii=False, separators=_COMPACT, default=_spelled).encode
