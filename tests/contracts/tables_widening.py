"""What tables promise of columns that become wider in a commit."""

from __future__ import annotations

import pytest

from headwater.errors import CommitConflict
from headwater.model.types import BIGINT, TEXT, Column, Schema, Widened
from headwater.ports.tables import CommitResult
from tests.contracts.commits import DUPLICATE, OK, SALES, commit_of, ids
from tests.contracts.writers import race

WIDE = Schema((Column("id", TEXT), Column("_arrival", TEXT)))
WIDENED = (Widened("id", BIGINT, TEXT),)


def widening(manifest, old, *parts, **more):
    """A commit that widens the column, after a look at these parts."""
    paths = tuple(part.path for part in old)
    told = {"remove": paths, "seen": paths, "schema": WIDE, "widened": WIDENED} | more
    return commit_of(manifest, *parts, **told)


class WideningContract:
    """One entry: wider columns, the parts that have them, and those that had not."""

    def test_a_column_becomes_wider_in_the_version_that_swaps_the_parts(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{at}-1-0.parquet", [at]) for at in (1, 2))
        sales.commit(commit_of("m1", old))

        result = sales.commit(widening("m2", [old], new))

        assert result == CommitResult(OK, 2)
        assert [sales.snapshot("sales", v).schema for v in range(3)] == [SALES, SALES, WIDE]
        assert [sales.snapshot("sales", v).parts for v in range(3)] == [(), (old,), (new,)]
        assert [each.version for each in sales.schema_versions("sales")] == [0, 2]

    def test_a_table_without_parts_is_widened_as_well(self, sales, put_part):
        new = put_part("sales", "part-m1-1-0.parquet", [1])

        sales.commit(widening("m1", [], new))

        assert sales.snapshot("sales").schema == WIDE
        assert ids(sales) == [1]

    def test_committing_it_again_is_a_duplicate(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{at}-1-0.parquet", [at]) for at in (1, 2))
        sales.commit(commit_of("m1", old))
        sales.commit(widening("m2", [old], new))

        assert sales.commit(widening("m2", [old], new)) == CommitResult(DUPLICATE, 2)

    def test_a_part_that_came_meanwhile_is_a_conflict_and_nothing_changes(self, sales, put_part):
        old, late, new = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2, 3))
        sales.commit(commit_of("m1", old))
        sales.commit(commit_of("m2", late))

        with pytest.raises(CommitConflict, match=r"part-m2-1-0\.parquet"):
            sales.commit(widening("m3", [old], new))

        assert sales.snapshot("sales").schema == SALES
        assert ids(sales) == [1, 2]

    def test_a_part_that_was_seen_and_stays_is_no_conflict(self, sales, put_part):
        old, kept, new = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2, 3))
        sales.commit(commit_of("m1", old, kept))

        sales.commit(widening("m3", [old], new, seen=(old.path, kept.path)))

        assert set(sales.snapshot("sales").parts) == {kept, new}

    def test_rows_that_were_made_for_the_narrower_column_are_a_conflict(self, sales, put_part):
        new, late = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2))
        sales.commit(widening("m1", [], new))

        with pytest.raises(CommitConflict, match=r"id is text by now.*bigint"):
            sales.commit(commit_of("m2", late, schema=SALES))
        with pytest.raises(CommitConflict, match=r"id is text by now.*bigint"):
            sales.commit(widening("m2", [new], late))

        assert ids(sales) == [1]

    def test_what_comes_after_builds_on_the_wider_column(self, sales, put_part):
        new, later = (put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2))
        sales.commit(widening("m1", [], new))

        more = WIDE.plus((Column("b", TEXT),))
        sales.ensure("sales", more, ())
        sales.commit(commit_of("m2", later, schema=more))

        assert sales.snapshot("sales").schema == more
        assert ids(sales) == [1, 2]

    @pytest.mark.slow
    def test_of_racing_widenings_one_commits_and_no_narrow_part_stays(
        self, sales, open_tables, put_part
    ):
        old = put_part("sales", "part-m0-1-0.parquet", [0])
        sales.commit(commit_of("m0", old))
        news = [put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in range(1, 9)]
        commits = [
            widening(f"m{n}", [old], part) if n <= 4 else commit_of(f"m{n}", part, schema=SALES)
            for n, part in enumerate(news, 1)
        ]

        outcomes = race(open_tables, commits)

        snapshot = sales.snapshot("sales")
        widened = outcomes[:4].count("ok")
        assert widened <= 1
        assert snapshot.schema == (WIDE if widened else SALES)
        if widened:
            assert snapshot.parts == (news[outcomes.index("ok")],)
