"""Records that were read one by one, checked and staged as Parquet in the scratch folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.exact import ClockReading
from headwater.adapters.duckdb.plain.infer import fits
from headwater.adapters.duckdb.plain.plan import Plan, Settled
from headwater.adapters.duckdb.plain.refusals import Refusals, Refused
from headwater.adapters.duckdb.source import Source
from headwater.errors import EngineError
from headwater.model.feed import OnBadValue
from headwater.reading.names import clean_names
from headwater.reading.piece import Piece
from headwater.shape.table import PROVENANCE

GROUP_BYTES = 32 * 1024 * 1024
GROUP_PIECES = 400
_LINE_BYTES = 17 * 1024 * 1024  # a record of 16 MiB and its index
_SHOWN = 80
_INDEX = "headwater index"
_FILE = "headwater file"
_BAD = "headwater bad"
_RECORD = "headwater record"


@dataclass(slots=True)
class Tally:
    """What became of one source's records."""

    counted: int = 0
    staged: int = 0
    bad_values: int = 0  # made null, as the feed wants it


@dataclass(slots=True)
class Shape:
    """What pieces have in common that are staged together."""

    columns: tuple[str, ...]  # of delimited text; () for JSON
    delimiter: str | None


@dataclass(slots=True)
class Stage:
    """Where staged rows lie, and what is known of their columns."""

    connection: duckdb.DuckDBPyConnection
    plan: Plan
    refusals: Refusals
    scratch: Path
    clock: ClockReading
    tallies: dict[str, Tally] = field(default_factory=dict)  # by arrival
    files: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # columns seen, in the order of the files
    json_kinds: dict[str, set[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _held: list[tuple[Source, Piece]] = field(default_factory=list)
    _held_bytes: int = 0
    _shape: Shape | None = None
    _count: int = 0

    def take(self, source: Source, piece: Piece, shape: Shape) -> None:
        """Take a piece; it is staged together with others of its shape."""
        tally = self.tallies.setdefault(source.input.arrival, Tally())
        tally.counted += piece.count + len(piece.refused)
        for each in piece.refused:
            self.refusals.add(
                source.input, Refused(each.line, each.column, each.raw, each.code, each.message)
            )
        if not piece.count:
            return
        if self._shape is not None and self._shape != shape:
            self.flush()
        self._shape = shape
        self._held.append((source, piece))
        self._held_bytes += len(piece.text)
        if self._held_bytes >= GROUP_BYTES or len(self._held) >= GROUP_PIECES:
            self.flush()

    def flush(self) -> None:
        """Stage what is held."""
        held, shape = self._held, self._shape
        self._held, self._held_bytes, self._shape = [], 0, None
        if not held or shape is None:
            return
        folder = self.scratch / "pieces"
        folder.mkdir(exist_ok=True)
        paths = []
        for number, (_, piece) in enumerate(held):
            path = folder / f"{number}.txt"
            path.write_bytes(piece.text)
            paths.append(path)
        columns = self._read(paths, shape)
        self._settle(held, columns)
        for path in paths:
            path.unlink()

    def _read(self, paths: Sequence[Path], shape: Shape) -> dict[str, str]:
        """Put the pieces into the table `piece`; its columns, and the text expression of each."""
        files = quote.texts(str(path) for path in paths)
        options = f"{files}, header = false, auto_detect = false, filename = {quote.text(_FILE)}, "
        longest = max(path.stat().st_size for path in paths)
        line_bytes = min(longest + 1, _LINE_BYTES)
        options += f"max_line_size = {line_bytes}, buffer_size = {max(2 * line_bytes, 1 << 16)}, "
        if shape.delimiter is not None:
            named = [f"c{place}" for place in range(len(shape.columns))]
            kinds = quote.struct((name, "'VARCHAR'") for name in (_INDEX, *named))
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE piece AS SELECT * FROM read_csv({options} "
                f"delim = {quote.text(shape.delimiter)}, quote = '\"', escape = '\"', "
                f"new_line = '\\n', strict_mode = false, null_padding = false, columns = {kinds})"
            )
            return dict(zip(shape.columns, named, strict=True))
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE piece AS SELECT split_part(line, chr(9), 1) AS "
            f"{quote.name(_INDEX)}, substr(line, instr(line, chr(9)) + 1) AS "
            f"{quote.name(_RECORD)}, {quote.name(_FILE)} FROM read_csv({options} "
            "delim = chr(1), quote = '', escape = '', new_line = '\\n', "
            "columns = {'line': 'VARCHAR'})"
        )
        return self._json_columns()

    def _json_columns(self) -> dict[str, str]:
        record = quote.name(_RECORD)
        self.connection.execute(
            f"SELECT key, min(place) FROM (SELECT unnest(json_keys({record})) AS key, "
            f"generate_subscripts(json_keys({record}), 1) AS place FROM piece) "
            "GROUP BY key ORDER BY 2, 1"
        )
        originals = [row[0] for row in self.connection.fetchall()]
        cleaned, notes = clean_names(originals)
        self.notes += [note for note in notes if note not in self.notes]
        pointers = [_pointer(original) for original in originals]
        for start in range(0, len(originals), 50):
            chosen = pointers[start : start + 50]
            asked = ", ".join(f"list(DISTINCT json_type({record}, {p}))" for p in chosen)
            self.connection.execute(f"SELECT {asked} FROM piece")
            kinds = self.connection.fetchone() or ()
            for name, found in zip(cleaned[start : start + 50], kinds, strict=True):
                seen = self.json_kinds.setdefault(name, set())
                seen.update(kind for kind in found if kind not in {None, "NULL"})
        return {
            name: f"json_extract_string({record}, {pointer})"
            for name, pointer in zip(cleaned, pointers, strict=True)
        }

    def _settle(self, held: Sequence[tuple[Source, Piece]], columns: dict[str, str]) -> None:
        """Write good rows to a staged file; refuse those with bad values."""
        kept = self.plan.kept(columns)
        self.names += [name for name in kept if name not in self.names]
        settled = {name: self.plan.settled(name) for name in kept}
        values, verdicts = [], []
        for name in kept:
            value, verdict = _cell(columns[name], settled[name], self.clock)
            verdicts += [] if verdict is None else [(name, verdict)]
            if verdict is not None and self.plan.feed.on_bad_value is OnBadValue.NULL:
                value = f"CASE WHEN {verdict} THEN {value} END"
            values.append(f"{value} AS {quote.name(_called(name, settled[name]))}")
        verdicts += [(name, "false") for name in self.plan.required(list(columns))]
        arrivals = quote.texts(source.input.arrival for source, _ in held)
        number = f"CAST(parse_filename({quote.name(_FILE)}, true) AS INTEGER)"
        bad = _first_bad(verdicts)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE judged AS SELECT *, {number} AS n, {bad} AS "
            f"{quote.name(_BAD)} FROM piece"
        )
        self._refuse(held, columns, [name for name, _ in verdicts], settled)
        path = str(self.scratch / f"staged-{self._count:05d}.parquet")
        self._count += 1
        where = self._keeps()
        self.connection.execute(
            f"COPY (SELECT {', '.join([*values, f'{arrivals}[n + 1] AS {PROVENANCE}'])} "
            f"FROM judged WHERE {where}) TO {quote.text(path)} (FORMAT parquet, COMPRESSION lz4)"
        )
        self.connection.execute(f"SELECT n, count(*) FROM judged WHERE {where} GROUP BY n")
        for place, count in self.connection.fetchall():
            self.tallies[held[place][0].input.arrival].staged += count
        self.connection.execute("DROP TABLE judged; DROP TABLE piece")
        self.files.append(path)

    def _keeps(self) -> str:
        """Which judged rows are written: all, where bad values become null."""
        if self.plan.feed.on_bad_value is not OnBadValue.NULL:
            return f"{quote.name(_BAD)} IS NULL"
        required = [c.name for c in self.plan.feed.schema.columns if not c.nullable]
        names = ", ".join(quote.text(name) for name in required)
        bad = quote.name(_BAD)
        return f"({bad} IS NULL OR {bad} NOT IN ({names}))" if required else "true"

    def _refuse(
        self,
        held: Sequence[tuple[Source, Piece]],
        columns: dict[str, str],
        names: Sequence[str],
        settled: dict[str, Settled | None],
    ) -> None:
        shown = [
            f"WHEN {quote.text(name)} THEN {columns[name]}" for name in names if name in columns
        ]
        value = f"CASE {quote.name(_BAD)} {' '.join(shown)} END" if shown else "NULL"
        self.connection.execute(
            f"SELECT n, CAST({quote.name(_INDEX)} AS BIGINT), {quote.name(_BAD)}, {value} "
            f"FROM judged WHERE {quote.name(_BAD)} IS NOT NULL ORDER BY 1, 2"
        )
        required = {c.name for c in self.plan.feed.schema.columns if not c.nullable}
        null_values = self.plan.feed.on_bad_value is OnBadValue.NULL
        while rows := self.connection.fetchmany(1_000):
            for place, index, name, text in rows:
                source, piece = held[place]
                if null_values and name not in required:
                    self.tallies[source.input.arrival].bad_values += 1
                    continue
                found = settled.get(name)
                code, message = _reason(name, found, text)
                self.refusals.add(
                    source.input,
                    Refused(piece.line_of(index), name, piece.raw_of(index), code, message),
                )

    def require_all(self, source: Source) -> None:
        """Every record that was handed over was staged or refused; DuckDB has lost none."""
        tally = self.tallies.get(source.input.arrival, Tally())
        refused = self.refusals.count(source.input)
        if tally.counted != tally.staged + refused:
            raise EngineError(
                f"{source.input.key}: {tally.counted} records were read, but {tally.staged} staged "
                f"and {refused} refused",
                hint="nothing was written; report the file",
            )


def _cell(text: str, settled: Settled | None, clock: ClockReading) -> tuple[str, str | None]:
    """A cell's staged value, and the condition under which it is good; None: always."""
    if settled is None:
        return text, None
    made, good = fits(settled.column.type, settled.fit, text, clock)
    if not settled.column.nullable:
        good = f"({text} IS NOT NULL AND {good})"
    return made.final, good


def _called(name: str, settled: Settled | None) -> str:
    return name if settled is None else settled.column.name


def _first_bad(verdicts: Sequence[tuple[str, str]]) -> str:
    cases = [f"WHEN NOT ({good}) THEN {quote.text(name)}" for name, good in verdicts]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _reason(name: str, found: Settled | None, text: Any) -> tuple[str, str]:
    if text is None:
        return "null", f"{name!r} is empty, and it is declared not null"
    kind = found.column.type if found is not None else "text"
    shown = str(text) if len(str(text)) <= _SHOWN else f"{str(text)[:_SHOWN]}..."
    return "type", f"{shown!r} in column {name!r} is not a {kind}"


def _pointer(key: str) -> str:
    return quote.text("/" + key.replace("~", "~0").replace("/", "~1"))
