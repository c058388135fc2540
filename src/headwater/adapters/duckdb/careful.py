"""The careful path: record by record where the bytes are damaged, value by value where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.evidence import Evidence, Observer
from headwater.adapters.duckdb.plan import Plan, Target
from headwater.adapters.duckdb.project import finals, raw_cells, tolerant
from headwater.adapters.duckdb.refusals import Refusals, Refused
from headwater.adapters.duckdb.relation import Group, Reader, Shape, json_cells, parquet_cells
from headwater.adapters.duckdb.shapes import json_shape
from headwater.adapters.duckdb.source import Source
from headwater.adapters.duckdb.virtual import Stream
from headwater.model.arrival import Cause
from headwater.model.feed import Feed, Format, OnBadValue
from headwater.points import point
from headwater.reading.pieces.piece import Piece
from headwater.reading.records import records
from headwater.reading.unreadable import Unreadable

Answer = TypeVar("Answer")
_SHOWN = 80
_FIRST_ROWS = 2_000  # of which the types are guessed, to be asked of all
_DENSE = frozenset({Format.AVRO, Format.ORC, Format.EXCEL})  # packed by themselves
_DENSE_GROWTH = 200
_NAMES = 1_000_000 // 8  # pieces of eight megabytes: a terabyte


@dataclass(slots=True)
class Staged:
    """What became of one source: files of typed rows, and its books."""

    source: Source
    paths: list[Path] = field(default_factory=list)
    counted: int = 0
    refused: int = 0
    bad_values: int = 0  # of the refused
    nulled: int = 0
    cause: Cause | None = None


@dataclass(slots=True)
class Careful:
    """Reads single sources carefully."""

    connection: duckdb.DuckDBPyConnection
    reader: Reader
    feed: Feed
    scratch: Path

    def look(self, group: Group, known: frozenset[str]) -> dict[str, Evidence]:
        """Evidence of cells of no known column; of JSON, the keys first.

        Unreadable refuses the source.
        """
        source = group.sources[0]
        if group.shape.json and not source.found.columns:
            keys = self._keys(source)
            group.shape = json_shape(keys, uniform=False, texts=group.shape.texts)
        shape, names = group.shape, [name.lower() for name in group.shape.columns]
        every = frozenset(range(len(names)) if shape.typed else ())

        def over(ask: Callable[[str], Answer], rows: int | None = None) -> Answer:
            some = "" if rows is None else f" LIMIT {rows}"
            return self._over(
                shape, source, every, lambda relation: ask(f"SELECT * FROM ({relation}){some}")
            )

        cells = [i for i, name in enumerate(names) if name not in known]
        first = Observer(self.connection, partial(over, rows=_FIRST_ROWS), json=shape.typed)
        guesses = first.observe(cells, {})
        found = Observer(self.connection, over, json=shape.typed).observe(cells, guesses)
        return {names[i]: each for i, each in found.items()}

    def stage(self, group: Group, plan: Plan, refusals: Refusals) -> Staged:
        """Write the rows that are fit, and hand the others to the refusals."""
        source = group.sources[0]
        staged = Staged(source)
        try:
            if group.shape.format is Format.PARQUET:
                self._stage_parquet(group.shape, plan, refusals, staged)
            else:
                for piece in pieces(source):
                    self._stage_piece(group.shape, plan, refusals, (staged, piece))
                    point("src.mid")
        except Unreadable as refusal:
            staged.cause = refusal.cause
        staged.cause = staged.cause or self._verdict(staged)
        if staged.cause is not None:
            for path in staged.paths:
                path.unlink()
            staged.paths.clear()
        return staged

    def _verdict(self, staged: Staged) -> Cause | None:
        if self.feed.on_bad_value is OnBadValue.FAIL and staged.bad_values:
            return Cause(
                "bad_value",
                f"{staged.bad_values:,} of its {staged.counted:,} rows have values that do not "
                "fit, and the feed says on_bad_value: fail",
            )
        if self.feed.max_bad.exceeded(refused=staged.refused, counted=staged.counted):
            return Cause(
                "too_many_bad",
                f"{staged.refused:,} of its {staged.counted:,} rows are refused, "
                "more than max_bad allows",
            )
        return None

    def _keys(self, source: Source) -> list[str]:
        found = self._over(
            Shape(Format.NDJSON, (), delimiter="\t"),
            source,
            None,
            lambda relation: self.connection.execute(
                "SELECT key FROM (SELECT unnest(keys) AS key, n, generate_subscripts(keys, 1) AS i "
                f"FROM (SELECT json_keys(line) AS keys, _n::BIGINT AS n FROM ({relation}))) "
                "GROUP BY key ORDER BY min(n), min(i), key"
            ).fetchall(),
        )
        return [row[0] for row in found]

    def _over(
        self,
        shape: Shape,
        source: Source,
        raw: frozenset[int] | None,
        ask: Callable[[str], Answer],
    ) -> Answer:
        """Ask one question over all pieces of a source; of JSON without `raw`, of its lines."""
        fault: list[Unreadable] = []

        def texts() -> Iterator[bytes]:
            try:
                for piece in pieces(source):
                    yield piece.text
            except Unreadable as refusal:
                fault.append(refusal)
                raise

        stream = self.reader.stream(texts(), _names(source))
        try:
            return ask(self._relation(shape, raw, stream))
        except duckdb.Error:
            if fault:
                raise fault[0] from None
            raise
        finally:
            self.reader.drop()

    def _relation(self, shape: Shape, raw: frozenset[int] | None, stream: Stream) -> str:
        if shape.json:
            lines = self.reader.text(replace(shape, delimiter="\t"), stream, before=("_n",))
            return lines if raw is None else json_cells(shape, lines, raw, keep="_n")
        plain = replace(shape, newline="\n", quote='"')  # as pieces are, whatever the source is
        return self.reader.text(plain, stream, before=("_n",))

    def _stage_piece(
        self, shape: Shape, plan: Plan, refusals: Refusals, what: tuple[Staged, Piece]
    ) -> None:
        staged, piece = what
        each = staged.source.input
        staged.counted += piece.count + len(piece.refused)
        staged.refused += len(piece.refused)
        for one in piece.refused:
            refusals.add(each, Refused(one.line, one.column, one.raw, one.code, one.message))
        if not piece.count:
            return
        stream = self.reader.stream(iter([piece.text]), 1)
        try:
            relation = self._relation(shape, raw_cells(shape, plan), stream)
            rows = tolerant(shape, plan, self.feed, relation, before=("_n",))
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE piece AS {rows}")
        finally:
            self.reader.drop()
        for row in self._bad(plan, "_n"):
            index = int(row[0])
            staged.refused += 1
            staged.bad_values += 1
            bad = _refused(plan, row, piece.line_of(index), piece.raw_of(index))
            refusals.add(each, bad)
        self._write(shape, plan, staged, "piece")

    def _stage_parquet(self, shape: Shape, plan: Plan, refusals: Refusals, staged: Staged) -> None:
        source = staged.source
        staged.counted = source.counted or 0
        rows = tolerant(shape, plan, self.feed, parquet_cells(shape, source), before=("_row",))
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE piece AS {rows}")
        for row in self._bad(plan, "_row"):
            staged.refused += 1
            staged.bad_values += 1
            raw = ", ".join("" if value is None else str(value) for value in row[2::3])
            refusals.add(source.input, _refused(plan, row, int(row[0]) + 1, raw))
        self._write(shape, plan, staged, "piece")

    def _bad(self, plan: Plan, number: str) -> list[tuple[Any, ...]]:
        cells = "".join(f", ok{n}, t{n}, v{n} IS NULL" for n in range(len(plan.targets)))
        return self.connection.execute(
            f"SELECT {number}{cells} FROM piece WHERE NOT ({self._fit(plan)}) "
            f"ORDER BY {number}::BIGINT"
        ).fetchall()

    def _fit(self, plan: Plan) -> str:
        """Whether a row is written: every value fits, or may become null."""
        nulls = self.feed.on_bad_value is OnBadValue.NULL
        asked = [f"ok{n}" for n, t in enumerate(plan.targets) if not (nulls and t.nullable)]
        return " AND ".join(asked) or "true"

    def _write(self, shape: Shape, plan: Plan, staged: Staged, table: str) -> None:
        columns = finals(shape, plan, self.feed)
        rows = f"{table} WHERE {self._fit(plan)}"
        if self.feed.on_bad_value is OnBadValue.NULL:
            staged.nulled += self._nulled(plan)
            kept = ", ".join(
                f"CASE WHEN ok{n} THEN v{n} END AS v{n}, ok{n}, t{n}"
                for n in range(len(plan.targets))
            )
            rows = f"(SELECT {kept} FROM {rows})"
        path = self.scratch / f"staged-{staged.source.place}-{len(staged.paths)}.parquet"
        arrival = quote.text(staged.source.input.arrival)
        self.connection.execute(
            f"COPY (SELECT {arrival} AS _arrival{columns} FROM {rows}) TO "
            f"{quote.text(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        staged.paths.append(path)

    def _nulled(self, plan: Plan) -> int:
        bad = " + ".join(f"(NOT ok{n})::INTEGER" for n in range(len(plan.targets))) or "0"
        row = self.connection.execute(
            f"SELECT coalesce(sum({bad}), 0) FROM piece WHERE {self._fit(plan)}"
        ).fetchone()
        return int(row[0]) if row else 0


def pieces(source: Source) -> Iterator[Piece]:
    """The source's records, clean ones and refused ones."""
    return records(source.path, source.found, repairs=source.repairs)


