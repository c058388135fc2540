"""FileStore through kills and full disks: an object is whole or not there."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from headwater.adapters.durable import MANY, make_durable
from headwater.adapters.files import FileStore
from headwater.errors import NoSpace, ObjectExists
from headwater.ports.store import How, Stat
from tests.adapters.files.disk import leftovers, take_in_child
from tests.contracts.store import names, source, taking

CRASH_POINTS = [
    "up.tmp_open",
    "up.mid_body",
    "up.full_unsynced",
    "up.fsynced",
    "up.linked",
    "up.dirsynced",
]
BEHIND = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of one megabyte."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class TestCrashes:
    @pytest.mark.parametrize(
        ("point", "how"),
        [(point, How.COPY) for point in CRASH_POINTS]
        + [(point, how) for point in CRASH_POINTS[2:] for how in (How.MOVE, How.LINK)],
    )
    def test_a_kill_leaves_no_object_or_the_whole_one_and_a_repeat_succeeds(
        self, root, tmp_path, point, how
    ):
        body = b"a,b\n1,2\n" * 10_000
        path = source(tmp_path, body)

        died = take_in_child(root, path, how, {"HEADWATER_CRASH": f"{point}:1"})

        assert died.returncode == -signal.SIGKILL
        assert path.read_bytes() == body
        store = FileStore(root)
        there = point in {"up.linked", "up.dirsynced"}
        assert names(store.list()) == (["s/a.csv"] if there else [])
        [again] = store.take([taking(path, "s/a.csv", how)])
        assert isinstance(again, ObjectExists if there else Stat)
        assert store.read("s/a.csv") == body

    @pytest.mark.parametrize("point", CRASH_POINTS[:4])
    def test_the_sweep_removes_what_a_kill_left(self, root, tmp_path, point):
        path = source(tmp_path)
        take_in_child(root, path, How.COPY, {"HEADWATER_CRASH": f"{point}:1"})
        store = FileStore(root)

        kept = store.sweep(datetime.now(UTC) - timedelta(minutes=10))
        removed = store.sweep(BEHIND)

        assert (kept, removed) == (0, 1)
        assert leftovers(root) == []

    def test_the_sweep_spares_a_young_link_to_an_old_file(self, root, tmp_path):
        path = source(tmp_path)
        os.utime(path, (1, 1))
        take_in_child(root, path, How.LINK, {"HEADWATER_CRASH": "up.fsynced:1"})

        removed = FileStore(root).sweep(datetime.now(UTC) - timedelta(minutes=10))

        assert removed == 0


class TestNoSpace:
    def test_a_full_disk_is_no_space_and_leaves_nothing(self, tiny_disk, tmp_path):
        large = source(tmp_path, b"x" * 2_000_000)
        small = source(tmp_path, b"x", "small")
        store = FileStore(tiny_disk / "raw")

        answers = store.take([taking(large, "large"), taking(small, "small")])

        assert isinstance(answers[0], NoSpace)
        assert answers[0].hint
        assert isinstance(answers[1], Stat)
        assert leftovers(tiny_disk) == ["raw/small"]

    def test_a_full_disk_refuses_a_create_and_works_again_after_space_returns(self, tiny_disk):
        store = FileStore(tiny_disk)
        store.create("filling", b"x" * 900_000)
        with pytest.raises(NoSpace):
            store.create("late", b"x" * 400_000)

        store.delete("filling")
        store.create("late", b"x" * 400_000)

        assert leftovers(tiny_disk) == ["late"]

    def test_a_limit_on_file_size_is_no_space_and_leaves_nothing(self, root, tmp_path):
        path = source(tmp_path, b"x" * 100_000)
        store = FileStore(root)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        try:
            [answer] = store.take([taking(path)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

        assert isinstance(answer, NoSpace)
        assert leftovers(root) == []


@pytest.mark.parametrize("files", [0, 1, MANY + 1])
def test_any_number_of_files_is_made_durable(tmp_path, files):
    paths = [source(tmp_path, b"1", str(number)) for number in range(files)]

    make_durable(paths)


def test_making_durable_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        make_durable([tmp_path / "gone"])
