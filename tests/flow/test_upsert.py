"""Of all rows with a key one stays, whoever brings them in what order."""

from __future__ import annotations

import shutil

import pytest

from headwater.errors import CommitConflict
from headwater.flow.convert import convert
from tests.flow import lakes

LAST = "  sales:\n    mode: {upsert: {by: [id]}}\n"
LATEST = "  sales:\n    mode: {upsert: {by: [id], keep: latest at}}\n"


def lines(*rows, header="id,n"):
    return "\n".join([header, *rows]) + "\n"


def rows(lake, sql="select id, n from sales order by 1, 2"):
    return lake.query(sql).rows()


def receipt_of(lake, key):
    return lakes.story(lake, key).chapters[-1].receipt


def books_of(lake, key):
    (books,) = [each.books for each in receipt_of(lake, key).files if each.key == key]
    return books


@pytest.fixture
def lake(folder):
    with lakes.make(folder, LAST) as lake:
        yield lake


def test_a_later_file_takes_the_place_of_rows_with_its_keys(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
    lake.ingest("sales", incoming("b.csv", lines("2,2", "4,2")))

    assert rows(lake) == [(1, 1), (2, 2), (3, 1), (4, 2)]
    assert lake.verify().findings == ()


def test_the_receipt_says_how_many_rows_of_which_arrival_it_took(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
    lake.ingest("sales", incoming("b.csv", lines("2,2", "3,2", "4,2")))

    first = lakes.story(lake, "sales/a.csv").chapters[-1].arrival
    assert receipt_of(lake, "sales/b.csv").taken == ((first.id, 2),)
    assert books_of(lake, "sales/a.csv").written == 3


def test_of_one_batch_the_last_row_of_a_key_stays_and_the_others_are_deduplicated(lake, incoming):
    lake.land("sales", incoming("a.csv", lines("1,1", "1,2")), incoming("b.csv", lines("1,3")))
    lake.work()

    assert rows(lake) == [(1, 3)]
    assert [books_of(lake, f"sales/{n}.csv").deduplicated for n in "ab"] == [2, 0]
    assert lake.verify().findings == ()


def test_a_file_that_landed_before_loses_though_it_is_committed_after(lake, incoming):
    lake.land("sales", incoming("a.csv", lines("1,1", "2,1")))
    lakes.flush(lake)
    lake.land("sales", incoming("b.csv", lines("1,2", "3,2")))
    lakes.flush(lake)
    early, late = lakes.claim(lake), lakes.claim(lake)
    lakes.try_once(lake, late)
    lakes.try_once(lake, early)

    assert rows(lake) == [(1, 2), (2, 1), (3, 2)]
    assert books_of(lake, "sales/a.csv").deduplicated == 1
    assert lake.verify().findings == ()


def test_a_file_that_is_read_again_keeps_its_place(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2")))
    lake.replay("sales", file="sales/a.csv")
    lake.work()

    assert rows(lake) == [(1, 2), (2, 1)]
    assert lake.verify().findings == ()


def test_a_corrected_file_is_as_late_as_its_correction(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2", "2,2")))
    lake.ingest("sales", incoming("a.csv", lines("1,3")))

    assert rows(lake) == [(1, 3), (2, 2)]
    assert lake.verify().findings == ()


def test_a_corrected_file_whose_rows_were_taken_in_part_replaces_what_is_left(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2")))
    lake.ingest("sales", incoming("a.csv", lines("3,3")))

    assert rows(lake) == [(1, 2), (3, 3)]
    assert lake.verify().findings == ()


def test_rows_that_were_taken_come_back_by_a_replay_of_the_feed(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2")))
    lake.ingest("sales", incoming("b.csv", lines("5,5")))
    assert rows(lake) == [(2, 1), (5, 5)]

    lake.replay("sales")
    lake.work()

    assert rows(lake) == [(1, 1), (2, 1), (5, 5)]
    assert lake.verify().findings == ()


@pytest.mark.parametrize("as_one", [False, True])
def test_a_replay_of_everything_changes_nothing(lake, incoming, as_one):
    for n, text in enumerate(["1,0", "1,1", "2,2", "1,3"]):
        lake.ingest("sales", incoming(f"{n}.csv", lines(text, f"1{n},9")))
    before = rows(lake)
    lake.replay("sales", as_one=as_one)
    lake.work()

    assert rows(lake) == before
    assert lake.verify().findings == ()


def test_the_latest_by_a_column_stays_whoever_landed_last(folder, incoming):
    with lakes.make(folder, LATEST) as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1,5", "2,1,5", header="id,n,at")))
        lake.ingest("sales", incoming("b.csv", lines("1,2,4", "2,2,6", header="id,n,at")))
        lake.ingest("sales", incoming("c.csv", lines("1,3,5", header="id,n,at")))

        assert rows(lake) == [(1, 3), (2, 2)]
        assert books_of(lake, "sales/b.csv").deduplicated == 1
        assert lake.verify().findings == ()


def test_a_row_without_that_column_loses_against_any_that_has_it(folder, incoming):
    with lakes.make(folder, LATEST) as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1,5", header="id,n,at")))
        lake.ingest("sales", incoming("b.csv", lines("1,2,", "2,2,", header="id,n,at")))
        lake.ingest("sales", incoming("c.csv", lines("2,3,1", header="id,n,at")))

        assert rows(lake) == [(1, 1), (2, 3)]
        assert lake.verify().findings == ()


def test_rows_whose_key_has_a_null_match_none_and_stay(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines(",1", ",2", "1,1")))
    lake.ingest("sales", incoming("b.csv", lines(",3")))

    assert rows(lake, "select n from sales order by 1") == [(1,), (1,), (2,), (3,)]
    assert lake.verify().findings == ()


def test_parts_without_a_key_of_the_batch_are_not_rewritten(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
    lake.ingest("sales", incoming("b.csv", lines("3,1")))
    before = {part.path for part in lake._world.tables.snapshot("sales").parts}
    lake.ingest("sales", incoming("c.csv", lines("3,2")))

    after = {part.path for part in lake._world.tables.snapshot("sales").parts}
    assert len(before & after) == 1
    assert len(after) == 2


def test_keys_may_be_partition_columns_and_several(folder, incoming):
    feeds = "  sales:\n    mode: {upsert: {by: [region, id]}}\n    partition: [region]\n"
    with lakes.make(folder, feeds) as lake:
        head = "id,region,n"
        lake.ingest("sales", incoming("a.csv", lines("1,x,1", "1,y z,1", "2,x,1", header=head)))
        lake.ingest("sales", incoming("b.csv", lines("1,y z,2", "2,y z,2", header=head)))

        found = rows(lake, "select region, id, n from sales order by all")
        assert found == [("x", 1, 1), ("x", 2, 1), ("y z", 1, 2), ("y z", 2, 2)]
        assert lake.verify().findings == ()


def test_a_row_moves_to_another_partition_with_its_key(folder, incoming):
    feeds = "  sales:\n    mode: {upsert: {by: [id]}}\n    partition: [day(at)]\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest(
            "sales", incoming("a.csv", lines("1,2026-01-01", "2,2026-01-01", header="id,at"))
        )
        lake.ingest("sales", incoming("b.csv", lines("1,2026-01-02", header="id,at")))

        found = rows(lake, "select id, day from sales order by all")
        assert found == [(1, 2), (2, 1)]
        assert lake.verify().findings == ()


def test_keys_are_those_behind_the_steps_and_refused_rows_take_no_place(folder, incoming):
    feeds = LAST + (
        "    steps:\n      - derive: {id: lower(id)}\n"
        "    checks:\n      - {range: {n: [0, 10]}, action: quarantine}\n"
    )
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", lines("A,1", "b,1")))
        lake.ingest("sales", incoming("b.csv", lines("a,2", "B,99")))

        assert rows(lake) == [("a", 2), ("b", 1)]
        assert lake.verify().findings == ()


def test_a_key_that_files_do_not_have_is_named(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", header="other,n")))

    (refused,) = lake.quarantine()
    assert "mode of feed sales: there is no column 'id'" in refused.cause.message


def test_a_key_that_becomes_wider_still_matches(folder, incoming):
    feeds = LAST + "    on_bad_value: widen\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
        lake.ingest("sales", incoming("b.csv", lines("1,2", "x,2")))

        assert rows(lake) == [("1", 2), ("2", 1), ("x", 2)]
        assert lake.verify().findings == ()


def test_two_workers_with_one_key_leave_the_row_that_landed_last(lake, incoming, monkeypatch):
    """The slower one saw a table without the other's row: it has to look again."""
    lake.land("sales", incoming("a.csv", lines("1,1", "2,1")))
    lakes.flush(lake)
    lake.land("sales", incoming("b.csv", lines("1,2", "3,2")))
    lakes.flush(lake)
    slow, quick = lakes.claim(lake, "slow"), lakes.claim(lake, "quick")
    whole = convert

    def overtaken(*args, **more):
        made = whole(*args, **more)
        monkeypatch.undo()
        assert lakes.try_once(lake, quick).books.written == 2
        return made

    monkeypatch.setattr("headwater.flow.attempt.convert", overtaken)
    failed = lakes.try_once(lake, slow)

    assert isinstance(failed.error, CommitConflict)
    lake.work()
    assert rows(lake) == [(1, 2), (2, 1), (3, 2)]
    assert lake.verify().findings == ()


def test_a_compaction_between_makes_it_look_again(lake, incoming, monkeypatch):
    for n in range(3):
        lake.ingest("sales", incoming(f"{n}.csv", lines("1,1", f"1{n},1")))
    lake.land("sales", incoming("a.csv", lines("1,9", "10,9")))
    lakes.flush(lake)
    slow, whole = lakes.claim(lake), convert

    def overtaken(*args, **more):
        made = whole(*args, **more)
        monkeypatch.undo()
        lake.compact("sales")
        return made

    monkeypatch.setattr("headwater.flow.attempt.convert", overtaken)
    failed = lakes.try_once(lake, slow)

    assert isinstance(failed.error, CommitConflict)
    lake.work()
    assert rows(lake) == [(1, 9), (10, 9), (11, 1), (12, 1)]
    assert lake.verify().findings == ()


def test_a_ledger_made_anew_knows_the_order_and_what_was_taken(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2")))
    before = {each.id: each.landed_at for each in lakes.arrivals_of(lake)}
    lake.rebuild()

    assert {each.id: each.landed_at for each in lakes.arrivals_of(lake)} == before
    lake.replay("sales", file="sales/a.csv")
    lake.work()
    assert rows(lake) == [(1, 2), (2, 1), (3, 1)]
    assert lake.verify().findings == ()


def test_a_refused_correction_leaves_the_rows_before_as_late_as_they_were(folder, incoming):
    """The rows that it would have replaced stay, and so does what they win against."""
    feeds = LAST + "    max_bad: 0\n    schema: {id: bigint, n: bigint}\n"
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", incoming("a.csv", lines("1,1", "2,1")))
        lakes.flush(lake)
        early = lakes.claim(lake)
        lake.ingest("sales", incoming("b.csv", lines("1,2")))
        lake._world.ledger.release(early, "interrupted", lake._world.clock())
        lake._world.ledger.manifests()
        lake.land("sales", incoming("b.csv", lines("x,3")))
        lake.work()

        assert rows(lake) == [(1, 2), (2, 1)]
        assert lake.verify().findings == ()


@pytest.mark.parametrize("as_one", [False, True])
def test_a_table_that_somebody_removed_comes_back_by_a_replay(lake, incoming, folder, as_one):
    for n, text in enumerate(["1,0", "1,1", "1,3"]):
        lake.ingest("sales", incoming(f"{n}.csv", lines(text, f"1{n},9")))
    before = rows(lake)
    shutil.rmtree(folder / "processed" / "sales")
    for n in range(3):
        lake.replay("sales", as_one=as_one, **({} if as_one else {"file": f"sales/{n}.csv"}))
        lake.work()

    assert rows(lake) == before
    assert lake.verify().findings == ()


def test_versions_that_stand_apart_are_rows_of_files_of_their_own(folder, incoming):
    with lakes.make(folder, LAST + "    on_rewrite: append\n") as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
        lake.ingest("sales", incoming("a.csv", lines("2,2", "3,2")))
        lake.replay("sales")
        lake.work()

        assert rows(lake) == [(1, 1), (2, 2), (3, 2)]
        assert lake.verify().findings == ()


def test_explain_and_status_tell_of_rows_that_went(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
    lake.ingest("sales", incoming("b.csv", lines("2,2", "3,2")))

    assert [lakes.story(lake, f"sales/{n}.csv").chapters[-1].taken for n in "ab"] == [2, 0]
    assert [(each.table, each.rows) for each in lake.status().taken] == [("sales", 2)]


def test_a_rehearsal_counts_the_rows_that_are_left(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1")))
    lake.ingest("sales", incoming("b.csv", lines("1,2")))

    found = lake.rehearse("sales")

    assert [(each.rows_before, each.rows_after) for each in found.files] == [(1, 1), (1, 1)]


def test_a_mode_may_be_left_and_corrections_still_find_what_is_left(folder, incoming):
    with lakes.make(folder, LAST) as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1", "2,1", "3,1")))
        lake.ingest("sales", incoming("b.csv", lines("1,2")))
    with lakes.make(folder, "  sales: {}\n") as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,3", "3,3")))

        assert rows(lake) == [(1, 2), (1, 3), (3, 3)]
        assert lake.verify().findings == ()


def test_a_correction_stands_though_what_it_replaces_was_later_by_the_column(folder, incoming):
    with lakes.make(folder, LATEST) as lake:
        lake.ingest("sales", incoming("a.csv", lines("1,1,5", header="id,n,at")))
        lake.ingest("sales", incoming("a.csv", lines("1,2,3", header="id,n,at")))

        assert rows(lake) == [(1, 2)]
        assert lake.verify().findings == ()


def test_feeds_that_share_a_table_take_rows_of_each_other_as_their_files_landed(folder, incoming):
    feeds = LAST + LAST.replace("sales", "returns") + "    table: sales\n"
    with lakes.make(folder, feeds) as lake:
        lake.land("sales", incoming("a.csv", lines("1,1", "2,1")))
        lakes.flush(lake)
        lake.land("returns", incoming("b.csv", lines("1,2", "3,2")))
        lakes.flush(lake)
        early, late = lakes.claim(lake), lakes.claim(lake)
        lakes.try_once(lake, late)
        lakes.try_once(lake, early)

        assert rows(lake) == [(1, 2), (2, 1), (3, 2)]
        assert lake.verify().findings == ()
