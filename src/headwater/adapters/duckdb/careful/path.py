"""The careful path: record by record where the bytes are damaged, value by value where they lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.careful.apart import Apart
from headwater.adapters.duckdb.careful.cellfile import (
    GROUP_ROWS,
    PLACE,
    ROW,
    CellFile,
    CellFiles,
    staging,
)
from headwater.adapters.duckdb.careful.misfits import Misfits, misfit_of, packed_text, told_by
from headwater.adapters.duckdb.careful.refusals import Refusals
from headwater.adapters.duckdb.columns.evidence import Evidence
from headwater.adapters.duckdb.columns.observer import Answers, Observer
from headwater.adapters.duckdb.columns.plan import Plan
from headwater.adapters.duckdb.columns.project import finals, mended, raw_cells, tolerant
from headwater.adapters.duckdb.columns.widening import Growth, Trial
from headwater.adapters.duckdb.parts.wide import is_wide
from headwater.adapters.duckdb.session import orderly
from headwater.adapters.duckdb.sources.cells import parquet_cells
from headwater.adapters.duckdb.sources.relation import Group, Reader
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.shapes import json_shape
from headwater.adapters.duckdb.sources.source import Source
from headwater.model.amount import counted, is_or_are
from headwater.model.arrival import Cause
from headwater.model.feed import Feed, Format, OnBadValue
from headwater.reading.unreadable import Unreadable
from headwater.shape.table import PROVENANCE

_MENDING = frozenset({OnBadValue.NULL, OnBadValue.RESCUE})
_LARGE_BYTES = 16 * 1024 * 1024  # less is written and read again at no cost
_MOST_RESCUED = 900  # columns that bad values are rescued of: DuckDB takes no longer sums
_FIRST_ROWS = 2_000  # of which the types are guessed, to be asked of all


@dataclass(slots=True)
class Staged:
    """What became of one source: where its typed rows are, and its books."""

    source: Source
    paths: list[Path] = field(default_factory=list)
    judged: Path | None = None  # where all its rows are, and of each whether it is fit
    select: str | None = None  # of rows that all should fit, and were not written for themselves
    counted: int = 0
    refused: int = 0
    bad_values: int = 0  # of the refused
    nulled: int = 0
    notes: list[str] = field(default_factory=list)  # besides those of the source
    cause: Cause | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there are no rows of it."""
        return not self.paths and self.judged is None and self.select is None

    def drop(self) -> None:
        """Remove what was written."""
        for path in (*self.paths, *((self.judged,) if self.judged else ())):
            path.unlink()
        self.paths.clear()
        self.judged = None


