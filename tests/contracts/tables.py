"""What tables and their log promise. Enrol with `tables`, `open_tables` and `put_part`.

`tables` are empty. `open_tables` can be pickled and opens the same tables in another process.
`put_part(table, path, ids)` writes a Parquet file of rows with these ids, of the arrival
`a1`, below the table's location, and answers the Part.
"""

from __future__ import annotations

import pytest

from tests.contracts.commits import SALES
from tests.contracts.tables_anew import AnewContract
from tests.contracts.tables_commits import (
    CommitContract,
    FenceContract,
    LogContract,
    RemovalContract,
)
from tests.contracts.tables_compaction import CompactionContract
from tests.contracts.tables_onto import OntoContract
from tests.contracts.tables_races import RaceContract
from tests.contracts.tables_schema import ColumnContract, NameContract, SchemaVersionContract
from tests.contracts.tables_widening import WideningContract


class TablesContract(
    NameContract,
    ColumnContract,
    SchemaVersionContract,
    CommitContract,
    RemovalContract,
    FenceContract,
    LogContract,
    RaceContract,
    WideningContract,
    AnewContract,
    CompactionContract,
    OntoContract,
):
    """Everything of ports/tables.py."""

    @pytest.fixture
    def sales(self, tables):
        tables.ensure("sales", SALES, ())
        return tables
