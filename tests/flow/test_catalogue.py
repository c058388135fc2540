"""A catalogue shows tables as they are, without a word to it for every commit."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from headwater.adapters.catalogue import MemoryCatalogue
from headwater.errors import StoreError
from headwater.flow import catalogue as showing
from tests.flow import lakes


class Refusing(MemoryCatalogue):
    """One that cannot be reached at first."""

    away = True

    def find(self, table):
        if self.away:
            raise StoreError("the catalogue is away", hint="try again")
        return super().find(table)


@pytest.fixture
def catalogue():
    return MemoryCatalogue()


@pytest.fixture
def lake(folder, catalogue):
    with lakes.make(folder) as lake:
        lake._world = replace(lake._world, catalogue=catalogue)
        yield lake


def test_what_is_shown_is_the_table_with_its_partitions(lake, catalogue, incoming):
    lake.ingest("sales", incoming("a.csv", lakes.csv_of(1, 2)))

    entry = catalogue.entries["sales"]
    assert (entry.rows, entry.partition_by, entry.comment) == (
        2,
        ("month",),
        "Headwater: feed sales",
    )
    assert entry.schema.names() == ("id", "day", "qty", "month", "_arrival")


def test_a_table_is_shown_anew_once_much_has_passed(lake, catalogue, incoming, monkeypatch):
    monkeypatch.setattr(showing, "LAG", 1)
    shown = []

    for each in range(4):
        lake.ingest("sales", incoming(f"{each}.csv", lakes.csv_of(each)))
        shown.append(catalogue.entries["sales"].rows)

    assert shown == [1, 1, 3, 3]


def test_a_table_that_was_made_anew_takes_the_place_of_the_one_before(
    lake, catalogue, incoming, folder
):
    for each in range(3):
        lake.ingest("sales", incoming(f"{each}.csv", lakes.csv_of(each)))
    lake.reconcile()
    assert catalogue.entries["sales"].version == 3
    shutil.rmtree(folder / "processed" / "sales")

    lake.ingest("sales", incoming("later.csv", lakes.csv_of(9)))

    assert catalogue.entries["sales"].version == 1


def test_a_look_at_what_is_shown_already_changes_nothing(lake, incoming):
    lake.ingest("sales", incoming("a.csv", lakes.csv_of(1)))
    lake.reconcile()

    assert lake.reconcile().catalogue == showing.Catalogued()


def test_what_could_not_be_shown_is_told_and_shown_with_the_next_commit(folder, incoming, caplog):
    catalogue = Refusing()
    with lakes.make(folder) as lake:
        lake._world = replace(lake._world, catalogue=catalogue)
        lake.ingest("sales", incoming("a.csv", lakes.csv_of(1)))
        assert "does not show sales as it is: the catalogue is away" in caplog.text
        assert catalogue.entries == {}

        catalogue.away = False
        lake.ingest("sales", incoming("b.csv", lakes.csv_of(2)))

    assert catalogue.entries["sales"].rows == 2


def test_the_table_of_a_model_names_the_model(folder, catalogue, incoming):
    with lakes.make(folder, more="models: {daily: {sql: select day from sales}}\n") as lake:
        lake._world = replace(lake._world, catalogue=catalogue)
        lake.ingest("sales", incoming("a.csv", lakes.csv_of(1)))
        lake.refresh()

    assert catalogue.entries["daily"].comment == "Headwater: model daily"
