"""A lake on a disk that cannot be written: tables can be queried, the rest is told plainly."""

from __future__ import annotations

import subprocess

import pytest

from headwater.errors import StoreError
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of


@pytest.fixture
def sealed(tmp_path, incoming):
    """A lake with two rows, on a disk that has become read-only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a disk cannot be mounted here: that takes root")
    try:
        with lakes.make(disk / "lake") as lake:
            lake.ingest("sales", incoming("a.csv", csv_of("1", "2")))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with lakes.open_lake(disk / "lake") as lake:
            yield lake
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_its_tables_can_be_queried(sealed):
    assert ids_of(sealed) == ["1", "2"]
    assert [table.rows for table in sealed.tables()] == [2]


def test_whoever_wants_to_land_is_told_why_not(sealed, incoming):
    with pytest.raises(StoreError) as caught:
        sealed.land("sales", incoming("b.csv", csv_of("3")))

    assert "ledger.sqlite" in caught.value.message
    assert caught.value.hint