@dataclass(slots=True)
class Careful:
    """Reads single sources carefully."""

    connection: duckdb.DuckDBPyConnection
    reader: Reader
    feed: Feed
    scratch: Path
    numbered: bool = False  # whether rows go on with their places, for steps that refuse some
    _files: dict[int, CellFile] = field(default_factory=dict)
    guessed: set[int] = field(default_factory=set)  # sources of which only first rows were asked
    doubted: set[int] = field(default_factory=set)  # sources of which some rows did not fit
    _observed: dict[int, frozenset[str]] = field(default_factory=dict)  # of sources: columns

    def look(self, group: Group, known: frozenset[str]) -> dict[str, Evidence]:
        """Evidence of cells of no known column; of JSON, the keys first.

        Of a large file the first rows are asked; if others are not like them, it is doubted.
        Unreadable refuses the source.
        """
        source = group.sources[0]
        if group.shape.json and not source.found.columns:
            keys = self._keys(self.file_of(group))
            texts, rename = group.shape.texts, group.shape.rename
            group.shape = json_shape(keys, uniform=False, complete=True, texts=texts, rename=rename)
        shape, names = group.shape, [name.lower() for name in group.shape.columns]

        def over(
            ask: Callable[[str], Answers], asked: frozenset[int], rows: int | None = None
        ) -> Answers:
            some = "" if rows is None else f" LIMIT {rows}"
            raw = asked if shape.typed else frozenset[int]()
            made = self.file_of(group).cells(shape, raw, only=asked)
            return ask(f"SELECT * FROM ({made}){some}")

        cells = [i for i, name in enumerate(names) if name not in known]
        every_row = Observer(self.connection, over, json=shape.typed, numbers=shape.numbers)
        some = partial(over, rows=_FIRST_ROWS)
        guesses = replace(every_row, over=some, side_by_side=0).observe(cells, {})
        file = self.file_of(group)
        few = file.clean <= _FIRST_ROWS  # which were all asked
        self.guessed.discard(source.place)
        if not few and not known and self._may_guess(file):
            self.guessed.add(source.place)
        enough = few or source.place in self.guessed
        found = guesses if enough else every_row.observe(cells, guesses)
        self._observed[source.place] = frozenset(names[i] for i in cells)
        return {names[i]: each for i, each in found.items()}

    def growth(self, group: Group, trial: Trial) -> dict[str, Growth]:
        """What the values of columns are that might become wider for them."""
        cells = self.file_of(group).cells(trial.shape, raw_cells(trial.shape, trial.plan))
        asked = trial.question(self.feed, cells, single=group.sources[0].input.arrival)
        row = self.connection.execute(asked).fetchone()
        return trial.answer(row) if row else {}

    def stage(self, group: Group, plan: Plan, refusals: Refusals) -> Staged:
        """Write the rows that are fit, and hand the others to the refusals."""
        staged = Staged(group.sources[0])
        try:
            self._stage(group, plan, refusals, staged)
        except Unreadable as refusal:
            staged.cause = refusal.cause
        staged.cause = staged.cause or self._verdict(staged)
        if staged.cause is not None:
            staged.drop()
        return staged

    def _stage(self, group: Group, plan: Plan, refusals: Refusals, staged: Staged) -> None:
        shape, source = group.shape, staged.source
        told = Misfits(self.connection, plan)
        if self.feed.on_bad_value is OnBadValue.RESCUE and len(plan.targets) > _MOST_RESCUED:
            raise Unreadable(
                "too_wide",
                f"some of it is damaged, and of rows with {len(plan.targets):,} columns no bad "
                f"value can be rescued, of up to {_MOST_RESCUED} it can; set on_bad_value: "
                "quarantine or null",
            )
        if shape.format is Format.PARQUET:
            staged.counted = source.counted or 0
            rows = tolerant(shape, plan, self.feed, parquet_cells(shape, source), before=(ROW,))
            path, _ = self._write((shape, plan), rows, staged)
            bad = told.packed(told_by(path))
        else:
            file = self.file_of(group)
            staged.counted, staged.refused = file.clean + file.refused, file.refused
            staged.cause = file.misshapen
            refusals.add_all(file.refusals)
            staged.notes += file.notes
            if self._is_apart(file, plan):
                self._stage_apart((shape, plan), file, refusals, staged)
                return
            cells = file.cells(shape, raw_cells(shape, plan))
            rows = tolerant(shape, plan, self.feed, cells, before=(PLACE,))
            if self._all_should_fit(file, shape, plan):
                staged.select = self._rows((shape, plan), rows, staged)
                return
            path, understood = self._write((shape, plan), rows, staged, file.group_rows)
            file.require(understood)
            bad = told.kept(file, told_by(path))
        for each in bad:
            refusals.add(source.input, each)
            staged.bad_values += 1
        staged.refused += staged.bad_values

    def _is_apart(self, file: CellFile, plan: Plan) -> bool:
        """Whether its rows are written some columns after the others."""
        rescues = self.feed.on_bad_value is OnBadValue.RESCUE
        return file.wide and not self.numbered and not rescues and is_wide(self.feed, plan)

    def _stage_apart(
        self, of: tuple[Shape, Plan], file: CellFile, refusals: Refusals, staged: Staged
    ) -> None:
        forgives = self.feed.on_bad_value in _MENDING
        apart = Apart(self.connection, self.reader.limits, self.feed, file, *of, forgives)
        if unfit := apart.look():
            for bad in apart.told():
                refusals.add(staged.source.input, bad)
        staged.nulled += apart.nulled()
        staged.paths += apart.write(self.scratch, f"staged-{staged.source.place}")
        staged.bad_values = unfit
        staged.refused += unfit

    def _all_should_fit(self, file: CellFile, shape: Shape, plan: Plan) -> bool:
        """Whether the types were made from its values, so that to count is enough of a check."""
        observed = self._observed.get(file.source.place, frozenset())
        return self._may_guess(file) and all(
            each.nullable and (shape.find(each.name) is None or each.name.lower() in observed)
            for each in plan.targets
        )

    def _may_guess(self, file: CellFile) -> bool:
        """Whether it is worth while to write all rows and see by their number that each fitted."""
        return (
            not self.numbered
            and file.size_bytes >= _LARGE_BYTES
            and file.source.place not in self.doubted
            and self.feed.on_bad_value not in _MENDING
        )

    def file_of(self, group: Group) -> CellFile:
        """What was read of a group's one source; it is read when it is first asked for."""
        source = group.sources[0]
        if source.place not in self._files:
            files = CellFiles(self.connection, self.reader, self.scratch)
            self._files[source.place] = files.read(source, group.shape)
        return self._files[source.place]

    def _verdict(self, staged: Staged) -> Cause | None:
        if self.feed.on_bad_value is OnBadValue.FAIL and staged.bad_values:
            return Cause(
                "bad_value",
                f"values in {staged.bad_values:,} of its {counted(staged.counted, 'row')} do not "
                "fit, and the feed says on_bad_value: fail",
            )
        if self.feed.max_bad.exceeded(refused=staged.refused, counted=staged.counted):
            return too_many(staged.refused, staged.counted)
        return None

    def _keys(self, file: CellFile) -> list[str]:
        """All keys of objects, in the order of their first appearance."""
        found = self.connection.execute(
            "SELECT key FROM (SELECT unnest(keys) AS key, n, generate_subscripts(keys, 1) AS i "
            f"FROM (SELECT json_keys(line) AS keys, min({PLACE}) AS n FROM ({file.rows()}) "
            "GROUP BY keys)) GROUP BY key ORDER BY min(n), min(i), key"
        ).fetchall()
        return [row[0] for row in found]

    def _judged(self, plan: Plan, rows: str, place: str) -> str:
        """SQL of rows, and of each whether it is written: every value fits, or may become null.

        DuckDB hands a filter down to where it reads, and makes each row's values once for every
        condition; but not past what may raise, though it never does.
        """
        nulls = self.feed.on_bad_value in _MENDING
        asked = [f"ok{n}" for n, t in enumerate(plan.targets) if not (nulls and t.nullable)]
        fit = " AND ".join(asked) or "true"
        fit = f"CASE WHEN {place} < 0 THEN error('no place') ELSE {fit} END"
        return f"SELECT *, {fit} AS fit FROM ({rows})"

    def _write(
        self, of: tuple[Shape, Plan], rows: str, staged: Staged, group_rows: int = GROUP_ROWS
    ) -> tuple[Path, int]:
        """Write all rows, and of those that are not fit why; where, and how many there are."""
        path = self.scratch / f"staged-{staged.source.place}.parquet"
        select, limits = self._rows(of, rows, staged, whole=True), self.reader.limits
        with orderly(self.connection, limits):
            row = self.connection.execute(
                f"COPY ({select}) TO {quote.text(str(path))} ({staging(limits, group_rows)})"
            ).fetchone()
        staged.judged = path
        return path, int(row[0]) if row else 0

    def _rows(
        self, of: tuple[Shape, Plan], rows: str, staged: Staged, *, whole: bool = False
    ) -> str:
        """SQL of the rows that are fit, as they are written; whole: of all, and why one is not."""
        shape, plan = of
        place = ROW if shape.format is Format.PARQUET else PLACE
        judged = self._judged(plan, rows, place)
        own = f"{quote.text(staged.source.input.arrival)} AS {PROVENANCE}"
        told = ""
        if whole:
            raw = packed_text(plan) if shape.format is Format.PARQUET else "NULL::VARCHAR"
            why = misfit_of(plan, raw, forgiven=self.feed.on_bad_value in _MENDING)
            told = f"{{place: {place}, misfit: CASE WHEN fit THEN NULL ELSE {why} END}} AS told"
            own += f", told AS {ROW}"
            judged = f"SELECT *, {told} FROM ({judged})"
        else:
            judged = f"FROM ({judged}) WHERE fit"
        if self.feed.on_bad_value in _MENDING:
            staged.nulled += self._nulled(plan, f"({judged}) WHERE fit")
            kept = "fit, told, " if whole else "fit, "
            judged = f"SELECT {kept}{mended(shape, plan, self.feed)} FROM ({judged})"
        return f"SELECT {own}{finals(shape, plan, self.feed, 'fit')} FROM ({judged})"

    def _nulled(self, plan: Plan, rows: str) -> int:
        bad = " + ".join(f"(NOT ok{n})::INTEGER" for n in range(len(plan.targets))) or "0"
        row = self.connection.execute(f"SELECT coalesce(sum({bad}), 0) FROM {rows}").fetchone()
        return int(row[0]) if row else 0


def too_many(refused: int, rows: int) -> Cause:
    """Why a file is refused of which the feed allows fewer refused rows."""
    what = (
        f"{refused:,} of its {counted(rows, 'row')} {is_or_are(refused)} refused, "
        "more than max_bad allows"
    )
    return Cause("too_many_bad", what)
