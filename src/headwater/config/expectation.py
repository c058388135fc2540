"""From the keys of `expect` to an expectation, and the rules between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from headwater.config.expect_keys import ExpectKeys
from headwater.config.expected import spelled_every
from headwater.config.mistakes import Path
from headwater.model.expect import Bounds, Control, Expect, Unit
from headwater.model.ids import FeedName
from headwater.model.period import period_names, periods

_SOME_DAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
_TWO = 2


def expectation(keys: ExpectKeys, timezone: str) -> Expect:
    """What these keys declare; the zone is the feed's where they name none."""
    control = keys.control
    return Expect(
        every=keys.every,
        by=keys.by,
        grace=keys.grace,
        files=Bounds(keys.at_least or 0, keys.at_most),
        rows=keys.rows or Bounds(),
        names=tuple(dict.fromkeys(keys.files)),
        control=Control(FeedName(control.feed or ""), control.rows, tuple(control.totals.items()))
        if control
        else None,
        volume=keys.volume,
        timezone=keys.timezone or timezone,
        since=_midnight(keys.since, keys.timezone or timezone),
    )


def _midnight(day: date | None, timezone: str) -> datetime | None:
    zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    return None if day is None else datetime.combine(day, time(), zone)


def unexpectable(expect: Expect) -> Iterator[tuple[Path, str, str]]:
    """What does not go together: the key, what is wrong, what would be right."""
    most = expect.files.most
    if most is not None and most < (expect.files.least or 0):
        least = expect.files.least
        yield ("at_most",), f"{most} is less than at_least, {least}", f"write {least} or more"
    if expect.control and not (expect.control.rows or expect.control.totals):
        hint = "write rows: COLUMN or totals: {COLUMN: COLUMN}"
        yield ("control",), "it says nothing to compare", hint
    if expect.control and expect.is_dated:
        hint = "leave {date} out, so that files too are those that landed in the period"
        yield ("control",), "it is compared with files that land in its period", hint
    dated = ["{" in name for name in expect.names]
    if any(dated) and not all(dated):
        hint = "write {date} in each of them, or in none"
        yield ("files",), "some names have a date, and some have none", hint
        return
    yield from _deadline(expect)
    if expect.is_dated:
        yield from _distinct(expect)


def _deadline(expect: Expect) -> Iterator[tuple[Path, str, str]]:
    by, every = expect.by, expect.every
    if by is None:
        return
    length = spelled_every(every)
    if every.unit is Unit.MINUTE and by.elapsed is None:
        what = f"periods of {length} are shorter than a day"
        yield ("by",), what, "write how long after their beginning, such as 20m"
        return
    if every.unit is not Unit.MINUTE and by.elapsed is not None:
        yield ("by",), f"a time is expected for periods of a {length}", "write 06:00 or 1d 06:00"
        return
    if by.is_weekday and every.unit is not Unit.WEEK:
        yield ("by",), f"a {length} has no such day of its own", "write 06:00, or every: 1w"
        return
    period = periods(expect, _SOME_DAY, 1)[0]
    if period.due - expect.grace > period.end and not expect.is_dated:
        yield (
            ("by",),
            "it lies behind the end of the period, and a file that lands then is of the next one",
            "write an earlier time, or names with {date} below files",
        )


def _distinct(expect: Expect) -> Iterator[tuple[Path, str, str]]:
    first, second = periods(expect, _SOME_DAY, _TWO)
    if set(period_names(expect, first.start)) & set(period_names(expect, second.start)):
        hint = "write {date:%Y-%m-%d-%H}, or what else tells two periods apart"
        yield ("files",), "the same name stands for two periods", hint
