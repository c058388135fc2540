"""Every key of a model: its kind, default, meaning and an example."""

from __future__ import annotations

from typing import Annotated

from headwater.config import kinds
from headwater.config.keyed import Keys
from headwater.config.keyed import key as _key

_LEAST_FILE = 1_000_000


class ModelKeys(Keys):
    """One model: a curated table that is made of other tables with SQL."""

    sql: kinds.TextIfAny = _key(
        None,
        "The SELECT whose answer the table is, over tables of feeds and models.",
        "select day, sum(total) as revenue from sales group by all",
    )
    file: kinds.LocationIfAny = _key(None, "The file that holds it, instead.", "models/daily.sql")
    refresh: kinds.RefreshWord = _key(
        "after",
        "When it is built anew: `after` tables that it reads have a new version, all or those "
        "that are named; `every 1h`, as a clock in UTC counts hours; `cron` with a cron line, in "
        "UTC; or `manual`. Nothing is built where nothing has changed.",
        "after sales",
    )
    mode: kinds.ModeWord = _key(
        "full",
        "How much a build makes: full makes every row, incremental the partitions whose input "
        "rows changed.",
        "full",
    )
    since: kinds.NameIfAny = _key(
        None,
        "Of an incremental model that reads several tables, the one whose changed rows say which "
        "partitions are built again; where another of them has a new version, all are.",
        "sales",
    )
    partition: list[kinds.Partition] = _key(
        [],
        "The folders the table is divided into: a column of the SELECT, or `year(column)`, "
        "`month(column)`, `day(column)`, `hour(column)`.",
        ["day"],
    )
    checks: list[kinds.CheckOfModel] = _key(
        [],
        "What must be true of what is built before anybody sees it, and what follows where it is "
        "not: warn, halt. `unique`, `rows` and `fresh` look at the whole table that results, the "
        "others at the rows that are built.",
        [{"unique": ["day"], "action": "halt"}, {"range": {"revenue": [0, None]}}],
    )
    table: kinds.NameIfAny = _key(None, "The table the rows go to.", "daily_revenue")
    description: kinds.TextIfAny = _key(None, "What it is, for people.", "Revenue by day")
    compression: kinds.CompressionWord = _key("zstd", "How parts are compressed.", "snappy")
    parquet: kinds.PagesWord = _key("modern", "Which readers the parts are for.", "wide")
    file_size: Annotated[int, kinds.size(_LEAST_FILE)] = _key(
        "256MB", "About how large a part becomes before the next one begins.", "128MB"
    )
