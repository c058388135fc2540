"""A job from beginning to end: recognise, read, settle types, write, count."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.exact import ClockReading, Fit, duck_type
from headwater.adapters.duckdb.plain import parquet
from headwater.adapters.duckdb.plain.infer import fits, infer
from headwater.adapters.duckdb.plain.parts import Target, Written, discard, partition_columns, write
from headwater.adapters.duckdb.plain.plan import Plan, schema_of
from headwater.adapters.duckdb.plain.refusals import Refusals, Refused
from headwater.adapters.duckdb.plain.stage import Shape, Stage, Tally
from headwater.adapters.duckdb.session import session
from headwater.adapters.duckdb.source import Source, open_sources, refused
from headwater.errors import EngineError
from headwater.model.arrival import Cause
from headwater.model.feed import Format, OnBadValue
from headwater.model.progress import Progress
from headwater.model.receipt import Books
from headwater.model.types import TEXT, Schema, Type
from headwater.points import point
from headwater.ports.engine import Conversion, Fate, InputResult, Job
from headwater.reading.array import careful_array
from headwater.reading.careful import careful_delimited
from headwater.reading.inflate import blocks
from headwater.reading.lines import careful_ndjson
from headwater.reading.piece import Piece
from headwater.reading.unreadable import Unreadable
from headwater.shape.table import PROVENANCE

Tell = Callable[[Progress], None]


def convert(job: Job, tell: Tell) -> Conversion:
    """Convert a job's files; leave nothing in the scratch folder."""
    scratch = Path(job.scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        with session(job.limits, scratch) as connection:
            return _Conversion(job, tell, connection, scratch).run()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Conversion:
    """One job under way."""

    def __init__(
        self, job: Job, tell: Tell, connection: duckdb.DuckDBPyConnection, scratch: Path
    ) -> None:
        self.job = job
        self.tell = tell
        self.connection = connection
        self.plan = Plan(job.feed, job.table_schema)
        self.clock = ClockReading(job.feed.timezone)
        self.refusals = Refusals(scratch)
        self.stage = Stage(connection, self.plan, self.refusals, scratch, self.clock)
        self.direct: dict[str, parquet.Direct] = {}
        self.scratch = scratch
        self.done_bytes = 0

    def run(self) -> Conversion:
        sources, results = open_sources(self.job)
        read = [source for source in sources if self._read(source, results)]
        self.stage.flush()
        for source in read:
            self._judge(source, results)
        good = [source for source in read if source.place not in results]
        written, schema = self._write(good)
        point("src.recheck")
        changed = [source for source in good if not source.unchanged]
        if changed:
            discard(written.parts, Path(self.job.table_location))
            raise EngineError(
                f"{changed[0].input.key} changed while it was read",
                hint="nothing was committed; the next attempt takes it as it is then",
            )
        for source in good:
            results[source.place] = self._result(source, written)
        names = self.refusals.write(self.connection, self.job.refusals_location, self.job.attempt)
        return Conversion(
            results=tuple(results[place] for place in range(len(self.job.inputs))),
            parts=written.parts,
            schema=schema,
            refusals=names,
            engine=f"duckdb {duckdb.__version__}, careful",
            notes=tuple(self.stage.notes),
        )

    def _read(self, source: Source, results: dict[int, InputResult]) -> bool:
        """Read one source into the stage; False where it is refused whole."""
        try:
            if source.found.format is Format.PARQUET:
                self._take_parquet(source)
            else:
                self._take_pieces(source)
        except Unreadable as refusal:
            self._refuse(source, refusal.cause, results)
            return False
        self.done_bytes += source.input.size_bytes
        total = sum(each.size_bytes for each in self.job.inputs)
        rows = sum(tally.counted for tally in self.stage.tallies.values())
        place, files = source.place + 1, len(self.job.inputs)
        name = self.job.feed.name
        self.tell(Progress("converting", name, self.done_bytes, total, rows, place, files))
        return True

    def _take_parquet(self, source: Source) -> None:
        direct = parquet.look(self.connection, source, self.plan, self.clock)
        self.direct[source.input.arrival] = direct
        parquet.refuse_rows(self.connection, direct, self.refusals)

    def _take_pieces(self, source: Source) -> None:
        names = source.found.columns
        if source.delimited and (cause := self.plan.refusal(names)) is not None:
            raise Unreadable(cause.code, cause.message)
        shape = Shape(names, source.dialect.delimiter) if source.delimited else Shape((), None)
        for piece in _pieces(source):
            point("src.mid")
            self.stage.take(source, piece, shape)

    def _judge(self, source: Source, results: dict[int, InputResult]) -> None:
        """Refuse a source whole whose refused rows are too many, or not to be borne at all."""
        feed = self.job.feed
        self._require_complete(source)
        count, counted = self.refusals.count(source.input), self._counted(source)
        values = dict(self.refusals.reasons(source.input)).keys() & {"type", "null", "lossy"}
        if feed.on_bad_value is OnBadValue.FAIL and values:
            text = "it has values that do not fit, and the feed says on_bad_value: fail"
            self._refuse(source, Cause("bad_value", text), results)
        elif count and feed.max_bad.exceeded(refused=count, counted=counted):
            text = f"{count:,} of its {counted:,} rows are refused, more than max_bad allows"
            self._refuse(source, Cause("too_many_bad", text), results)
        elif source.found.format in {Format.JSON, Format.NDJSON}:
            cause = self.plan.refusal(self.stage.names) if self.stage.names else None
            if cause is not None and counted > count:
                self._refuse(source, cause, results)

    def _require_complete(self, source: Source) -> None:
        if source.input.arrival not in self.direct:
            self.stage.require_all(source)

    def _refuse(self, source: Source, cause: Cause, results: dict[int, InputResult]) -> None:
        self.refusals.add(source.input, Refused(None, None, None, cause.code, cause.message))
        results[source.place] = refused(source.input, cause, tuple(source.notes))

    def _counted(self, source: Source) -> int:
        direct = self.direct.get(source.input.arrival)
        if direct is not None:
            return direct.counted
        return self.stage.tallies.get(source.input.arrival, Tally()).counted

    def _result(self, source: Source, written: Written) -> InputResult:
        notes = list(source.notes)
        tally = self.stage.tallies.get(source.input.arrival, Tally())
        if tally.bad_values:
            notes.append(f"{tally.bad_values} rows have values that were made null")
        return InputResult(
            arrival=source.input.arrival,
            fate=Fate.READ,
            books=Books(
                counted=self._counted(source),
                written=written.rows[source.input.arrival],
                quarantined=self.refusals.count(source.input),
            ),
            notes=tuple(notes),
            reasons=self.refusals.reasons(source.input),
        )

    def _write(self, good: list[Source]) -> tuple[Written, Schema]:
        """Types for every column, then one COPY of everything that is good."""
        staged = quote.texts(self.stage.files)
        reader = f"read_parquet({staged}, union_by_name = true)"
        types = self._types(reader)
        direct = [d for s in good if (d := self.direct.get(s.input.arrival)) is not None]
        for each in direct:
            types = each.agree(types, self.plan)
        names = list(dict.fromkeys([*self.stage.names, *(n for d in direct for n in d.names)]))
        called = [self._called(name) for name in names]
        schema = schema_of(called, types, self.job.table_schema)
        selects = [d.select(types, schema) for d in direct]
        if self.stage.files:
            selects.append(self._staged_select(reader, types, good))
        if not selects or not types:
            return Written((), Counter()), schema
        empty = ", ".join(
            f"NULL::{duck_type(c.type)} AS {quote.name(c.name)}" for c in schema.columns
        )
        selects.insert(0, f"SELECT {empty}, NULL::VARCHAR AS {PROVENANCE} WHERE false")
        landed = f"MAP({{{', '.join(self._landed(good))}}})[{PROVENANCE}]"
        extra = partition_columns(self.job.feed.partition, landed)
        whole = " UNION ALL BY NAME ".join(f"({select})" for select in selects)
        columns = [*_row_columns(schema, self.job), PROVENANCE, *extra]
        target = Target(
            self.job.feed,
            self.job.attempt,
            Path(self.job.table_location),
            self.job.limits.partitions,
        )
        return write(self.connection, f"SELECT {', '.join(columns)} FROM ({whole})", target), schema

    def _landed(self, good: Iterable[Source]) -> list[str]:
        pairs = [
            f"{quote.text(s.input.arrival)}: DATE '{s.input.landed_at:%Y-%m-%d}'" for s in good
        ]
        return pairs or ["'': NULL::DATE"]

    def _types(self, reader: str) -> dict[str, Type]:
        """The type of each column that has one: settled, or found in the staged text."""
        found: dict[str, Type] = {}
        open_names = []
        for name in self.stage.names:
            settled = self.plan.settled(name)
            if settled is not None:
                found[settled.column.name] = settled.column.type
            else:
                open_names.append(name)
        if open_names and self.stage.files:
            inferred = infer(
                self.connection,
                reader,
                open_names,
                json_kinds=self.stage.json_kinds,
                clock=self.clock,
            )
            for name, kind in inferred.items():
                if kind is None:
                    self.stage.notes.append(f"column {name!r} has no value yet and is left out")
                else:
                    found[name] = kind
        return found

    def _called(self, name: str) -> str:
        settled = self.plan.settled(name)
        return name if settled is None else settled.column.name

    def _staged_select(self, reader: str, types: dict[str, Type], good: list[Source]) -> str:
        chosen = []
        for name in self.stage.names:
            column = quote.name(self._called(name))
            if self.plan.settled(name) is not None:
                chosen.append(column)
            elif name in types:
                chosen.append(f"{_typed(types[name], column, self.clock)} AS {column}")
        arrivals = ", ".join(quote.text(source.input.arrival) for source in good) or "''"
        return (
            f"SELECT {', '.join([*chosen, PROVENANCE])} FROM {reader} "
            f"WHERE {PROVENANCE} IN ({arrivals})"
        )


def _typed(kind: Type, column: str, clock: ClockReading) -> str:
    if kind == TEXT:
        return column
    made, _ = fits(kind, Fit.LOSSLESS, column, clock)
    return made.final


def _row_columns(schema: Schema, job: Job) -> list[str]:
    """Columns of the rows; an empty text that names a partition is null to Delta's readers."""
    partitions = {
        by.column.lower() for by in job.feed.partition if by.function == "column" and by.column
    }
    return [
        f"nullif(CAST({quote.name(c.name)} AS VARCHAR), '') AS {quote.name(c.name)}"
        if c.name.lower() in partitions
        else quote.name(c.name)
        for c in schema.columns
    ]


def _pieces(source: Source) -> Iterable[Piece]:
    content = blocks(source.path, source.found.compression)
    if source.delimited:
        return careful_delimited(content, source.found)
    if source.found.format is Format.NDJSON:
        return careful_ndjson(content)
    return careful_array(content)
