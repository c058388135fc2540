"""What a commit promises: once, whole, in order; and a fence, that there will be none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headwater.errors import (
    CommitConflict,
    UnknownTable,
)
from headwater.model.types import TEXT, Column
from headwater.ports.tables import CommitResult
from tests.contracts.commits import DUPLICATE, FENCED, OK, SALES, commit_of, ids, laid


class CommitContract:
    """Adding parts."""

    def test_a_commit_shows_its_parts_as_they_were_given(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1, 2])

        result = sales.commit(commit_of("m1", part))

        assert result == CommitResult(OK, 1)
        assert sales.snapshot("sales").parts == (part,)
        assert ids(sales) == [1, 2]

    def test_partition_values_are_true_values_whatever_the_folder_is_called(self, tables, put_part):
        by = ("region", "month")
        tables.ensure("sales", SALES.plus((Column("region", TEXT),)), by)
        odd = put_part("sales", "region=a%20b%2F%C3%A9%3D%250/month=04/p.parquet", [1])
        none = put_part("sales", "region=__HIVE_DEFAULT_PARTITION__/month=11/p.parquet", [2])

        tables.commit(
            commit_of(
                "m1",
                laid(odd, ("region", "a b/é=%0"), ("month", "04")),
                laid(none, ("region", None), ("month", "11")),
            )
        )

        assert set(tables.snapshot("sales").parts) == {
            laid(odd, ("region", "a b/é=%0"), ("month", "4")),
            laid(none, ("region", None), ("month", "11")),
        }
        assert list(tables.log("sales"))[-1].added == (
            laid(odd, ("region", "a b/é=%0"), ("month", "4")),
            laid(none, ("region", None), ("month", "11")),
        )
        assert ids(tables) == [1, 2]

    def test_a_commit_without_parts_is_a_commit(self, sales):
        assert sales.commit(commit_of("m1")).outcome is OK
        assert sales.committed("sales", "m1").added == ()

    def test_there_is_no_commit_and_no_fence_without_a_table(self, tables):
        with pytest.raises(UnknownTable):
            tables.commit(commit_of("m1"))
        with pytest.raises(UnknownTable):
            tables.fence("sales", ["m1"])

    def test_a_part_that_is_gone_or_cut_short_is_never_committed(self, sales, put_part):
        whole = put_part("sales", "part-m1-1-0.parquet", [1])
        for part in (
            laid(whole, path="part-m1-1-9.parquet"),
            laid(whole, size_bytes=whole.size_bytes + 1),
        ):
            with pytest.raises(CommitConflict):
                sales.commit(commit_of("m1", part))

        assert sales.snapshot("sales").version == 0

    def test_a_part_laid_out_otherwise_than_the_table_is_never_committed(self, sales, put_part):
        part = laid(put_part("sales", "month=04/p.parquet", [1]), ("month", "4"))

        with pytest.raises(CommitConflict):
            sales.commit(commit_of("m1", part))

    def test_committing_a_manifest_again_is_a_duplicate_and_keeps_the_first(self, sales, put_part):
        first = put_part("sales", "part-m1-1-0.parquet", [1])
        sales.commit(commit_of("m1", first))
        second = put_part("sales", "part-m1-2-0.parquet", [1])

        for commit in (commit_of("m1", first), commit_of("m1", second, attempt=2)):
            assert sales.commit(commit) == CommitResult(DUPLICATE, 1)

        assert sales.snapshot("sales").parts == (first,)
        assert sales.snapshot("sales").version == 1

    def test_a_commit_keeps_its_receipt(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])
        receipt = {"files": [{"key": "é/\u2028\n.csv", "rows": 2**53}], "cause": None}
        before = datetime.now(UTC).replace(microsecond=0)

        sales.commit(commit_of("m1", part, receipt=receipt))

        entry = sales.committed("sales", "m1")
        assert entry == list(sales.log("sales"))[1]
        assert (entry.manifest, entry.attempt, entry.version) == ("m1", "m1-1", 1)
        assert (entry.receipt, entry.added, entry.removed) == (receipt, (part,), ())
        assert before <= entry.committed_at <= datetime.now(UTC)


class RemovalContract:
    """Removing parts."""

    def test_removing_and_adding_is_one_version(self, sales, put_part):
        old, new = (put_part("sales", f"part-m{at}-1-0.parquet", [at]) for at in (1, 2))
        sales.commit(commit_of("m1", old))

        sales.commit(commit_of("m2", new, remove=(old.path,)))

        assert [sales.snapshot("sales", v).parts for v in range(3)] == [(), (old,), (new,)]
        assert list(sales.log("sales"))[2].removed == (old.path,)

    def test_removing_what_is_not_there_is_a_conflict_and_adds_nothing(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])

        with pytest.raises(CommitConflict, match=r"part-m0-1-0\.parquet"):
            sales.commit(commit_of("m1", part, remove=("part-m0-1-0.parquet",)))

        assert sales.snapshot("sales").version == 0

    def test_an_old_version_keeps_its_list(self, sales, put_part):
        old = put_part("sales", "part-m1-1-0.parquet", [1])
        sales.commit(commit_of("m1", old))
        seen = sales.snapshot("sales")

        sales.ensure("sales", SALES.plus((Column("b", TEXT),)), ())
        sales.commit(commit_of("m2", remove=(old.path,)))

        assert sales.snapshot("sales", seen.version) == seen
        assert ids(sales, seen.version) == [1]

    def test_a_version_that_was_never_made_is_not_there(self, sales):
        assert sales.snapshot("sales", 1) is None
        assert sales.snapshot("sales", -1) is None


class FenceContract:
    """Refusing attempts."""

    def test_a_fenced_attempt_is_refused_and_another_is_not(self, sales, put_part):
        part = put_part("sales", "part-m1-1-0.parquet", [1])

        assert sales.fence("sales", ["m1-1"]) == set()

        assert sales.commit(commit_of("m1", part)).outcome is FENCED
        assert sales.snapshot("sales").parts == ()
        assert sales.commit(commit_of("m1", part, attempt=2)).outcome is OK

    def test_a_fenced_manifest_is_refused_whatever_the_attempt(self, sales):
        sales.fence("sales", ["m1"])

        assert sales.commit(commit_of("m1")).outcome is FENCED
        assert sales.commit(commit_of("m1", attempt=2)).outcome is FENCED
        assert sales.committed("sales", "m1") is None

    def test_a_fence_after_the_commit_says_so_and_changes_nothing(self, sales):
        sales.commit(commit_of("m1"))

        assert sales.fence("sales", ["m1", "m1-1", "m2-1"]) == {"m1", "m1-1"}

        assert sales.commit(commit_of("m1", attempt=2)) == CommitResult(DUPLICATE, 1)
        assert list(sales.log("sales"))[2].fences == ("m2-1",)

    def test_fencing_twice_adds_one_entry(self, sales):
        sales.fence("sales", ["m1-1", "m2-1", "m1-1"])

        assert sales.fence("sales", ["m1-1", "m2-1"]) == {"m1-1", "m2-1"}

        assert [entry.fences for entry in sales.log("sales")] == [(), ("m1-1", "m2-1")]


class LogContract:
    """The entries."""

    def test_the_log_begins_where_it_is_asked_to(self, sales):
        for manifest in ("m1", "m2", "m3"):
            sales.commit(commit_of(manifest))

        assert [e.manifest for e in sales.log("sales", since=2)] == ["m2", "m3"]
        assert list(sales.log("sales", since=4)) == []
