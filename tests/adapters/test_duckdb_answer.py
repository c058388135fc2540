"""An answer becomes Arrow, pandas or Polars; where one is missing, the extra is named."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from headwater.adapters.duckdb.asking.ask import DuckAsker

SQL = "select 1::bigint as id, 2.50::decimal(12,2) as amount, null::varchar as note"


def ask(sql=SQL):
    return DuckAsker().ask(sql, [])


def test_an_answer_becomes_arrow():
    pytest.importorskip("pyarrow")

    table = ask().arrow()

    assert table.to_pylist() == [{"id": 1, "amount": Decimal("2.50"), "note": None}]
    assert str(table.schema.field("amount").type) == "decimal128(12, 2)"


def test_an_answer_becomes_pandas():
    pytest.importorskip("pandas")

    frame = ask().pandas()

    assert list(frame.columns) == ["id", "amount", "note"]
    assert frame["id"].tolist() == [1]


def test_an_answer_becomes_polars():
    pytest.importorskip("polars")

    frame = ask().polars()

    assert frame.rows() == [(1, Decimal("2.50"), None)]


@pytest.mark.parametrize("way", ["arrow", "pandas", "polars"])
def test_an_answer_without_rows_keeps_its_columns(way):
    pytest.importorskip(way if way != "arrow" else "pyarrow")

    made = getattr(ask(f"{SQL} where false"), way)()

    names = made.column_names if way == "arrow" else list(made.columns)
    assert names == ["id", "amount", "note"]


@pytest.mark.parametrize(
    ("missing", "way", "extra"),
    [
        ("pyarrow", "arrow", "arrow"),
        ("pandas", "pandas", "pandas"),
        ("polars", "polars", "polars"),
        ("pyarrow", "polars", "polars"),
    ],
)
def test_a_missing_extra_is_named(missing, way, extra):
    code = f"""
import sys
sys.modules[{missing!r}] = None
from headwater.adapters.duckdb.asking.ask import DuckAsker
from headwater.errors import MissingExtra
try:
    DuckAsker().ask("select 1", []).{way}()
except MissingExtra as error:
    print(error.message, "|", error.hint)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    said = f"{missing} is not installed | pip install 'headwater[{extra}]'"
    assert ran.stdout.strip() == said, ran.stderr


def test_an_interrupt_ends_a_question_and_leaves_its_answer_to_nobody(monkeypatch):
    from headwater.adapters.duckdb.process import patience

    class Impatient(patience.Event):
        def wait(self, timeout=None):
            if timeout is None:
                raise KeyboardInterrupt
            return super().wait(timeout)

    answer = ask("select count(*) from range(100000000000) t where hash(range) % 7 = 0")
    monkeypatch.setattr(patience, "Event", Impatient)

    with pytest.raises(KeyboardInterrupt):
        answer.rows()
