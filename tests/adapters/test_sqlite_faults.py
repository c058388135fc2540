"""What a user sees when the disk, another process or another program gets in SQLite's way."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import replace

import apsw
import pytest

from headwater.adapters.sqlite import SqliteLedger, SqliteQueue
from headwater.adapters.sqlite.database import Database
from headwater.adapters.sqlite.migrate import VERSION
from headwater.adapters.sqlite.rows import write_arrival
from headwater.errors import BrokenInvariant, LedgerError, NoSpace, StoreError
from tests.contracts.work import (
    NOW,
    SALES,
    arrive,
    claim,
    parts_of,
    receipt_of,
    sighting,
    sightings,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path):
    ledger = SqliteLedger(path)
    yield ledger
    ledger.close()


def test_the_file_is_kept_in_wal_mode_by_an_sqlite_with_the_reset_fix(ledger):
    mode = ledger._database.read(lambda tx: tx.connection.pragma("journal_mode"))

    assert mode == "wal"
    assert apsw.sqlite_lib_version() >= "3.51.3"


def test_the_folder_of_a_new_ledger_is_made(tmp_path):
    ledger = SqliteLedger(tmp_path / "a" / "b" / "ledger.db")

    assert ledger.arrivals() == []
    ledger.close()


def test_ledger_and_queue_may_share_a_file(path, ledger):
    queue = SqliteQueue(path)
    queue.send(["a"])

    arrive(ledger, sighting())

    assert queue.depth().waiting == 1
    queue.close()


def test_a_full_disk_is_said_so_and_leaves_nothing_half_done(path, ledger):
    arrive(ledger, sighting())
    ledger._database.read(lambda tx: tx.connection.pragma("max_page_count", 30))

    with pytest.raises(NoSpace, match=r"ledger\.db cannot grow") as caught:
        ledger.register(sightings(10_000))

    assert "free some space" in caught.value.hint
    assert len(ledger.arrivals()) == 1
    ledger._database.read(lambda tx: tx.connection.pragma("max_page_count", 1_000_000))
    assert len(ledger.register(sightings(10_000))) == 10_000


def test_a_damaged_file_is_said_so_with_the_way_to_rebuild_it(path, ledger):
    arrive(ledger, *sightings(5_000))
    ledger.close()
    with path.open("r+b") as file:
        for page in range(2, 200):
            file.seek(page * 4096)
            file.write(os.urandom(4096))

    with pytest.raises(LedgerError, match="is damaged") as caught:
        SqliteLedger(path).arrivals(limit=10_000)

    assert "headwater verify --rebuild" in caught.value.hint


def test_a_file_that_is_no_database_is_left_as_it_is(path):
    path.write_text("order_id,amount\n" * 1_000)

    with pytest.raises(LedgerError, match=r"is damaged: .*not a database"):
        SqliteLedger(path)

    assert path.read_text() == "order_id,amount\n" * 1_000


def test_another_programs_database_is_refused_and_left_as_it_is(path):
    other = apsw.Connection(str(path))
    other.execute("create table theirs (a)")
    other.close()

    with pytest.raises(LedgerError, match="another program"):
        SqliteLedger(path)

    other = apsw.Connection(str(path))
    assert list(other.execute("select name from sqlite_schema")) == [("theirs",)]
    other.close()


def test_a_file_of_a_later_version_is_refused_with_the_way_out(path, ledger):
    ledger._database.write(lambda tx: tx.connection.pragma("user_version", VERSION + 1))
    ledger.close()

    said = f"schema version {VERSION + 1}, and this Headwater knows {VERSION}"
    with pytest.raises(LedgerError, match=said) as caught:
        SqliteLedger(path)

    assert "upgrade" in caught.value.hint


def test_a_folder_in_the_files_place_is_said_so(tmp_path):
    (tmp_path / "ledger.db").mkdir()

    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteLedger(tmp_path / "ledger.db")


def test_a_file_in_the_folders_place_is_said_so(tmp_path):
    (tmp_path / "lake").write_text("not a folder")

    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteLedger(tmp_path / "lake" / "ledger.db")


def test_a_read_only_file_is_said_so(ledger):
    ledger._database.read(lambda tx: tx.connection.pragma("query_only", 1))

    with pytest.raises(StoreError, match="read-only"):
        arrive(ledger, sighting())


def test_a_second_pending_arrival_under_one_key_is_refused_by_the_file_itself(ledger):
    [arrival] = arrive(ledger, sighting())
    second = write_arrival(replace(arrival, id="another", generation=2))

    with pytest.raises(BrokenInvariant, match="UNIQUE"):
        ledger._database.write(lambda tx: tx.run("add_arrival", **second))

    assert ledger.arrivals() == [arrival]


def test_a_writer_waits_for_a_lock_and_then_goes_on(path, ledger):
    writer = threading.Thread(target=lambda: arrive(ledger, sighting()))

    with holding(path):
        writer.start()
        writer.join(timeout=0.2)
        assert writer.is_alive()
        assert ledger.arrivals() == []
    writer.join(timeout=30)

    assert len(ledger.arrivals()) == 1


def test_readers_wait_for_nobody(path, ledger):
    arrive(ledger, sighting())

    with holding(path):
        assert len(ledger.arrivals()) == 1
        assert claim(ledger) is None
        assert ledger.batch(SALES, NOW) is None


def test_a_lock_that_is_never_let_go_is_said_so_without_sqlites_words(path, ledger):
    impatient = Database(path, "ledger", patience_seconds=0.05)

    with holding(path), pytest.raises(LedgerError, match="stayed locked") as caught:
        impatient.write(lambda tx: tx.run("refresh_stamp", id="a", stamp="1"))

    assert caught.value.retryable
    assert "end the backup" in caught.value.hint
    impatient.close()


def test_a_thread_that_ends_takes_its_connection_with_it(ledger):
    for _ in range(5):
        thread = threading.Thread(target=ledger.arrivals)
        thread.start()
        thread.join()

    assert len(ledger._database._opened) == 1


def test_a_closed_ledger_opens_anew_when_it_is_used(ledger):
    arrive(ledger, sighting())
    ledger.close()

    assert len(ledger.arrivals()) == 1


def test_a_file_that_was_replaced_is_opened_anew(path, ledger):
    arrive(ledger, sighting())
    rebuilt = SqliteLedger(path.with_name("rebuilt.db"))
    arrive(rebuilt, *sightings(3))
    rebuilt.close()
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.with_name("rebuilt.db").rename(path)

    assert len(ledger.arrivals()) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_opens_its_own_connection(ledger):
    arrive(ledger, sighting())

    child = os.fork()
    if child == 0:
        arrive(ledger, sighting("child.csv"))
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert len(ledger.arrivals()) == 2
    arrive(ledger, sighting("parent.csv"))
    assert len(ledger.arrivals()) == 3


def test_what_a_commit_stands_on_is_on_the_disk_before_it(tmp_path):
    """A power cut after stage loses neither the manifest nor its attempt."""
    disk = Disk()
    with disk.watched():
        ledger = SqliteLedger(tmp_path / "ledger.db")

        arrive(ledger, sighting())
        assert not disk.unsynced
        ledger.batch(SALES, NOW, flush=True)
        held = claim(ledger)
        assert disk.unsynced
        ledger.stage(held, receipt_of(held), parts_of(held))
        assert not disk.unsynced

        ledger.close()


def test_what_was_sent_is_on_the_disk(tmp_path):
    disk = Disk()
    with disk.watched():
        queue = SqliteQueue(tmp_path / "queue.db")

        queue.send(["a"])

        assert not disk.unsynced
        queue.close()


@contextmanager
def holding(path):
    """Another connection that has the write lock."""
    other = apsw.Connection(str(path))
    other.execute("begin immediate")
    yield
    other.execute("rollback")
    other.close()


class Disk(apsw.VFS):
    """SQLite's own file system, which remembers what was written to a log and not synced."""

    def __init__(self):
        self.unsynced = False
        super().__init__("watched", "unix", makedefault=True)

    @contextmanager
    def watched(self):
        yield
        self.unregister()

    def xOpen(self, name, flags):  # noqa: N802 - apsw's name
        return WatchedFile(self, name, flags)


class WatchedFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        self.disk = disk
        self.log = bool(flags[0] & apsw.SQLITE_OPEN_WAL)
        super().__init__("unix", name, flags)

    def xWrite(self, data, offset):  # noqa: N802 - apsw's name
        super().xWrite(data, offset)
        self.disk.unsynced |= self.log

    def xSync(self, flags):  # noqa: N802 - apsw's name
        super().xSync(flags)
        self.disk.unsynced &= not self.log
