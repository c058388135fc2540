"""What every catalogue promises. Enrol with these fixtures.

`catalogue` is an empty one; `foreign` puts a table of that name there as another tool does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from headwater.errors import UsageError
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.catalogue import Entry, Shown

SALES = Entry(
    table="sales",
    version=3,
    location="s3://acme-lake/processed/sales",
    schema=Schema((Column("id", BIGINT), Column("_arrival", TEXT))),
    rows=7,
    comment="Headwater: feed sales",
)
WIDER = replace(SALES, version=4, schema=SALES.schema.plus((Column("more", TEXT),)))


class CatalogueContract:
    """Everything of ports/catalogue.py."""

    def test_what_is_shown_is_found(self, catalogue):
        assert catalogue.show(SALES)

        assert catalogue.find("sales") == Shown("sales", 3, SALES.location)
        assert catalogue.shown() == [Shown("sales", 3, SALES.location)]

    def test_nothing_is_shown_where_nothing_was(self, catalogue):
        assert catalogue.find("sales") is None
        assert catalogue.shown() == []
        assert not catalogue.drop("sales", SALES.location)

    def test_showing_again_changes_nothing(self, catalogue):
        catalogue.show(SALES)

        assert not catalogue.show(SALES)

    def test_a_newer_version_takes_the_place_of_the_one_before(self, catalogue):
        catalogue.show(SALES)

        assert catalogue.show(WIDER)
        assert catalogue.find("sales").version == 4

    def test_an_older_version_does_not_come_back(self, catalogue):
        catalogue.show(WIDER)

        assert not catalogue.show(SALES)
        assert catalogue.find("sales").version == 4

    def test_of_many_at_once_the_newest_stays(self, catalogue):
        entries = [replace(SALES, version=number, rows=number) for number in range(12)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(catalogue.show, reversed(entries[::2]), chunksize=1))
            list(pool.map(catalogue.show, entries, chunksize=1))

        assert catalogue.find("sales").version == 11

    def test_tables_are_told_by_name(self, catalogue):
        for name in ("b", "a"):
            catalogue.show(replace(SALES, table=name))

        assert [each.table for each in catalogue.shown()] == ["a", "b"]

    def test_a_dropped_table_is_shown_no_more(self, catalogue):
        catalogue.show(SALES)

        assert catalogue.drop("sales", SALES.location)
        assert catalogue.find("sales") is None
        assert not catalogue.drop("sales", SALES.location)

    def test_a_table_of_another_place_is_left_alone(self, catalogue):
        catalogue.show(SALES)
        elsewhere = replace(WIDER, location="s3://other-lake/processed/sales")

        with pytest.raises(UsageError) as refused:
            catalogue.show(elsewhere)

        assert refused.value.hint
        assert not catalogue.drop("sales", elsewhere.location)
        assert catalogue.find("sales") == Shown("sales", 3, SALES.location)

    def test_a_table_of_another_tool_is_left_alone(self, catalogue, foreign):
        foreign("sales")

        for deed in (lambda: catalogue.show(SALES), lambda: catalogue.find("sales")):
            with pytest.raises(UsageError, match="sales is there already"):
                deed()

        assert catalogue.shown() == []
        assert not catalogue.drop("sales", SALES.location)
