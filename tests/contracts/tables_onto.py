"""What tables promise about a commit that builds on a version."""

from __future__ import annotations

import pytest

from headwater.errors import CommitConflict
from headwater.ports.tables import Compaction
from tests.contracts.commits import DUPLICATE, OK, SALES, commit_of, ids


class OntoContract:
    """Built on all that a version has: what came since would be lost, or be there twice."""

    def test_the_newest_version_is_known_without_opening_the_table(self, sales, put_part):
        assert sales.version("nothing") is None
        assert sales.version("sales") == sales.snapshot("sales").version

        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))

        assert sales.version("sales") == sales.snapshot("sales").version == 1

    def test_a_commit_onto_a_version_since_which_rows_came_is_a_conflict(self, sales, put_part):
        sales.commit(commit_of("m1", put_part("sales", "a.parquet", [1])))
        part = put_part("sales", "b.parquet", [2])

        with pytest.raises(CommitConflict, match="version 1 came"):
            sales.commit(commit_of("m2", part, onto=0, schema=SALES))

        assert ids(sales) == [1]

    def test_a_fence_since_is_no_conflict(self, sales, put_part):
        old, part = (put_part("sales", f"{name}.parquet", [n]) for n, name in ((1, "a"), (2, "b")))
        sales.commit(commit_of("m1", old))
        sales.fence("sales", ["m0-7"])

        result = sales.commit(
            commit_of("m2", part, onto=1, anew=(), remove=(old.path,), schema=SALES)
        )

        assert result.outcome is OK
        assert ids(sales) == [2]

    def test_a_compaction_since_of_parts_that_stay_is_no_conflict(self, sales, put_part):
        old, joined, new = (
            put_part("sales", f"{name}.parquet", [n]) for name, n in (("a", 1), ("j", 1), ("b", 2))
        )
        sales.commit(commit_of("m1", old))
        sales.compact(Compaction("sales", "c1-1", (joined,), (old.path,), SALES))

        result = sales.commit(commit_of("m2", new, onto=1, schema=SALES))

        assert result.outcome is OK
        assert ids(sales) == [1, 2]

    def test_repeating_it_is_a_duplicate(self, sales, put_part):
        part = put_part("sales", "b.parquet", [2])
        onto = commit_of("m2", part, onto=0, anew=(), schema=SALES)
        sales.commit(onto)

        assert sales.commit(onto).outcome is DUPLICATE
        assert ids(sales) == [2]
