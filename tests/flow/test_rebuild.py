"""The ledger can be lost: raw zone and logs say the same again."""

from __future__ import annotations

import pytest

from headwater.errors import LedgerError
from headwater.ports.store import How
from tests.flow import lakes
from tests.flow.lakes import arrivals_of, claim, csv_of, flush, ids_of, states_of, try_once

FEEDS = """\
  sales:
    format: csv
    schema: {id: text not null, day: date, qty: bigint}
    partition: [month(day)]
    max_bad: 2
    retries: {attempts: 1}
  returns:
    format: csv
    schema: {id: text not null}
    max_bad: 0
    retries: {attempts: 1}
"""


@pytest.fixture
def lake(folder, clock, incoming):
    """A lake in which everything has happened that can happen to an arrival."""
    with lakes.make(folder, FEEDS, clock=clock) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1", "2")), incoming("b.csv", csv_of("3")))
        lake.ingest("sales", incoming("a.csv", csv_of("1", "9", month=2)))  # superseded
        lake.ingest("sales", incoming("rows.csv", csv_of("4") + "x,soon,1\n"))
        lake.ingest("sales", incoming("bad.csv", csv_of("5", "6", "7", qty="many")))
        lake.replay()
        lake.work()  # replayed generations: one completed, one quarantined
        lake.ingest("sales", incoming("better.csv", csv_of("5", "6", "7", qty="many")))
        lake.ingest("sales", incoming("better.csv", csv_of("5")))  # quarantined, superseded
        lake.ingest("returns", incoming("none.csv", "other\n1\n"))  # no row, no table: refused
        bury(lake, incoming("dead.csv", csv_of("8")), clock)
        lakes.write(folder / "raw" / "other" / "unrouted.csv", "a\n1\n")
        lake.reconcile()
        lake.land("sales", incoming("early.csv", csv_of("old")))  # superseded before it is read
        lake.land("sales", incoming("early.csv", csv_of("new")))
        lake.land("sales", incoming("late.csv", csv_of("late")))  # in a manifest, not done
        yield lake


def bury(lake, path, clock):
    from headwater.errors import StoreError
    from headwater.flow.attempt import attempt
    from headwater.model.progress import nobody

    class Failing:
        def convert(self, job, watch):
            raise StoreError("the store is away")

    lake.land("sales", path)
    flush(lake)
    assert attempt(lake._world, Failing(), claim(lake), nobody).dead


def said(lake):
    """What a ledger says, attempts and times aside."""
    told = {}
    for arrival in arrivals_of(lake):
        books = [chapter for chapter in story_of(lake, arrival) if chapter.arrival == arrival]
        told[arrival.id] = (
            arrival.feed,
            arrival.key,
            arrival.raw,
            arrival.version,
            arrival.generation,
            arrival.size_bytes,
            arrival.records,
            arrival.state.value,
            arrival.cause,
            books[0].books,
        )
    return told


def story_of(lake, arrival):
    return lakes.story(lake, arrival.id).chapters


def test_after_the_ledger_was_lost_a_rebuild_says_the_same(lake, folder, clock):
    before = said(lake)
    assert {told[7] for told in before.values()} == {
        "completed", "superseded", "quarantined", "dead", "unrouted", "pending"
    }  # fmt: skip
    lake.close()
    (folder / "ledger.sqlite").unlink()

    with lakes.open_lake(folder, clock=clock) as anew:
        anew.rebuild()

        assert said(anew) == before
        assert anew.verify().findings == ()


def test_work_goes_on_after_a_rebuild_and_doubles_nothing(lake, folder, incoming):
    lake.rebuild()

    lake.work()
    lake.ingest("sales", incoming("b.csv", csv_of("33")))

    assert ids_of(lake) == sorted(["1", "9", "33", "4", "5", "new", "late"])
    assert lake.verify().findings == ()


def test_a_rebuild_may_be_repeated(lake):
    lake.rebuild()
    first = said(lake)

    lake.rebuild()

    assert said(lake) == first


def test_a_worker_that_still_holds_work_of_the_old_ledger_is_refused(lake, incoming, clock):
    flush(lake)
    old = claim(lake)

    lake.rebuild()
    outcome = try_once(lake, old)
    lake.work()

    assert outcome is None
    assert sorted(ids_of(lake)) == sorted(set(ids_of(lake)))
    assert {"new", "late"} <= set(ids_of(lake))
    assert lake.verify().findings == ()


@pytest.mark.parametrize("damage", ["cut", "garbage"])
def test_a_damaged_ledger_says_so_and_lets_itself_be_rebuilt(lake, folder, clock, damage):
    before = said(lake)
    lake.close()
    path = folder / "ledger.sqlite"
    body = path.read_bytes()
    path.write_bytes(body[:5_000] if damage == "cut" else b"no database at all" * 1_000)

    with lakes.open_lake(folder, clock=clock) as damaged:
        with pytest.raises(LedgerError) as caught:
            damaged.status()
        damaged.rebuild()

        assert "--rebuild" in (caught.value.hint or "")
        assert said(damaged) == before


def test_a_feed_that_was_renamed_meanwhile_does_not_read_its_files_twice(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("1")))
    renamed = lakes.SALES.replace("sales:", "orders:") + "    match: sales/**\n    table: sales\n"
    lakes.configure(folder, renamed)

    with lakes.open_lake(folder) as lake:
        lake.rebuild()
        lake.work()

        assert ids_of(lake) == ["1"]


def test_a_raw_file_that_somebody_removed_can_still_be_replaced(lake, folder, incoming):
    (folder / "raw" / "sales" / "b.csv").unlink()
    lake.rebuild()

    lake.ingest("sales", incoming("b.csv", csv_of("33")))
    lake.work()

    assert "3" not in ids_of(lake)
    assert "33" in ids_of(lake)


def test_a_raw_file_that_somebody_wrote_over_replaces_its_old_rows(folder, incoming):
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("a.csv", csv_of("old")))
        lakes.write(folder / "raw" / "sales" / "a.csv", csv_of("new"))

        lake.rebuild()
        lake.work()

        assert ids_of(lake) == ["new"]


def test_equal_bytes_after_a_rebuild_are_still_a_duplicate(lake, incoming):
    lake.rebuild()

    done = lake.ingest("sales", incoming("b.csv", csv_of("3")))

    assert [landing.outcome.value for landing in done.landings] == ["duplicate"]


def test_books_and_parts_are_there_again(lake):
    before = sorted(lake.receipts(), key=lambda receipt: receipt.manifest)
    hashes = {part.path: part.sha256 for part in lake._world.ledger.parts("sales")}

    lake.rebuild()

    assert sorted(lake.receipts(), key=lambda receipt: receipt.manifest) == before
    after = {part.path: part.sha256 for part in lake._world.ledger.parts("sales")}
    assert after == hashes


def test_two_objects_with_equal_bytes_under_a_key_are_one_arrival_and_a_duplicate(folder, incoming):
    """A producer wrote over a file that it had linked, and handed it in again."""
    with lakes.make(folder) as lake:
        source = incoming("a.csv", csv_of("old"))
        lake.ingest("sales", source, how=How.LINK)
        lakes.write(source, csv_of("new"))  # in place: the first object changes with it
        lake.ingest("sales", source, how=How.LINK)
        lake.reconcile()

        lake.rebuild()
        lake.work()

        assert ids_of(lake) == ["new"]
        assert states_of(lake, "sales/a.csv") == ["superseded", "completed", "duplicate"]
        assert lake.verify().findings == ()
