"""A move ends with one arrival and no source, however often it has to be begun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from headwater.flow.land import LandingOutcome
from headwater.ports.store import How
from tests.flow import lakes
from tests.flow.lakes import arrivals_of, csv_of, ids_of

MOVES = """
import sys
import headwater
from headwater.ports.store import How
headwater.open(sys.argv[1]).land("sales", sys.argv[2], how=How.MOVE)
"""
POINTS = ["up.full_unsynced", "up.fsynced", "up.linked", "up.dirsynced"]


def killed(folder, file, point):
    """What `land --move` leaves that is killed there."""
    ran = subprocess.run(
        [sys.executable, "-c", MOVES, str(folder), str(file)],
        env=os.environ | {"HEADWATER_CRASH": f"{point}:1"},
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL
    assert file.exists()


def move(lake, file):
    (landing,) = lake.land("sales", file, how=How.MOVE)
    assert landing.error is None, landing.error
    return landing


@pytest.mark.parametrize("point", POINTS)
def test_a_move_that_was_killed_is_ended_by_repeating_it(lake, folder, incoming, point):
    file = incoming("a.csv", csv_of("1"))
    killed(folder, file, point)

    move(lake, file)
    lake.work()

    assert not file.exists()
    assert len(arrivals_of(lake)) == 1
    assert ids_of(lake) == ["1"]
    assert lake.verify().findings == ()


def test_it_is_ended_also_where_a_worker_has_found_the_object_meanwhile(lake, folder, incoming):
    file = incoming("a.csv", csv_of("1"))
    killed(folder, file, "up.dirsynced")
    lake.work()

    landing = move(lake, file)

    assert landing.outcome is LandingOutcome.DUPLICATE
    assert not file.exists()
    assert len(arrivals_of(lake)) == 1


def test_a_copy_of_what_is_here_already_is_taken_away_too(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))

    move(lake, incoming("a.csv", csv_of("1")))

    assert not (folder.parent / "incoming" / "a.csv").exists()
    assert (folder / "raw" / "sales" / "a.csv").read_text() == csv_of("1")


def test_a_source_stays_whose_bytes_are_no_longer_in_the_raw_zone(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    lakes.write(folder / "raw" / "sales" / "a.csv", "damaged")
    file = incoming("a.csv", csv_of("1"))

    lake.land("sales", file, how=How.MOVE)

    assert file.read_text() == csv_of("1")


def test_an_object_of_the_raw_zone_is_not_moved_onto_itself_and_lost(lake, folder, incoming):
    lake.ingest("sales", incoming("a.csv", csv_of("1")))
    there = folder / "raw" / "sales" / "a.csv"
    shortcut = folder.parent / "a.csv"
    shortcut.symlink_to(there)

    lake.land("sales", there, how=How.MOVE)
    lake.land("sales", shortcut, how=How.MOVE)

    assert there.read_text() == csv_of("1")
    assert lake.verify().findings == ()


def test_a_copy_leaves_its_source_where_it_is(lake, incoming):
    file = incoming("a.csv", csv_of("1"))
    lake.ingest("sales", file)

    lake.ingest("sales", file)

    assert file.exists()
