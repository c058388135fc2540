"""The ledger is made anew by one process alone: nobody writes into the one that goes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from headwater.errors import LedgerError
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of

LANDS_AND_STAYS = """
import sys
import headwater
lake = headwater.open(sys.argv[1])
lake.land("sales", sys.argv[2])
print("landed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def neighbour(lake, folder, incoming):
    """Another process that has landed a file and has not ended."""
    file = incoming("theirs.csv", csv_of("theirs"))
    with subprocess.Popen(
        [sys.executable, "-c", LANDS_AND_STAYS, str(folder), str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"landed\n"
        yield process
        process.kill()


def test_it_is_refused_while_another_process_has_the_ledger_open_for_writing(
    lake, folder, neighbour
):
    before = (folder / "ledger.sqlite").stat().st_ino

    with pytest.raises(LedgerError, match="in use") as caught:
        lake.rebuild()

    assert "stop" in caught.value.hint
    assert (folder / "ledger.sqlite").stat().st_ino == before
    assert not (folder / "ledger.rebuilt.sqlite").exists()


def test_a_killed_process_leaves_nothing_that_stands_in_its_way(lake, neighbour):
    neighbour.kill()
    neighbour.wait()

    lake.rebuild()
    lake.work()

    assert ids_of(lake) == ["theirs"]
    assert lake.verify().findings == ()


def test_whoever_only_reads_does_not_stand_in_its_way(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    with lakes.open_lake(folder) as reader:
        reader.status()
        reader.verify()

        rebuilt = lake.rebuild()

    assert rebuilt.arrivals == 1


def test_meanwhile_nobody_else_writes_and_afterwards_everybody_may(lake, folder, incoming):
    with lakes.open_lake(folder) as other:
        refusals = []

        def fill(fresh):
            from headwater.flow.rebuild import rebuild

            with pytest.raises(LedgerError) as caught:
                other.land("sales", incoming("a.csv", csv_of("1")))
            refusals.append(caught.value)
            return rebuild(lake._world, fresh)

        lake._new_ledger(fill)
        other.ingest("sales", incoming("a.csv", csv_of("1")))

    assert refusals[0].retryable
    assert "made anew" in refusals[0].message
    assert ids_of(lake) == ["1"]


def test_two_at_once_are_one_and_a_refusal(lake, folder):
    with lakes.open_lake(folder) as other:

        def fill(fresh):
            from headwater.flow.rebuild import rebuild

            with pytest.raises(LedgerError, match="in use"):
                other.rebuild()
            return rebuild(lake._world, fresh)

        lake._new_ledger(fill)

    assert lake.verify().findings == ()
