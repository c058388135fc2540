"""What tables promise of a commit that makes a table anew: other columns, other partitions."""

from __future__ import annotations

import pytest

from headwater.errors import CommitConflict, UsageError
from headwater.model.types import BIGINT, TEXT, Column, Schema, Type
from headwater.ports.tables import CommitResult
from tests.contracts.commits import DUPLICATE, FENCED, OK, SALES, commit_of, ids, laid

OTHER = Schema((Column("id", BIGINT), Column("region", TEXT), Column("_arrival", TEXT)))
REGION = ("region",)


def anew(manifest, old, *parts, **more):
    """A commit that takes these parts out and lays the table out by region."""
    paths = tuple(part.path for part in old)
    return commit_of(manifest, *parts, **{"remove": paths, "schema": OTHER, "anew": REGION} | more)


def north(put_part, at):
    return laid(put_part("sales", f"region=a b/part-m{at}-1-0.parquet", [at]), ("region", "a b"))


class AnewContract:
    """One entry: every part goes, and the table is declared as the parts are that come."""

    def test_a_table_gets_columns_partitions_and_parts_in_one_version(self, sales, put_part):
        old, new = put_part("sales", "part-m1-1-0.parquet", [1]), north(put_part, 2)
        sales.commit(commit_of("m1", old))

        result = sales.commit(anew("m2", [old], new))

        before, after = sales.snapshot("sales", 1), sales.snapshot("sales", 2)
        assert result == CommitResult(OK, 2)
        assert (before.schema, before.partition_by, before.parts) == (SALES, (), (old,))
        assert (after.schema, after.partition_by, after.parts) == (OTHER, REGION, (new,))
        assert ids(sales) == [2]

    def test_a_table_that_stays_as_it_is_declared_is_filled_anew(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2))
        sales.commit(commit_of("m1", old))

        sales.commit(anew("m2", [old], new, schema=SALES, anew=()))

        assert ids(sales) == [2]
        assert [each.version for each in sales.schema_versions("sales")] == [0]

    def test_it_may_be_left_empty(self, sales, put_part):
        old = put_part("sales", "part-m1-1-0.parquet", [1])
        sales.commit(commit_of("m1", old))

        sales.commit(anew("m2", [old]))

        assert (sales.snapshot("sales").schema, sales.snapshot("sales").parts) == (OTHER, ())

    def test_columns_that_readers_of_the_table_do_not_know_of_are_refused(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2))
        sales.commit(commit_of("m1", old))
        naive = Schema((Column("id", BIGINT), Column("at", Type("timestamp_ntz"))))

        with pytest.raises(UsageError, match="no zone"):
            sales.commit(anew("m2", [old], new, schema=naive, anew=()))

        assert ids(sales) == [1]

    def test_its_entry_says_what_came_and_what_went(self, sales, put_part):
        old, new = put_part("sales", "part-m1-1-0.parquet", [1]), north(put_part, 2)
        sales.commit(commit_of("m1", old))
        sales.commit(anew("m2", [old], new, receipt={"rows": 1}))

        *_, entry = sales.log("sales")

        assert (entry.version, entry.manifest, entry.receipt) == (2, "m2", {"rows": 1})
        assert (entry.added, entry.removed) == ((new,), (old.path,))
        assert [each.version for each in sales.schema_versions("sales")] == [0, 2]

    def test_committing_it_again_is_a_duplicate(self, sales, put_part):
        old, new = put_part("sales", "part-m1-1-0.parquet", [1]), north(put_part, 2)
        sales.commit(commit_of("m1", old))
        sales.commit(anew("m2", [old], new))

        assert sales.commit(anew("m2", [old], new)) == CommitResult(DUPLICATE, 2)

    def test_a_dropped_attempt_is_fenced(self, sales, put_part):
        sales.fence("sales", ["m2-1"])

        result = sales.commit(anew("m2", [], north(put_part, 2)))

        assert result == CommitResult(FENCED, None)
        assert sales.snapshot("sales").partition_by == ()

    def test_a_part_that_came_meanwhile_is_a_conflict_and_nothing_changes(self, sales, put_part):
        old, late = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 3))
        sales.commit(commit_of("m1", old))
        sales.commit(commit_of("m3", late))

        with pytest.raises(CommitConflict, match=r"part-m3-1-0\.parquet came"):
            sales.commit(anew("m2", [old], north(put_part, 2)))

        assert sales.snapshot("sales").schema == SALES
        assert ids(sales) == [1, 3]

    def test_parts_that_are_laid_out_otherwise_are_refused(self, sales, put_part):
        plain = put_part("sales", "part-m2-1-0.parquet", [2])

        with pytest.raises(CommitConflict, match="not laid out by region"):
            sales.commit(anew("m2", [], plain))

    def test_the_next_commit_finds_the_table_as_it_is(self, sales, put_part):
        sales.commit(anew("m2", [], north(put_part, 2)))

        sales.ensure("sales", OTHER, REGION)
        sales.commit(commit_of("m4", north(put_part, 4), schema=OTHER))

        assert ids(sales) == [2, 4]
