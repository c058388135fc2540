"""What tables promise of themselves: which there are, and which columns they have."""

from __future__ import annotations

import pytest

from headwater.errors import (
    CommitConflict,
    UsageError,
)
from headwater.model.types import BIGINT, TEXT, Column, Schema, Type, decimal, parse_type
from headwater.ports.tables import Commit
from tests.contracts.commits import SALES, commit_of


class NameContract:
    """Which tables there are."""

    def test_there_is_nothing_before_anything_was_made(self, tables):
        assert tables.names() == []
        assert tables.snapshot("sales") is None
        assert tables.committed("sales", "m1") is None
        assert list(tables.log("sales")) == []

    def test_a_table_that_was_made_is_there_and_empty(self, sales):
        snapshot = sales.snapshot("sales")

        assert sales.names() == ["sales"]
        assert (snapshot.version, snapshot.schema, snapshot.parts) == (0, SALES, ())

    def test_tables_are_named_in_order(self, tables):
        for name in ("zebra", "ant", "m2"):
            tables.ensure(name, SALES, ())

        assert tables.names() == ["ant", "m2", "zebra"]

    @pytest.mark.parametrize("name", ["", "../x", "a/b", "Sales", "_log", "1st", "a b", ".", "a\n"])
    def test_what_is_not_a_name_is_refused_before_anything_happens(self, tables, name):
        for call in (
            lambda: tables.location(name),
            lambda: tables.snapshot(name),
            lambda: tables.ensure(name, SALES, ()),
            lambda: tables.commit(Commit(name, "m1", "m1-1", ())),
            lambda: tables.fence(name, ["m1"]),
            lambda: tables.committed(name, "m1"),
            lambda: list(tables.log(name)),
        ):
            with pytest.raises(UsageError):
                call()
        assert tables.names() == []


class ColumnContract:
    """Which columns they have."""

    def test_every_type_comes_back_as_it_went_in(self, tables):
        kinds = (
            "text boolean smallint int bigint decimal(12,2) decimal(38,0) real double date "
            "timestamp timestamp_ntz binary array<bigint> map<text,decimal(5,1)> "
            "struct<a:int,b:array<struct<c:timestamp_ntz>>>"
        )
        schema = Schema(
            tuple(Column(f"c{at}", parse_type(kind)) for at, kind in enumerate(kinds.split()))
        ).plus((Column("must", BIGINT, nullable=False), Column("é ü,;", TEXT)))

        tables.ensure("wide", schema, ())

        assert tables.snapshot("wide").schema == schema

    def test_a_type_that_the_tables_cannot_hold_is_refused_by_name(self, tables):
        with pytest.raises(UsageError, match=r"column at is of type time"):
            tables.ensure("sales", Schema((Column("at", Type("time")),)), ())

        assert tables.names() == []

    def test_ensuring_twice_changes_nothing(self, sales):
        sales.ensure("sales", SALES, ())

        assert sales.snapshot("sales").version == 0

    def test_columns_that_are_lacking_are_added_at_the_end_and_may_be_null(self, sales):
        more = Column("amount", decimal(12, 2), nullable=False)

        sales.ensure("sales", Schema((more, Column("id", BIGINT))), ())

        assert sales.snapshot("sales").schema == SALES.plus((Column("amount", decimal(12, 2)),))

    def test_a_column_that_may_be_null_for_once_may_be_null_for_ever(self, tables):
        tables.ensure("sales", Schema((Column("id", BIGINT, nullable=False),)), ())

        tables.ensure("sales", SALES, ())

        assert tables.snapshot("sales").schema == SALES

    def test_a_column_of_another_type_is_a_conflict_that_names_both(self, sales):
        with pytest.raises(CommitConflict, match=r"id text.*id bigint"):
            sales.ensure("sales", Schema((Column("id", TEXT), Column("b", TEXT))), ())

        assert sales.snapshot("sales").schema == SALES

    def test_a_column_spelled_in_another_case_is_a_conflict(self, sales):
        with pytest.raises(CommitConflict, match=r"ID bigint.*id bigint"):
            sales.ensure("sales", Schema((Column("ID", BIGINT),)), ())

    def test_other_partition_columns_are_a_conflict_that_names_both(self, tables):
        tables.ensure("sales", SALES, ("year",))

        with pytest.raises(CommitConflict, match=r"year, month.*by year"):
            tables.ensure("sales", SALES, ("year", "month"))

    def test_partition_columns_made_of_dates_need_no_declaration(self, tables):
        by = ("year", "month", "day", "hour", "arrival_date")

        tables.ensure("sales", SALES, by)

        snapshot = tables.snapshot("sales")
        assert snapshot.partition_by == by
        assert [str(snapshot.schema.find(name).type) for name in by] == ["int"] * 4 + ["date"]

    def test_a_partition_column_that_is_nowhere_is_refused(self, tables):
        with pytest.raises(UsageError, match="'region'"):
            tables.ensure("sales", SALES, ("region",))


class SchemaVersionContract:
    """When the columns became others."""

    def test_a_table_that_is_not_there_has_no_versions(self, tables):
        assert list(tables.schema_versions("sales")) == []

    def test_each_version_with_other_columns_is_told_with_all_of_them(self, sales):
        more = SALES.plus((Column("amount", decimal(12, 2)),))
        sales.commit(commit_of("m1"))
        sales.ensure("sales", more, ())
        sales.commit(commit_of("m2"))

        told = [(each.version, each.schema) for each in sales.schema_versions("sales")]

        assert told == [(0, SALES), (2, more)]

    def test_a_version_has_the_time_of_its_entry(self, sales):
        sales.ensure("sales", SALES.plus((Column("more", TEXT),)), ())

        times = [each.committed_at for each in sales.schema_versions("sales")]

        assert times == [each.committed_at for each in sales.log("sales")]

    def test_a_column_that_may_be_null_from_then_on_is_another_version(self, tables):
        must = Schema((Column("id", BIGINT, nullable=False),))
        tables.ensure("sales", must, ())
        tables.ensure("sales", Schema((Column("id", BIGINT),)), ())

        told = [each.schema for each in tables.schema_versions("sales")]

        assert told == [must, Schema((Column("id", BIGINT),))]
