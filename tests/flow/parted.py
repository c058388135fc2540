"""Tables of several small parts, for tests of what joins them."""

from __future__ import annotations

from tests.flow import lakes
from tests.flow.lakes import csv_of

FEEDS = lakes.SALES + "    batch: {files: 1}\n"
ROWS = ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]


def fill(lake, incoming):
    """Four parts in two partitions."""
    for number, month in enumerate((1, 2, 1, 2)):
        text = csv_of(f"{number}a", f"{number}b", month=month)
        lake.land("sales", incoming(f"{number}.csv", text))
    lake.work()


def live_parts(lake, table="sales"):
    return lake._world.tables.snapshot(table).parts
