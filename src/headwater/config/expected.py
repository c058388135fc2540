"""Values of `expect` as the user writes them: periods, deadlines, counts, names of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from string import Formatter
from typing import Annotated

from headwater.config.document import EMPTY
from headwater.config.kinds import Kind
from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.quantity import DURATION_PATTERN, format_duration, parse_duration
from headwater.config.values import read_column_name, read_text
from headwater.model.expect import Bounds, By, Every, Unit

_DAY_MINUTES = 1440
_SOME_DAY = date(2026, 11, 21)
_MOST_DAYS = 60
_WORDS = {
    "1d": Every(Unit.DAY),
    "1w": Every(Unit.WEEK),
    "day": Every(Unit.DAY),
    "weekday": Every(Unit.WEEKDAY),
    "week": Every(Unit.WEEK),
    "month": Every(Unit.MONTH),
    "hour": Every(Unit.MINUTE, 60),
}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(?:(?P<days>\d{1,2})d\s+|(?P<day>[a-z]+)\s+)?(?P<hour>\d\d):(?P<minute>\d\d)")
_COUNT = re.compile(r"(\d{1,9})(?:\s*files?)?")


def read_every(value: object) -> Every:
    """How long a period is."""
    text = read_text(value)
    if text in _WORDS:
        return _WORDS[text]
    meant = nearest(text, _WORDS)
    try:
        minutes, rest = divmod(parse_duration(text), timedelta(minutes=1))
    except ValueError:
        guess = f"did you mean {meant}? " if meant and text.isalpha() else ""
        raise Wrong(
            f"{show(text)} is no length of a period",
            f"{guess}write 15m, 1h, 1d, 1w, weekday or month",
        ) from None
    if rest or not 0 < minutes < _DAY_MINUTES or _DAY_MINUTES % minutes:
        raise Wrong(
            f"{text} does not divide a day into equal periods",
            "write minutes or hours that do, such as 15m, 1h or 6h; or 1d, 1w, weekday, month",
        )
    return Every(Unit.MINUTE, minutes)


def read_by(value: object) -> By:
    """When it has to be there."""
    text = read_text(value)
    clock = _CLOCK.fullmatch(text.lower())
    if clock is None:
        try:
            return By(elapsed=parse_duration(text))
        except ValueError:
            hint = "write 06:00, 1d 06:00, monday 06:00, or 20m for periods below a day"
            raise Wrong(f"{show(text)} is no deadline", hint) from None
    hour, minute = int(clock["hour"]), int(clock["minute"])
    if hour > 23 or minute > 59:  # noqa: PLR2004 - as clocks have it
        what = f"{hour:02}:{minute:02} is on no clock"
        raise Wrong(what, "write 00:00 to 23:59; 1d 06:00 is six o'clock a day later")
    days, day = clock["days"], clock["day"]
    if day is not None and day not in _WEEK:
        raise Wrong(f"{show(day)} is no day of the week", f"the days are {', '.join(_WEEK)}")
    later = _WEEK.index(day) if day else int(days or 0)
    if later > _MOST_DAYS:
        raise Wrong(f"{later} days are too many", f"write {_MOST_DAYS} at most")
    return By(days=later, minutes=hour * 60 + minute, is_weekday=day is not None)


def read_file_count(value: object) -> int:
    """So many files."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    text = read_text(value) if not isinstance(value, bool | int | float) else str(value)
    counted = _COUNT.fullmatch(text.strip())
    if counted is None:
        raise Wrong(f"{show(value)} is no number of files", "write 1 file, 3 files, or 3")
    return int(counted[1])


def read_bounds(value: object) -> Bounds:
    """The least and the most."""
    if not isinstance(value, list) or len(value) != len(("least", "most")):
        what = "the least and the most are expected"
        raise Wrong(what, "write [1000, null], [null, 5000] or [1000, 5000]")
    for each in value:
        if each is not None and (isinstance(each, bool) or not isinstance(each, int) or each < 0):
            raise Wrong(f"{show(each)} is no number of rows", "write a whole number, or null")
    least, most = value
    if least is None and most is None:
        raise Wrong("it has no bound", "write [1000, null], [null, 5000] or [1000, 5000]")
    if least is not None and most is not None and least > most:
        raise Wrong(f"{least} is more than {most}", f"write [{most}, {least}]")
    return Bounds(least, most)


def read_expected_name(value: object) -> str:
    """A pattern of names, with the period's date in it."""
    text = read_text(value)
    if not text or "**" in text or text.startswith("/") or not text.isprintable():
        raise Wrong(
            f"{show(text)} is no pattern of names in the feed's folder",
            "write one such as sales-{date}-*.csv",
        )
    if not _is_dated_well(text):
        raise Wrong(
            f"{show(text)} has something else than a date in {{ }}",
            "write {date}, or {date:%Y%m%d} for 20261121",
        )
    return text


def _is_dated_well(text: str) -> bool:
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
        text.format(date=_SOME_DAY)
    except (KeyError, IndexError, ValueError, AttributeError):
        return False
    return all(
        name == "date" and conversion is None and "{" not in (spec or "")
        for _, name, spec, conversion in fields
    )


def read_totals(value: object) -> dict[str, str]:
    """Columns, each with the column that has its sum."""
    if value is EMPTY or not isinstance(value, Mapping):
        raise Wrong("columns with their sums are expected", "write {amount: amount_total}")
    return {read_column_name(str(of)): read_column_name(there) for of, there in value.items()}


def read_day(value: object) -> date:
    """A day."""
    text = read_text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{show(text)} is no day", "write one as 2026-01-31") from None


def spelled_every(every: Every) -> str:
    """How it is written."""
    if every.unit is Unit.MINUTE:
        return format_duration(timedelta(minutes=every.minutes))
    return every.unit.value


_TEXT = ({"type": "string"},)
_FILES = (
    {"type": "string", "pattern": r"^\s*\d{1,9}(\s*files?)?\s*$"},
    {"type": "integer", "minimum": 0},
)
_NUMBER = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}
_EVERY = ({"type": "string", "pattern": DURATION_PATTERN}, {"enum": list(_WORDS)})

EveryKind = Annotated[Every, Kind(read_every, "length of a period", _EVERY)]
ByIfAny = Annotated[By | None, Kind(read_by, "time, or duration", _TEXT)]
FileCountIfAny = Annotated[int | None, Kind(read_file_count, "number of files", _FILES)]
BoundsIfAny = Annotated[
    Bounds | None, Kind(read_bounds, "[least, most]", ({"type": "array", "items": _NUMBER},))
]
ExpectedName = Annotated[str, Kind(read_expected_name, "pattern", _TEXT)]
TotalsOfTable = Annotated[
    dict[str, str], Kind(read_totals, "mapping of column to column", ({"type": "object"},))
]
DayIfAny = Annotated[date | None, Kind(read_day, "day", _TEXT)]
