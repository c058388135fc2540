"""Links, moves and copies into a FileStore, within a file system and across."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headwater.errors import UsageError
from headwater.ports.store import How, Stat
from headwater.reading.source import source_stamp
from tests.adapters.files.disk import leftovers
from tests.contracts.store import source, taking


@pytest.fixture
def other_disk(tmp_path):
    """A folder on another file system than tmp_path."""
    folder = Path("/dev/shm") / f"headwater-{os.getpid()}"  # noqa: S108 - removed below
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("no second file system")
    if folder.stat().st_dev == tmp_path.stat().st_dev:
        folder.rmdir()
        pytest.skip("no second file system")
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


class TestLinks:
    def test_a_link_has_its_sources_stamp_until_the_content_changes(self, store, tmp_path):
        path = source(tmp_path)
        linking = taking(path, how=How.LINK)
        [linked] = store.take([linking])
        with path.open("ab") as file:
            file.write(b"3,4\n")

        changed = store.stat("sales/a.csv")

        assert linked.stamp == linking.stamp
        assert changed.stamp != linked.stamp

    def test_a_link_does_not_change_the_stamp_of_its_source(self, store, tmp_path):
        path = source(tmp_path)
        before = source_stamp(path.stat())

        store.take([taking(path, how=How.LINK)])

        assert source_stamp(path.stat()) == before

    def test_a_link_across_file_systems_is_refused_with_a_hint_to_copy(
        self, store, root, other_disk
    ):
        path = source(other_disk)

        [answer] = store.take([taking(path, how=How.LINK)])

        assert isinstance(answer, UsageError)
        assert "copy" in answer.hint
        assert leftovers(root) == []

    def test_a_move_across_file_systems_copies_then_removes(self, store, other_disk):
        path = source(other_disk, b"moved")

        [answer] = store.take([taking(path, how=How.MOVE)])

        assert isinstance(answer, Stat)
        assert not path.exists()
        assert store.read("sales/a.csv") == b"moved"

    def test_a_move_within_a_file_system_copies_nothing(self, store, tmp_path):
        path = source(tmp_path)
        inode = path.stat().st_ino

        store.take([taking(path, how=How.MOVE)])

        assert Path(store.locate("sales/a.csv")).stat().st_ino == inode

    def test_a_copy_shares_nothing_with_its_source(self, store, tmp_path):
        path = source(tmp_path, b"before")
        [taken] = store.take([taking(path)])
        path.write_bytes(b"after")

        assert store.read("sales/a.csv") == b"before"
        assert store.stat("sales/a.csv") == taken

    def test_a_private_source_stays_private(self, store, tmp_path):
        path = source(tmp_path)
        path.chmod(0o600)

        store.take([taking(path)])

        assert Path(store.locate("sales/a.csv")).stat().st_mode & 0o777 == 0o600
