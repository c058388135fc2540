"""A disk that is full: a clear word, nothing half done, and on it goes when there is space."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager, suppress

import pytest

from headwater.errors import HeadwaterError, NoSpace
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of, states_of

MOUNT = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs"]


@pytest.fixture
def small(tmp_path):
    """A lake on a disk of sixteen megabytes, and the disk."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run([*MOUNT, str(disk)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@contextmanager
def full(disk, leave=0):
    """Fill the disk, but for so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    if leave:
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - leave)
    try:
        yield
    finally:
        ballast.unlink()


def big_csv(rows=20_000):
    return csv_of(*(f"row-{n:08d}-{n * 7919 % 10007:06d}" for n in range(rows)))


def test_what_does_not_fit_into_the_raw_zone_is_refused_and_lands_later(small, incoming):
    with lakes.make(small / "lake") as lake:
        lake.ingest("sales", incoming("first.csv", csv_of("1")))
        source = incoming("big.csv", big_csv())
        before = source.read_bytes()

        with full(small, leave=200_000):
            refused = landing_of(lake, source)

        assert isinstance(refused, NoSpace)
        assert refused.hint
        assert source.read_bytes() == before
        assert [path.name for path in (small / "lake" / "raw" / "sales").iterdir()] == ["first.csv"]
        lake.ingest("sales", source)
        assert len(ids_of(lake)) == 20_001
        assert lake.verify().findings == ()


def landing_of(lake, source):
    try:
        (landing,) = lake.land("sales", source)
    except HeadwaterError as error:
        return error
    return landing.error


@pytest.mark.parametrize("leave", [0, 40_000, 80_000, 120_000, 160_000, 250_000, 400_000])
def test_a_conversion_that_finds_no_room_changes_nothing_and_is_done_later(small, incoming, leave):
    text = big_csv()
    with lakes.make(small / "lake") as lake:
        lake.ingest("sales", incoming("first.csv", csv_of("1")))
        lake.land("sales", incoming("big.csv", text + "x,soon,1\n"))

        with full(small, leave=leave):
            error = error_of(lake)
            if error is not None:
                assert isinstance(error, NoSpace)
                assert "full" in error.message
                assert error.hint

    # What the worker held it has given back, or its lease runs out.
    clock = lakes.Clock()
    clock.advance(minutes=10)
    with lakes.open_lake(small / "lake", clock=clock) as lake:
        assert (small / "lake" / "raw" / "sales" / "big.csv").read_text() == text + "x,soon,1\n"
        lake.work()

        assert len(ids_of(lake)) == 20_001
        assert len(lake.refused_rows()) == 1
        assert states_of(lake, "sales/big.csv") == ["completed"]
        assert lake.verify().findings == ()


def error_of(lake):
    try:
        lake.work()
    except HeadwaterError as error:
        return error
    return None
