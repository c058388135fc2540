"""Rows with values that do not fit: which they are, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import tee
from typing import Any

import duckdb

from headwater.adapters.duckdb.careful.cellfile import PLACE, CellFile
from headwater.adapters.duckdb.careful.paged import paged
from headwater.adapters.duckdb.careful.refusals import Refused
from headwater.adapters.duckdb.columns.plan import Plan, Target

_SHOWN = 80
_RAW_LETTERS = 64 * 1024
_ROW = "_row"
_DATES = frozenset({"date", "timestamp", "timestamp_ntz"})


@dataclass(frozen=True, slots=True)
class Misfits:
    """The rows of `tolerant` that are not written; `rows` is what follows FROM."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    rows: str
    forgiven: bool = False  # a bad value is no fault where a column may be null

    def kept(self, file: CellFile, asked: str | None = None) -> Iterator[Refused]:
        """Those of a file of cells, in order; of a question that was asked otherwise."""
        found, places = tee(self._found(asked or self.question(PLACE, "NULL")))
        for row, (line, raw) in zip(found, file.find(row[0] for row in places), strict=True):
            yield self._refused(row, line, raw)

    def packed(self) -> Iterator[Refused]:
        """Those of a Parquet file, in order; its texts stand for a row."""
        texts = [f"coalesce(t{n}::VARCHAR, '')" for n in range(len(self.plan.targets))]
        raw = f"left(concat_ws(', ', {', '.join(texts)}), {_RAW_LETTERS})"
        for row in self._found(self.question(_ROW, raw)):
            yield self._refused(row, row[0] + 1, row[5])

    def question(self, place: str, raw: str) -> str:
        """SQL of each row's place, its first bad value, and how many there are."""
        count = range(len(self.plan.targets))
        oks = ", ".join(
            "true" if self.forgiven and target.nullable else f"coalesce(ok{n}, false)"
            for n, target in enumerate(self.plan.targets)
        )
        texts = ", ".join(f"left(t{n}::VARCHAR, {_SHOWN + 1})" for n in count)
        empty = ", ".join(f"v{n} IS NULL" for n in count)
        return (
            f"SELECT {place} AS place, first, [{texts}][first] AS text, [{empty}][first] AS empty, "
            "len(list_filter(oks, lambda ok: NOT ok)) AS bad, raw FROM (SELECT *, "
            f"list_position(oks, false) AS first FROM (SELECT *, [{oks}] AS oks, {raw} AS raw "
            f"FROM {self.rows}))"
        )

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


def _reason(target: Target, text: str | None, *, is_no_value: bool) -> tuple[str, str]:
    if text is None:
        return "null", f"{target.name!r} is empty, and it is declared not null"
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    kind = "null" if target.type is None else str(target.type)
    code = ("bad_date" if kind in _DATES else "type") if is_no_value else "lossy"
    return code, f"{shown!r} in column {target.name!r} is not a {kind}"
