"""A replay that is killed at any of its points leaves a whole table, and ends when it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest

from headwater.points import ARM
from tests.flow import lakes
from tests.flow.lakes import csv_of, versions_of

FEED = lakes.SALES + "    batch: {files: 2, age: 1s}\n"
OTHER = FEED.replace("month(day)", "year(day)").replace("qty: bigint", "qty: text")
REPLAY = """
import sys
import headwater
with headwater.open(sys.argv[1]) as lake:
    again = lake.replay("sales", as_one=True)
    lake.work(awaited=[*again, *again.waiting])
"""
POINTS = [
    "replay.chosen", "replay.k_of_n", "replay.announced", "claim.post", "replace.planned",
    "stage.pre", "stage.post", "log.read", "log.validated", "log.before_commit",
    "log.committed_unsynced", "log.synced", "ledger.pre", "ledger.post",
]  # fmt: skip


def replay(folder, kill_at=None):
    """In a process of its own, which may be killed; how it ended."""
    armed = {ARM: kill_at} if kill_at else {}
    words = [sys.executable, "-c", REPLAY, str(folder)]
    return subprocess.run(words, env={**os.environ, **armed}, check=False, timeout=120).returncode


@pytest.mark.slow
@pytest.mark.parametrize("feeds", [FEED, OTHER], ids=["rows", "layout"])
@pytest.mark.parametrize("killed_at", POINTS)
def test_a_killed_replay_shows_old_or_new_rows_and_ends_when_it_goes_on(
    folder, incoming, clock, killed_at, feeds
):
    with lakes.make(folder, FEED) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(n)) for n in "abc"))
    lakes.configure(folder, feeds)

    assert replay(folder, killed_at) == -signal.SIGKILL

    assert versions_of(folder)[-1] == Counter("abc")
    clock.advance(minutes=5)  # the lease has run out
    with lakes.open_lake(folder, clock=clock) as lake:
        again = lake.replay("sales", as_one=True)
        lake.work(awaited=[*again, *again.waiting])

        assert all(shown == Counter("abc") for shown in versions_of(folder)[3:])
        assert lake.tables()[0].partition_by == ("year" if feeds is OTHER else "month",)
        lake.sweep(older_than=timedelta(0))
        assert lake.verify().findings == ()
