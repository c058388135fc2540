"""What a lake is wired to, by where it lies."""

from __future__ import annotations

from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.files import FileStore
from headwater.adapters.memory import MemoryStore
from headwater.adapters.staging import StagedAsker, StagedEngine
from headwater.wiring.places import engines


def test_a_lake_on_this_machine_is_converted_where_it_lies(tmp_path):
    engine, asker, _ = engines([FileStore(tmp_path / "raw"), FileStore(tmp_path / "processed")])

    assert isinstance(engine(), DuckEngine)
    assert isinstance(asker, DuckAsker)


def test_a_lake_with_one_zone_elsewhere_is_staged(tmp_path):
    engine, asker, _ = engines([FileStore(tmp_path / "raw"), MemoryStore()])

    assert isinstance(engine(), StagedEngine)
    assert isinstance(asker, StagedAsker)
