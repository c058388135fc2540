"""A dry run says what a replay would change, and changes nothing."""

from __future__ import annotations

import shutil
from hashlib import sha256

import pytest

from headwater.flow.choice import GONE
from tests.flow import lakes
from tests.flow.lakes import csv_of, ids_of

DIRTY = csv_of("1") + "2,2026-02-05,many\n"
LENIENT = lakes.SALES + "    on_bad_value: 'null'\n"


@pytest.fixture
def dirty(folder, incoming):
    """A lake that refused a row of one file, and nothing of another."""
    with lakes.make(folder) as lake:
        lake.ingest("sales", incoming("dirty.csv", DIRTY), incoming("clean.csv", csv_of("9")))
    return folder


def contents(folder):
    """Every file of a lake but scratch, with its bytes; SQLite's shared memory is no content."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and ".scratch" not in path.parts and not path.name.endswith("-shm")
    }


def rehearse(folder, feeds, **choice):
    lakes.configure(folder, feeds)
    with lakes.open_lake(folder) as lake:
        return lake.rehearse("sales", **choice)


def test_no_byte_of_the_lake_changes_and_nothing_stays_in_scratch(dirty):
    lakes.configure(dirty, LENIENT)
    with lakes.open_lake(dirty) as lake:
        before = contents(dirty)

        lake.rehearse("sales")

        assert contents(dirty) == before
    assert not any((dirty / ".scratch").iterdir())


def test_it_says_rows_and_refusals_before_and_after(dirty):
    said = rehearse(dirty, LENIENT)

    by_key = {each.key: each for each in said.files}
    mended, same = by_key["sales/dirty.csv"], by_key["sales/clean.csv"]
    assert (mended.rows_before, mended.rows_after) == (1, 2)
    assert (mended.refused_before, mended.refused_after) == (1, 0)
    assert mended.differs
    assert not same.differs


def test_it_says_which_partitions_get_other_rows(dirty):
    said = rehearse(dirty, LENIENT)

    assert [(p.partition, p.rows_before, p.rows_after) for p in said.partitions] == [
        ((("month", "1"),), 2, 2),
        ((("month", "2"),), 0, 1),
    ]


def test_of_a_part_that_holds_rows_of_others_only_those_of_the_files_that_are_meant_count(dirty):
    said = rehearse(dirty, lakes.SALES, file="sales/clean.csv")

    (partition,) = said.partitions
    assert (partition.rows_before, partition.rows_after) == (1, 1)


def test_it_says_which_columns_would_come(folder, incoming):
    ignoring = "  sales:\n    format: csv\n    on_new_column: ignore\n"
    with lakes.make(folder, ignoring) as lake:
        lake.ingest("sales", incoming("a.csv", "id,day\n1,2026-01-05\n"))
        lake.ingest("sales", incoming("b.csv", "id,day,qty\n2,2026-01-05,7\n"))

    said = rehearse(folder, ignoring.replace("ignore", "add"))

    assert [(c.column, c.before, c.after) for c in said.columns] == [("qty", None, "bigint")]


def test_it_says_that_the_table_would_be_made_anew(dirty):
    said = rehearse(dirty, LENIENT.replace("month(day)", "year(day)").replace("bigint", "text"))

    assert said.partition_by == ("year",)
    assert ("qty", "bigint", "text") in [(c.column, c.before, c.after) for c in said.columns]
    assert {"month", "year"} <= {c.column for c in said.columns}


def test_it_says_which_files_would_be_refused_whole_and_why(dirty):
    said = rehearse(dirty, lakes.SALES + "    max_bad: 10%\n")

    (refused,) = [each for each in said.files if each.whole_after]
    assert refused.key == "sales/dirty.csv"
    assert (refused.rows_before, refused.rows_after) == (1, 0)
    assert refused.cause is not None


def test_it_names_files_that_cannot_be_read_again(dirty):
    (dirty / "raw" / "sales" / "clean.csv").unlink()

    said = rehearse(dirty, lakes.SALES)

    assert [(each.arrival.key, each.why) for each in said.passed] == [("sales/clean.csv", GONE)]
    assert [each.key for each in said.files] == ["sales/dirty.csv"]


def test_batches_are_tried_one_after_the_other_with_the_columns_found_before(folder, incoming):
    feeds = "  sales: {format: csv, batch: {files: 1}}\n"
    with lakes.make(folder, feeds) as lake:
        lake.ingest("sales", *(incoming(f"{n}.csv", csv_of(str(n))) for n in range(3)))
        shutil.rmtree(folder / "processed" / "sales")

        said = lake.rehearse("sales")

        assert [each.rows_after for each in said.files] == [1, 1, 1]
        assert [c.column for c in said.columns] == ["id", "day", "qty", "_arrival"]


def test_what_it_says_is_what_the_replay_then_does(dirty):
    said = rehearse(dirty, LENIENT)
    with lakes.open_lake(dirty) as lake:
        lake.replay("sales")
        lake.work()

        assert len(ids_of(lake)) == sum(each.rows_after for each in said.files)
