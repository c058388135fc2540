"""Rows of a small table, taken through steps and checks by DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from sqlglot import parse_one

from headwater.model.checks import Check
from headwater.model.steps import Step
from headwater.model.types import parse_type
from headwater.shape.checks import watched
from headwater.shape.rows import Reference, Rows
from headwater.shape.several import through

COLUMNS = ("order_id", "amount", "name", "day", "items")
SALES = """
    SELECT * FROM (VALUES
        ('f1', 1, NULL, 1, 'A', '10', ' Ann  Lee Smith', '01.02.2025', [1, 2]),
        ('f1', 2, NULL, 1, 'B', 'x',  'Bob',             '2025-03-04', []),
        ('f2', 3, NULL, 1, 'A', '30', NULL,              'nope',       [3]),
        ('f2', 4, NULL, 1, NULL, NULL, 'Cem',            NULL,         NULL)
    ) AS t (_arrival, _n, _fate, _weight, order_id, amount, name, day, items)
"""


@dataclass(frozen=True)
class Outcome:
    """Rows behind the steps: those that are fit, those that are refused, and the counts."""

    columns: tuple[str, ...]
    fit: list[tuple[Any, ...]]
    refused: list[tuple[int, str, str]]  # number, rule, column
    counts: dict[str, int]


CUSTOMERS = "SELECT * FROM (VALUES ('A', 'gold'), ('C', 'tin')) AS t (id, segment)"


def take(steps: Sequence[Step], sql: str = SALES, columns: Sequence[str] = COLUMNS) -> Outcome:
    """Take rows through steps that tell their fate."""
    own = "_arrival, _n, _fate, _weight"
    query = parse_one(f"SELECT {own}, {', '.join(columns)} FROM ({sql})", dialect="duckdb")
    other = Reference(parse_one(CUSTOMERS, dialect="duckdb"), ("id", "segment"))
    rows = Rows(
        query,
        tuple(columns),
        telling=True,
        references={"customers": other},
        types={"place": parse_type("struct<city:text,zip:text>")},
    )
    return _outcome(through(rows, steps))


def watch(checks: Sequence[Check]) -> Outcome:
    """Look at the rows with checks that tell their fate."""
    own = "_arrival, _n, _fate, _weight"
    query = parse_one(f"SELECT {own}, {', '.join(COLUMNS)} FROM ({SALES})", dialect="duckdb")
    return _outcome(watched(Rows(query, COLUMNS, telling=True), checks))


def _outcome(rows: Rows) -> Outcome:
    connection = duckdb.connect()
    connection.execute("SET VARIABLE salt = 'pepper'")
    for counter in rows.counters:
        connection.execute(f"CREATE TEMP SEQUENCE {counter.name}")
    for cut in rows.cuts:
        connection.execute(f"CREATE TEMP TABLE {cut.name} AS {cut.query.sql('duckdb')}")
    found = connection.execute(rows.query.sql("duckdb")).fetchall()
    fates = [(row[1], *(row[2] or "").split("\x1f")) for row in found]
    counts = _counts(connection, rows)
    for _, kind, *_rest in fates:
        if kind not in {"", "refused"}:
            counts[kind] = counts.get(kind, 0) + 1
    weights = {
        "exploded": sum(row[3] == 0 for row in found),
        "aggregated": sum(max(row[3] - 1, 0) for row in found),
    }
    counts |= {kind: counts.get(kind, 0) + count for kind, count in weights.items() if count}
    fit = [row[len(rows.own) :] for row in found if row[2] is None]
    refused = [(n, *rest) for n, kind, *rest in fates if kind == "refused"]
    return Outcome(rows.columns, fit, refused, counts)


def _counts(connection: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, int]:
    last = dict(
        connection.execute("SELECT sequence_name, last_value FROM duckdb_sequences()").fetchall()
    )
    return {counter.counts: last[counter.name] or 0 for counter in rows.counters}


def stop(steps: Sequence[Step] = (), checks: Sequence[Check] = ()) -> str:
    """Take rows through what ends the query at the first flaw; what it said."""
    query = parse_one(f"SELECT _arrival, {', '.join(COLUMNS)} FROM ({SALES})", dialect="duckdb")
    rows = watched(through(Rows(query, COLUMNS, telling=False), steps), checks)
    with pytest.raises(duckdb.Error) as error:
        duckdb.connect().execute(rows.query.sql("duckdb")).fetchall()
    return str(error.value)
