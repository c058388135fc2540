"""Rows with values that do not fit: which they are, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.cellfile import ROW, CellFile
from headwater.adapters.duckdb.careful.paged import paged
from headwater.adapters.duckdb.careful.refusals import Refused
from headwater.adapters.duckdb.columns.plan import Plan, Target

_SHOWN = 80
_RAW_LETTERS = 64 * 1024
_FACTS = "m.first AS first, m.text AS text, m.empty AS empty, m.bad AS bad, m.raw AS raw"
_DATES = frozenset({"date", "timestamp", "timestamp_ntz"})


@dataclass(frozen=True, slots=True)
class Misfits:
    """Rows of `tolerant` that do not fit; `rows` is what follows FROM, where they are asked for."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    rows: str = ""

    def kept(self, file: CellFile, asked: str) -> Iterator[Refused]:
        """Those of a file of cells, in order."""
        found, places = tee(self._found(asked))
        for row, (line, raw) in zip(found, file.find(row[0] for row in places), strict=True):
            yield self._refused(row, line, raw)

    def packed(self, asked: str) -> Iterator[Refused]:
        """Those of a Parquet file, in order; its texts stand for a row."""
        for row in self._found(asked):
            yield self._refused(row, row[0] + 1, row[5])

    def question(self, place: str, raw: str, *, forgiven: bool = False) -> str:
        """SQL of each row's place, its first bad value, and how many there are."""
        misfit = misfit_of(self.plan, raw, forgiven=forgiven)
        rows = f"SELECT {place} AS place, {misfit} AS m FROM {self.rows}"
        return f"SELECT place, {_FACTS} FROM ({rows})"

    def _found(self, asked: str) -> Iterator[tuple[Any, ...]]:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE misfits AS {asked}")
        yield from paged(self.connection, "misfits")

    def _refused(self, row: tuple[Any, ...], line: int, raw: str) -> Refused:
        _, first, text, is_no_value, bad, _ = row
        target = self.plan.targets[first - 1]
        code, message = _reason(target, text, is_no_value=is_no_value)
        if bad > 1:
            message += f"; {bad - 1} more of its values are bad"
        return Refused(line, target.name, raw, code, message)


def told_by(staged: Path) -> str:
    """SQL of what a file says of the rows in it that are not fit."""
    file = f"read_parquet({quote.text(str(staged))})"
    rows = f"SELECT {ROW}.place AS place, {ROW}.misfit AS m FROM {file}"
    return f"SELECT place, {_FACTS} FROM ({rows}) WHERE m IS NOT NULL"


def misfit_of(plan: Plan, raw: str, *, forgiven: bool = False) -> str:
    """SQL of what is said of a row that is not fit: its first bad value, and how many there are.

    Forgiven: a bad value is no fault where a column may be null.
    """
    count = range(len(plan.targets))
    oks = ", ".join(
        "true" if forgiven and target.nullable else f"coalesce(ok{n}, false)"
        for n, target in enumerate(plan.targets)
    )
    texts = ", ".join(f"left(t{n}::VARCHAR, {_SHOWN + 1})" for n in count)
    empty = ", ".join(f"v{n} IS NULL" for n in count)
    first = f"list_position([{oks}], false)"
    return (
        f"{{first: {first}, text: [{texts}][{first}], empty: [{empty}][{first}], "
        f"bad: len(list_filter([{oks}], lambda ok: NOT ok)), raw: {raw}}}"
    )


def packed_text(plan: Plan) -> str:
    """SQL of all values of a row as one text."""
    texts = ", ".join(f"coalesce(t{n}::VARCHAR, '')" for n in range(len(plan.targets)))
    return f"left(concat_ws(', ', {texts}), {_RAW_LETTERS})"


def _reason(target: Target, text: str | None, *, is_no_value: bool) -> tuple[str, str]:
    if text is None:
        return "null", f"{target.name!r} is empty, and it is declared not null"
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    kind = "null" if target.type is None else str(target.type)
    code = ("bad_date" if kind in _DATES else "type") if is_no_value else "lossy"
    return code, f"{shown!r} in column {target.name!r} is not a {kind}"
