"""Every key below `expect` of a feed: its kind, default, meaning and an example."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from headwater.config import kinds
from headwater.config.expected import (
    BoundsIfAny,
    ByIfAny,
    DayIfAny,
    EveryKind,
    ExpectedName,
    FileCountIfAny,
    TotalsOfTable,
)
from headwater.config.keyed import Keys, key


def _single_is_list(value: object) -> object:
    return [value] if not isinstance(value, list | dict) else value


class ControlKeys(Keys):
    """What a control file says of the files of its period: a feed reads it, and writes a table."""

    feed: kinds.NameIfAny = key(
        None,
        "The feed that reads the control files; what landed in the period is compared.",
        "sales_control",
    )
    rows: kinds.TextIfAny = key(
        None, "The column of its table with the number of records that were sent.", "records"
    )
    totals: TotalsOfTable = key(
        {},
        "Columns of this feed's table, each with the column of the control table that has its sum.",
        {"amount": "amount_total"},
    )


class ExpectKeys(Keys):
    """What has to come in each period, by when, and how much of it."""

    every: EveryKind = key(
        "1d",
        "How long a period is: minutes or hours that divide a day, `1d`, `1w`, `month`, or "
        "`weekday`, Monday to Friday. Days begin at midnight, weeks on Monday.",
        "1d",
    )
    by: ByIfAny = key(
        None,
        "When everything has to be there: a time of the period's first day (`06:00`), of a later "
        "one (`1d 06:00`), of a day of the week (`monday 06:00`); for periods below a day, how "
        "long after their beginning (`20m`).",
        "06:00",
    )
    grace: Annotated[timedelta, kinds.duration(timedelta(0))] = key(
        "0s", "How much later than `by` is not worth a word.", "30m"
    )
    at_least: FileCountIfAny = key(
        "1 file", "How many files have to come, those aside that are refused whole.", "1 file"
    )
    at_most: FileCountIfAny = key(None, "How many files may come.", "24 files")
    rows: BoundsIfAny = key(
        None, "The least and the most rows that are written; null is no bound.", [1000, None]
    )
    files: Annotated[list[ExpectedName], BeforeValidator(_single_is_list)] = key(
        [],
        "Names of which each has to be there, seen from the feed's folder: `*` and `?` stand for "
        "letters, `{date}` for the day the period begins, `{date:%Y%m%d}` for it in other words. "
        "With `{date}`, the name says which period a file is of; without it, the time it landed.",
        ["sales-{date}-*.csv", "returns-{date}.csv"],
    )
    control: ControlKeys | None = key(
        None,
        "A control file with the number of records or the totals that were sent.",
        {"feed": "sales_control", "rows": "records"},
    )
    volume: kinds.Flag = key(
        True,
        "Whether files and rows are compared with those of earlier periods, and told where they "
        "are far from them.",
        False,
    )
    timezone: kinds.TimezoneIfAny = key(
        None, "The zone of periods and of `by`; without it, the feed's.", "Europe/Berlin"
    )
    since: DayIfAny = key(
        None,
        "The first day that is looked at. Without it, that is the first file's, or the day on "
        "which a worker first looked.",
        "2026-01-01",
    )
