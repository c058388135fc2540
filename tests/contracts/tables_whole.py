"""What tables promise about a commit that replaces all they have, and about what one builds on."""

from __future__ import annotations

import pytest

from headwater.errors import CommitConflict, UsageError
from headwater.model.types import BIGINT, TEXT, Column, Schema, Type
from headwater.ports.tables import Whole
from tests.contracts.commits import DUPLICATE, OK, commit_of, ids, laid

OTHER = Schema((Column("id", BIGINT), Column("region", TEXT)))


class WholeContract:
    def test_the_newest_version_is_known_without_opening_the_table(self, sales, put_part):
        assert sales.version("nothing") is None
        assert sales.version("sales") == sales.snapshot("sales").version

        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))

        assert sales.version("sales") == sales.snapshot("sales").version == 1

    def test_a_whole_takes_the_place_of_everything_in_one_version(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1, 2])))
        sales.commit(commit_of("m2", put_part("sales", "b.parquet", [3])))

        part = put_part("sales", "c.parquet", [9])
        schema = sales.snapshot("sales").schema
        result = sales.commit(commit_of("m3", part, whole=Whole(), schema=schema))

        assert result.outcome is OK
        assert ids(sales) == [9]
        assert ids(sales, 2) == [1, 2, 3]

    def test_a_whole_may_bring_other_columns_and_other_partitions(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        before = sales.snapshot("sales").schema
        part = laid(put_part("sales", "region=north/b.parquet", [5]), ("region", "north"))

        sales.commit(commit_of("m2", part, whole=Whole(("region",)), schema=OTHER))

        now, then = sales.snapshot("sales"), sales.snapshot("sales", 1)
        assert (now.schema, now.partition_by) == (OTHER, ("region",))
        assert now.parts[0].partition == (("region", "north"),)
        assert (then.schema, then.partition_by) == (before, ())

    def test_a_whole_that_readers_would_not_understand_is_refused(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        naive = Schema((Column("id", BIGINT), Column("at", Type("timestamp_ntz"))))
        part = put_part("sales", "b.parquet", [2])

        with pytest.raises(UsageError):
            sales.commit(commit_of("m2", part, whole=Whole(), schema=naive))

        assert ids(sales) == [1]

    def test_a_whole_may_be_empty(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))

        sales.commit(commit_of("m2", whole=Whole(), schema=sales.snapshot("sales").schema))

        assert sales.snapshot("sales").parts == ()

    def test_a_commit_onto_a_version_since_which_rows_came_is_a_conflict(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        part, schema = put_part("sales", "b.parquet", [2]), sales.snapshot("sales").schema

        with pytest.raises(CommitConflict):
            sales.commit(commit_of("m2", part, onto=0, whole=Whole(), schema=schema))

        assert ids(sales) == [1]

    def test_a_fence_since_is_no_conflict(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        sales.fence("sales", ["m0-7"])
        part, schema = put_part("sales", "b.parquet", [2]), sales.snapshot("sales").schema

        result = sales.commit(commit_of("m2", part, onto=1, whole=Whole(), schema=schema))

        assert result.outcome is OK
        assert ids(sales) == [2]

    def test_a_whole_that_is_repeated_is_a_duplicate(self, sales, put_part):
        part, schema = put_part("sales", "b.parquet", [2]), sales.snapshot("sales").schema
        whole = commit_of("m2", part, onto=0, whole=Whole(), schema=schema)
        sales.commit(whole)

        assert sales.commit(whole).outcome is DUPLICATE
        assert ids(sales) == [2]
