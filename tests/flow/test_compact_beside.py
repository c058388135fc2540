"""A compaction beside writers and readers, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from headwater.ports.tables import EntryKind
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, versions_of

FEEDS = lakes.SALES + "    batch: {files: 1}\n    compact: never\n"
ROUNDS, FILES, ROWS = 5, 4, 7

COMPACTS = """
import sys, headwater
from pathlib import Path
folder, stop = map(Path, sys.argv[1:])
lake = headwater.open(folder)
stopped = False
while not stopped:
    stopped = stop.exists()
    lake.compact()
    print("went round", flush=True)
"""
ASKS = """
import sys, headwater
from pathlib import Path
folder, stop = map(Path, sys.argv[1:])
lake = headwater.open(folder)
sql = "select split_part(id, '|', 1) f, split_part(id, '|', 2) v, count(*) from sales group by all"
while not stop.exists():
    rows = lake.query(sql).rows()
    assert all(count == 7 for _, _, count in rows), rows
    assert len({file for file, _, _ in rows}) == len(rows), rows
    print("went round", flush=True)
"""


@pytest.fixture
def beside(folder, tmp_path):
    """Processes that have gone round once and go on until the test has done what it does."""
    stop, started = tmp_path / "stop", []

    def start(program):
        command = [sys.executable, "-c", program, str(folder), str(stop)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        assert process.stdout.readline() == "went round\n"

    def end():
        stop.touch()
        return [(each.communicate(timeout=60)[1], each.returncode) for each in started]

    yield start, end
    for each in started:
        each.kill()
        each.wait()


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_seen_in_halves(folder, incoming, beside):
    start, end = beside
    with lakes.make(folder, FEEDS) as lake:
        newest = {}
        for version in range(ROUNDS):
            for file in range(FILES):
                ids = [f"{file}|{version}|{row}" for row in range(ROWS)]
                newest[file] = ids
                lake.land("sales", incoming(f"{file}.csv", csv_of(*ids, month=1 + file % 2)))
            lake.work()
            if version == 0:
                start(COMPACTS)
                start(COMPACTS)
                start(ASKS)
        ended = end()

        assert [code for _, code in ended] == [0, 0, 0], ended
        assert ids_of(lake) == sorted(row for rows in newest.values() for row in rows)
        assert lake.verify().findings == ()
        kinds = Counter(entry.kind for entry in lake._world.tables.log("sales"))
        assert kinds[EntryKind.COMPACTION] >= 2
        for seen in versions_of(folder):
            assert set(seen.values()) <= {1}
            assert set(Counter(row.rpartition("|")[0] for row in seen).values()) <= {ROWS}
