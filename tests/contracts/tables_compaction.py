"""What a table's log promises of compactions: other parts, the same rows, in one entry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headwater.errors import BrokenInvariant, CommitConflict, UnknownTable
from headwater.model.types import TEXT, Column, Widened, parse_type
from headwater.ports.tables import CommitResult, Compaction, EntryKind
from tests.contracts.commits import DUPLICATE, FENCED, OK, SALES, commit_of, ids


def compaction_of(remove, *add, attempt="c1-1", **more):
    return Compaction("sales", attempt, add, tuple(part.path for part in remove), SALES, **more)


class CompactionContract:
    """Parts in the place of others."""

    @pytest.fixture
    def small(self, sales, put_part):
        parts = [put_part("sales", f"part-m{n}-1-0.parquet", [n]) for n in (1, 2, 3)]
        for number, part in enumerate(parts):
            sales.commit(commit_of(f"m{number}", part))
        return parts

    @pytest.fixture
    def joined(self, small, put_part):
        return replace(put_part("sales", "part-c1-1-0.parquet", [1, 2]), sha256="ab")

    def test_joined_parts_take_the_place_of_others_in_one_version(self, sales, small, joined):
        result = sales.compact(compaction_of(small[:2], joined))

        assert result == CommitResult(OK, 4)
        assert ids(sales) == ids(sales, 3) == [1, 2, 3]
        assert {part.path for part in sales.snapshot("sales").parts} == {
            joined.path,
            small[2].path,
        }

    def test_the_log_keeps_what_it_did_and_the_hashes(self, sales, small, joined):
        sales.compact(compaction_of(small[:2], joined))

        entry = list(sales.log("sales"))[-1]
        assert (entry.kind, entry.manifest, entry.attempt) == (EntryKind.COMPACTION, None, "c1-1")
        assert entry.hashes == {joined.path: "ab"}
        assert set(entry.removed) == {part.path for part in small[:2]}

    def test_the_kinds_of_other_entries_are_told_apart(self, sales, small):
        sales.fence("sales", ["m9-1"])
        sales.ensure("sales", SALES.plus((Column("who", TEXT),)), ())

        kinds = [(entry.kind, entry.columns_changed) for entry in sales.log("sales")]

        assert kinds == [
            (EntryKind.COLUMNS, True),
            *[(EntryKind.COMMIT, False)] * 3,
            (EntryKind.FENCE, False),
            (EntryKind.COLUMNS, True),
        ]

    def test_repeating_it_changes_nothing(self, sales, small, joined):
        sales.compact(compaction_of(small[:2], joined))

        assert sales.compact(compaction_of(small[:2], joined)) == CommitResult(DUPLICATE, 4)
        assert sales.snapshot("sales").version == 4

    def test_one_that_was_fenced_commits_nothing(self, sales, small, joined):
        sales.fence("sales", ["c1-1"])

        result = sales.compact(compaction_of(small[:2], joined))

        assert result == CommitResult(FENCED, None)
        assert {part.path for part in small} == {p.path for p in sales.snapshot("sales").parts}

    def test_a_part_that_is_gone_is_a_conflict(self, sales, small, joined):
        sales.commit(commit_of("m9", remove=(small[0].path,)))

        with pytest.raises(CommitConflict):
            sales.compact(compaction_of(small[:2], joined))

        assert ids(sales) == [2, 3]

    def test_other_rows_than_before_are_refused(self, sales, small, joined):
        with pytest.raises(BrokenInvariant):
            sales.compact(compaction_of(small, joined))

        assert sales.snapshot("sales").version == 3

    def test_a_column_that_became_wider_is_a_conflict(self, sales, put_part, joined, small):
        wide = Widened("id", parse_type("bigint"), TEXT)
        columns = type(SALES)((Column("id", TEXT), SALES.columns[1]))
        sales.commit(
            commit_of(
                "m9",
                remove=(small[2].path,),
                schema=columns,
                widened=(wide,),
                seen=tuple(part.path for part in small),
            )
        )

        with pytest.raises(CommitConflict):
            sales.compact(compaction_of(small[:2], joined))

    def test_a_wider_column_does_not_pass_by_parts_that_were_joined_meanwhile(
        self, sales, joined, small
    ):
        wide = Widened("id", parse_type("bigint"), TEXT)
        seen = tuple(part.path for part in small)
        sales.compact(compaction_of(small[:2], joined))

        with pytest.raises(CommitConflict):
            sales.commit(commit_of("m9", remove=(small[2].path,), widened=(wide,), seen=seen))

    def test_there_is_none_without_a_table(self, tables, put_part):
        with pytest.raises(UnknownTable):
            tables.compact(compaction_of(()))

    def test_one_at_a_time_has_the_right_to_it(self, sales, open_tables):
        before = sales.is_compacting("sales")
        with sales.compacting("sales") as first, open_tables().compacting("sales") as second:
            during = sales.is_compacting("sales")

        assert (first, second) == (True, False)
        assert (before, during, sales.is_compacting("sales")) == (False, True, False)
        with open_tables().compacting("sales") as again:
            assert again
