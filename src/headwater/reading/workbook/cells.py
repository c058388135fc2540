"""What a cell of a workbook says, as text: numbers as typed, dates as ISO 8601.

A workbook stores a number with the noise of its binary form (1.1000000000000001); the
shortest text that means the same double is what was typed. A date is a number of days,
and only the number format of its cell says so.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum

_PLACE = re.compile(r"[0-9]{1,9}")
_EXACT = re.compile(r"-?(?:0|[1-9]\d{0,14})|-?\d{1,7}\.\d{1,7}|-?[1-9]\d{15,}")
_ESCAPE = re.compile(r"_x([0-9a-fA-F]{4})_")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_FORMATS = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "d"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47), "h"),
    22: "dh",
    46: "[h]",
}
_PHANTOM = 60  # the 29th of February 1900, which never was
_BEHIND = 2_958_466  # the first day of the year 10000
_FIRST_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook knows no zones
_FIRST_1900 = datetime(1899, 12, 31)  # noqa: DTZ001 - the same
_DAYS_1904 = 1_462
_LEAST, _MOST = -10, 21  # beyond these powers of ten a number has an exponent
_MILLISECOND = Decimal("0.001")
_DAY_SECONDS = 86_400


class CellStyle(Enum):
    """What a number in a cell means."""

    NUMBER = "number"
    DATE = "date"
    CLOCK = "date and time"
    TIME = "time"
    SPAN = "hours that may be more than a day's"


def cell_style(number: str, formats: dict[str, str]) -> CellStyle:
    """What cells with that number format hold."""
    code = formats.get(number)
    if code is None:
        code = _FORMATS.get(whole_number(number), "")
    bare = _LITERAL.sub("", code.partition(";")[0]).lower().replace("general", "")
    if "[" in bare:
        return CellStyle.SPAN
    dated = "d" in bare or "y" in bare or ("m" in bare and not re.search("[hs]", bare))
    timed = "h" in bare or "s" in bare
    if dated:
        return CellStyle.CLOCK if timed else CellStyle.DATE
    return CellStyle.TIME if timed else CellStyle.NUMBER


def whole_number(text: str) -> int:
    """A place or number of something in a workbook; -1 if it is none that can be."""
    return int(text) if _PLACE.fullmatch(text) else -1


def number_text(stored: str, style: CellStyle, *, since_1904: bool) -> str:
    """A number as text; one that is no date is a number still, whatever its format."""
    if style is CellStyle.NUMBER:
        return plain_number(stored)
    try:
        days = Decimal(stored)
    except InvalidOperation:
        return stored
    if not days.is_finite() or not -1 < days < _BEHIND:  # more overflows what follows
        return plain_number(stored)
    seconds = (days * _DAY_SECONDS).quantize(_MILLISECOND, ROUND_HALF_UP)
    if seconds < 0:
        return plain_number(stored)
    if style is CellStyle.SPAN or (style is CellStyle.TIME and seconds < _DAY_SECONDS):
        return _clock(seconds)
    return _date(seconds, style, since_1904=since_1904) or plain_number(stored)


def plain_number(stored: str) -> str:
    """The shortest digits that mean the same double; whole numbers with all their digits."""
    if _EXACT.fullmatch(stored):
        return stored
    try:
        shortest = Decimal(repr(float(stored)))
    except (ValueError, InvalidOperation):
        return stored
    if not shortest.is_finite():
        return stored
    if not _LEAST < shortest.adjusted() < _MOST:
        return repr(float(stored))
    text = format(shortest, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def unescaped(text: str) -> str:
    """The text with letters that XML cannot hold, which are stored as _x000D_."""
    if "_x" not in text:
        return text
    letters = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _date(seconds: Decimal, style: CellStyle, *, since_1904: bool) -> str | None:
    whole, clock = divmod(seconds, _DAY_SECONDS)
    day = int(whole)
    if since_1904:
        if day + _DAYS_1904 >= _BEHIND:
            return None
        date = _FIRST_1904 + timedelta(days=day)
    elif day in {0, _PHANTOM}:
        return None
    else:
        date = _FIRST_1900 + timedelta(days=day - (day > _PHANTOM))
    text = f"{date.year:04}-{date.month:02}-{date.day:02}"
    if style is CellStyle.DATE and not clock:
        return text
    return f"{text}T{_clock(clock)}"


def _clock(seconds: Decimal) -> str:
    whole = int(seconds)
    rest = f"{seconds - whole:f}"[1:].rstrip("0").rstrip(".")
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{rest}"
