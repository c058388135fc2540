"""Every key below `batch` and `retries`: its kind, default, meaning and an example."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from headwater.config import kinds
from headwater.config.keyed import Keys, key

_NO_TIME = timedelta(0)
_MOST_FILES = 100_000
_MOST_ATTEMPTS = 100


class BatchKeys(Keys):
    """When a batch closes: on files or bytes or age, whichever comes first."""

    files: Annotated[int, kinds.number(1, _MOST_FILES)] = key(
        1000, "Close a batch when this many files wait.", 10
    )
    bytes: Annotated[int, kinds.size(1)] = key(
        "1GB", "Close a batch when the files that wait are this large together.", "1GB"
    )
    age: Annotated[timedelta, kinds.duration(_NO_TIME)] = key(
        "1m", "Close a batch when the oldest file has waited this long.", "60s"
    )


class RetryKeys(Keys):
    """How often a batch that fails is tried, and how long it waits between."""

    attempts: Annotated[int, kinds.number(1, _MOST_ATTEMPTS)] = key(
        5, "How often a batch is tried before its files are dead.", 3
    )
    first_delay: Annotated[timedelta, kinds.duration(_NO_TIME)] = key(
        "1s", "How long to wait before the second try; each further wait is twice as long.", "10s"
    )
    longest_delay: Annotated[timedelta, kinds.duration(_NO_TIME)] = key(
        "5m", "How long a wait may become.", "10m"
    )
