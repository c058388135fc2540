"""What a run, or the state of a feed, is worth measuring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from headwater.model.ids import FeedName


class Gauge(StrEnum):
    """What is measured; the first six of each batch, the others of each feed from time to time."""

    ROWS = "rows"  # written
    QUARANTINED = "quarantined"  # rows
    FILES = "files"
    BYTES = "bytes"  # of the files
    SECONDS = "seconds"  # from the beginning of an attempt to its commit
    COST = "cost"  # as the receipt reckons it, in the currency of the prices
    BACKLOG = "backlog"  # files that wait, or are being converted
    AGE = "age"  # seconds that the oldest of those that wait has waited


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, of one feed or model, at one time."""

    gauge: Gauge
    value: float
    feed: FeedName
    at: datetime