def _names(source: Source) -> int:
    wrapping = source.found.wrapping
    growth = _DENSE_GROWTH if source.found.format in _DENSE else 8 if wrapping.is_packed else 1
    text = source.input.size_bytes * growth * wrapping.growth
    return min(_NAMES, text // (1 << 20) + 64)


def _refused(plan: Plan, row: tuple[Any, ...], line: int, raw: str) -> Refused:
    """The refusal of a row: its first bad value, and how many more there are."""
    bad = [n for n in range(len(plan.targets)) if not row[1 + 3 * n]]
    first = plan.targets[bad[0]]
    _, text, is_no_value = row[1 + 3 * bad[0] : 4 + 3 * bad[0]]
    code, message = _reason(first, text, is_no_value=is_no_value)
    if len(bad) > 1:
        message += f"; {len(bad) - 1} more of its values are bad"
    return Refused(line, first.name, raw, code, message)


def _reason(target: Target, text: object, *, is_no_value: bool) -> tuple[str, str]:
    if text is None:
        return "null", f"{target.name!r} is empty, and it is declared not null"
    shown = str(text) if len(str(text)) <= _SHOWN else f"{str(text)[:_SHOWN]}..."
    kind = target.type if target.type is not None else "null"
    code = "type" if is_no_value else "lossy"
    return code, f"{shown!r} in column {target.name!r} is not a {kind}"
