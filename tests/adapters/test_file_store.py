"""FileStore keeps the store's contract, through kills, full disks and strange files as well."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headwater.adapters.durable import MANY, make_durable
from headwater.adapters.files import FileStore
from headwater.errors import NoSpace, ObjectExists, SourceChanged, SourceNotAFile, UsageError
from headwater.ports.store import How, Stat, Taking
from headwater.reading.source import source_stamp
from tests.contracts.store import StoreContract, names, source, taking

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
def root(tmp_path):
    return tmp_path / "lake" / "raw"


@pytest.fixture
def store(root):
    return FileStore(root)


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


def leftovers(root):
    """Every file below the root, temporary ones and all."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def take_in_child(root, path, how, environment):
    program = (
        "import sys; from pathlib import Path; from headwater.adapters.files import FileStore\n"
        "from headwater.ports.store import How, Taking\n"
        "root, path, how, stamp = sys.argv[1:]\n"
        "print(FileStore(Path(root)).take([Taking(Path(path), 's/a.csv', How(how), stamp)]))"
    )
    stamp = source_stamp(path.stat())
    return subprocess.run(
        [sys.executable, "-c", program, str(root), str(path), how.value, stamp],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def create_and_tell(root, start, number):
    start.wait(30)
    try:
        FileStore(root).create("race", b"%d" % number * 1000)
    except ObjectExists:
        sys.exit(1)


class TestFileStore(StoreContract):
    pass


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


class TestStrangeFiles:
    def test_a_pipe_is_no_source_and_blocks_nobody(self, store, tmp_path):
        os.mkfifo(tmp_path / "pipe")

        [answer] = store.take([taking(tmp_path / "pipe")])

        assert isinstance(answer, SourceNotAFile)
        assert "pipe" in answer.message

    def test_a_device_is_no_source(self, store):
        [answer] = store.take([taking(Path("/dev/null"))])

        assert isinstance(answer, SourceNotAFile)

    def test_a_symbolic_link_that_was_pointed_elsewhere_is_a_changed_source(self, store, tmp_path):
        link = tmp_path / "link"
        link.symlink_to(source(tmp_path, b"1", "one"))
        before = taking(link)
        link.unlink()
        link.symlink_to(source(tmp_path, b"2", "two"))

        [answer] = store.take([before])

        assert isinstance(answer, SourceChanged)

    def test_unfinished_hidden_and_irregular_files_are_not_listed(self, store, root):
        store.create("sales/a.csv", b"1")
        folder = root / "sales"
        for name in [".hidden", "b.part", "b.tmp", "b~", "b.crswap"]:
            (folder / name).write_bytes(b"1")
        (folder / "link").symlink_to(folder / "a.csv")
        (folder / "loop").symlink_to(folder)
        (folder / "empty").mkdir()
        (root / ".git").mkdir()
        (root / ".git" / "config").write_bytes(b"1")
        os.mkfifo(folder / "pipe")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(folder / "socket"))

            assert names(store.list()) == ["sales/a.csv"]
        assert store.stat("sales/link") is None
        assert store.stat("sales/pipe") is None

    def test_a_file_dropped_by_hand_is_an_object(self, store, root):
        (root / "sales").mkdir(parents=True)
        (root / "sales" / "dropped.csv").write_bytes(b"1")

        assert names(store.list()) == ["sales/dropped.csv"]
        assert store.read("sales/dropped.csv") == b"1"

    @pytest.mark.parametrize(
        ("on_disk", "name"),
        [
            (b"caf\xe9.csv", r"caf\xe9.csv"),
            (rb"caf\xe9.csv", r"caf\x5cxe9.csv"),
            (rb"a\x5cb", r"a\x5cx5cb"),
            (rb"a\b", r"a\b"),
            (b"\xe9/\xff", r"\xe9/\xff"),
            ("é".encode(), "é"),
        ],
    )
    def test_a_name_that_is_not_utf8_is_listed_escaped_and_found_again(
        self, store, root, on_disk, name
    ):
        path = Path(os.fsdecode(os.fsencode(root) + b"/" + on_disk))
        path.parent.mkdir(parents=True)
        try:
            path.write_bytes(b"1")
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")

        listed = names(store.list())

        assert listed == [name]
        assert store.read(name) == b"1"
        assert os.fsencode(store.locate(name)).endswith(on_disk)
        store.delete(name)
        assert list(store.list()) == []

    def test_an_escape_that_nothing_needs_is_refused(self, store):
        with pytest.raises(UsageError):
            store.create(r"caf\xc3\xa9.csv", b"1")

    def test_a_name_below_an_object_is_refused(self, store):
        store.create("a", b"1")

        with pytest.raises(UsageError):
            store.create("a/b", b"2")

    def test_nothing_is_put_through_a_symbolic_link_to_a_folder(self, store, root, tmp_path):
        outside = tmp_path / "outside"
        outside.mkdir()
        root.mkdir(parents=True)
        (root / "sales").symlink_to(outside)

        with pytest.raises(UsageError):
            store.create("sales/a.csv", b"1")

        assert list(outside.iterdir()) == []

    def test_a_time_beyond_the_calendar_does_not_stop_the_listing(self, store, root):
        store.create("a", b"1")
        os.utime(root / "a", (2**33 * 32, 2**33 * 32))

        assert names(store.list()) == ["a"]


class TestRaces:
    def test_of_eight_processes_that_create_one_name_one_wins(self, root):
        spawn = multiprocessing.get_context("spawn")
        start = spawn.Barrier(8)
        racers = [spawn.Process(target=create_and_tell, args=(root, start, i)) for i in range(8)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()

        won = [number for number, racer in enumerate(racers) if racer.exitcode == 0]

        assert len(won) == 1
        assert FileStore(root).read("race") == b"%d" % won[0] * 1000
        assert leftovers(root) == ["race"]

    def test_a_folder_that_somebody_removed_is_made_again(self, store, root):
        store.create("sales/a", b"1")
        store.delete("sales/a")
        (root / "sales").rmdir()

        store.create("sales/b", b"2")

        assert names(store.list()) == ["sales/b"]

    def test_nothing_temporary_is_left_after_a_refusal(self, store, root, tmp_path):
        path = source(tmp_path)
        takings = [taking(path, f"f/{i % 20}") for i in range(40)]

        answers = store.take([*takings, Taking(path, "late", How.COPY, "another stamp")])

        assert sum(isinstance(answer, Stat) for answer in answers) == 20
        assert leftovers(root) == sorted(f"f/{i}" for i in range(20))


@pytest.mark.parametrize("files", [0, 1, MANY + 1])
def test_any_number_of_files_is_made_durable(tmp_path, files):
    paths = [source(tmp_path, b"1", str(number)) for number in range(files)]

    make_durable(paths)


def test_making_durable_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        make_durable([tmp_path / "gone"])
