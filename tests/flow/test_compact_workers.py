"""Workers join what has come to too many parts."""

from __future__ import annotations

from threading import Event

from headwater.errors import NoSpace
from headwater.model.progress import WAITING
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of
from tests.flow.parted import live_parts

LITTLE = """\
  sales:
    format: csv
    schema: {id: text not null, day: date, qty: bigint}
    compact: 3
    batch: {files: 1}
"""


def test_one_with_nothing_else_to_do_compacts_what_it_wrote(folder, incoming):
    with lakes.make(folder, LITTLE) as lake:
        lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"{n}")) for n in range(3)))

        lake.work()

        assert len(live_parts(lake)) == 1
        assert ids_of(lake) == ["0", "1", "2"]


def test_one_that_goes_on_for_ever_compacts_what_it_finds(folder, incoming):
    with lakes.make(folder, LITTLE) as lake:
        for number in range(3):
            lake.ingest("sales", incoming(f"{number}.csv", csv_of(f"{number}")))
        stop = Event()

        lake.work(until_idle=False, stop=stop, watch=lambda at: at == WAITING and stop.set())

        assert len(live_parts(lake)) == 1


def test_fewer_parts_than_the_feed_says_stay(folder, incoming):
    with lakes.make(folder, LITTLE) as lake:
        lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"{n}")) for n in range(2)))

        lake.work()

        assert len(live_parts(lake)) == 2


def test_never_is_never(folder, incoming):
    with lakes.make(folder, LITTLE.replace("compact: 3", "compact: never")) as lake:
        lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"{n}")) for n in range(4)))

        lake.work()

        assert len(live_parts(lake)) == 4


def test_files_that_somebody_waits_for_do_not_wait_for_it(folder, incoming):
    with lakes.make(folder, LITTLE) as lake:
        for number in range(4):
            lake.ingest("sales", incoming(f"{number}.csv", csv_of(f"{number}")))

        assert len(live_parts(lake)) == 4


def test_a_compaction_that_fails_does_not_fail_the_work(folder, incoming, caplog):
    with lakes.make(folder, LITTLE) as lake:
        lake.land("sales", *(incoming(f"{n}.csv", csv_of(f"{n}")) for n in range(3)))

        def full(_):
            raise NoSpace("the disk is full")

        lake._world.tables.compact = full
        done = lake.work()

        assert len(done.receipts) == 3
        assert "was not compacted" in caplog.text
