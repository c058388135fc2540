"""Sources of one shape as a relation of raw cells: _arrival, c0, c1 and so on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from threading import Event

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.columns.naming import Pairs
from headwater.adapters.duckdb.columns.numbers import Numbers
from headwater.adapters.duckdb.sources.feeding import (
    JOINED_BYTES,
    Findings,
    joined,
    look_through,
    names_alone,
    names_needed,
    one,
)
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.adapters.duckdb.sources.virtual import Stream, VirtualFiles, grouped
from headwater.model.feed import Format
from headwater.ports.engine import Limits

INDEX = "_n"
"""The first column of a piece: the number of each of its records."""

_BUFFER_BYTES = 32 * 1024 * 1024
_AROUND_BYTES = 1024 * 1024  # of a record in a piece, for its index and how it is spelled
_COUNTED_KEYS = 100
_ROW_NUMBER = "file_row_number"  # DuckDB's column, which a file may have one of the name of


@dataclass(frozen=True, slots=True)
class Shape:
    """What sources have in common that are read together."""

    format: Format
    columns: tuple[str, ...]  # names of the cells, as tables have them
    keys: tuple[str, ...] = ()  # of JSON objects and Parquet files: the cells' own names
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"
    numbers: Numbers = field(default_factory=Numbers)  # of delimited cells
    nulls: tuple[str, ...] = ()  # bare cells that stand for null, where DuckDB reads them itself
    natives: tuple[str, ...] = ()  # of Parquet: DuckDB's types
    strict: bool = False  # of JSON: every object has all keys and no other
    complete: bool = False  # of JSON: these are all keys there are, as every object was asked
    texts: bool = False  # of JSON: its strings are texts as delimited cells are, and no more
    rename: Pairs = ()  # as the feed says
    renamed: Pairs = ()  # of the columns
    _places: dict[str, int] = field(init=False, compare=False, repr=False, default_factory=dict)

    @property
    def delimited(self) -> bool:
        """Whether it is CSV or TSV."""
        return self.format in {Format.CSV, Format.TSV}

    @property
    def json(self) -> bool:
        """Whether it is JSON of either kind."""
        return self.format in {Format.JSON, Format.NDJSON}

    @property
    def typed(self) -> bool:
        """Whether it is JSON that tells numbers from strings."""
        return self.json and not self.texts

    def find(self, name: str) -> int | None:
        """The place of a column, whatever its case."""
        if not self._places:
            every = reversed(list(enumerate(self.columns)))
            self._places.update((each.lower(), place) for place, each in every)
        return self._places.get(name.lower())


@dataclass(slots=True)
class Group:
    """Sources of one shape."""

    shape: Shape
    sources: list[Source]


@dataclass(slots=True)
class Reader:
    """Makes relations, and keeps what their streams noticed."""

    virtual: VirtualFiles
    limits: Limits
    interrupt: Callable[[], None]  # ends the query that reads
    factor: int = 12  # how much packed files are expected to inflate at most
    findings: Findings = field(default_factory=Findings)
    streams: list[Stream] = field(default_factory=list)
    lenient: bool = False  # whether what cannot be read is left out, for the books to find out
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _looks: list[Future[None]] = field(default_factory=list)
    _hurry: Event = field(default_factory=Event)

    def cells(
        self, group: Group, raw: frozenset[int] = frozenset(), only: frozenset[int] | None = None
    ) -> str:
        """SQL of the group's raw cells; those of JSON in `raw` as JSON text, else unquoted.

        Only: what of JSON is taken apart at all.
        """
        if group.shape.format is Format.PARQUET:
            return _union(parquet_cells(group.shape, source) for source in group.sources)
        if group.shape.json:
            return json_cells(group.shape, self.records(group), raw, only=only)
        return self.records(group)

    def records(self, group: Group) -> str:
        """SQL of _arrival and the cells of a delimited text, or the line of a JSON one."""
        return _union(self._records(group))

    def text(
        self,
        shape: Shape,
        stream: Stream,
        before: Sequence[str] = (),
        nulls: Sequence[str] = (),
    ) -> str:
        """SQL of a stream of delimited or JSON records with further columns before theirs.

        Nulls are for text as files have it; in pieces, null cells are empty.
        """
        return self._read(shape, stream.paths, before=before, nulls=nulls)

    @contextmanager
    def leniently(self) -> Iterator[None]:
        """Relations that never fail over what they read.

        A COPY to Parquet of DuckDB 2.0 may wait for ever once its CSV reader has failed: some
        runs in a hundred do, on two threads. So for a COPY, records that cannot be read are
        left out, and the counts tell that they are missing.
        """
        self.lenient = True
        try:
            yield
        finally:
            self.lenient = False

    @property
    def faults(self) -> list[BaseException]:
        """What kept streams from being read to their ends."""
        for stream in self.streams:
            stream.wait()
        return [stream.fault for stream in self.streams if stream.fault is not None]

    def stream(self, pieces: Iterable[bytes], names: int) -> Stream:
        """A stream that lives until `drop`."""
        stream = self.virtual.stream(lambda: pieces, names, quiet=self.lenient)
        self.streams.append(stream)
        return stream

    def drop(self, *, hurried: bool = False) -> None:
        """End all streams, and wait for what is found out beside them.

        Hurried, where they are read anew anyway: what takes long is then not found out.
        """
        self.virtual.drop(self.streams)
        self.streams.clear()
        if hurried:
            self._hurry.set()
        for look in self._looks:
            look.result()
        self._looks.clear()
        self._hurry.clear()

    @property
    def bytes_read(self) -> int:
        """How much the streams have handed out."""
        return sum(stream.bytes_read for stream in self.streams)

    def _records(self, group: Group) -> Iterator[str]:
        for way, each in groupby(group.sources, key=lambda source: source.way):
            sources = list(each)
            if way is Way.JOINED:
                yield self._joined(group.shape, sources)
            else:
                for source in sources:
                    yield self._single(group.shape, source)

    def _look(self, source: Source) -> None:
        look_through(source, self.findings, self._hurry.is_set)
        if source.place in self.findings.unsound:
            self.interrupt()  # what is being read of it will not be taken

    def _joined(self, shape: Shape, sources: list[Source]) -> str:
        names = sum(names_needed(source, self.factor) - 4 for source in sources) + 4
        names += sum(source.input.size_bytes for source in sources) * self.factor // JOINED_BYTES
        pieces = grouped(joined(sources, self.findings), JOINED_BYTES)
        return self.text(shape, self.stream(pieces, names), ("_arrival",), shape.nulls)

    def _single(self, shape: Shape, source: Source) -> str:
        if source.way is Way.DIRECT:
            header = shape.delimited and source.dialect.header
            read = self._read(shape, [str(source.path)], header=header, nulls=shape.nulls)
            self._looks.append(self._beside.submit(self._look, source))
        else:
            stream = self.stream(one(source, self.findings), names_alone(source, self.factor))
            read = self.text(shape, stream, nulls=shape.nulls)
        return f"SELECT {quote.text(source.input.arrival)} AS _arrival, * FROM ({read})"

    def _read(
        self,
        shape: Shape,
        paths: Sequence[str],
        *,
        header: bool = False,
        before: Sequence[str] = (),
        nulls: Sequence[str] = (),
    ) -> str:
        cells = [f"c{i}" for i in range(len(shape.columns))] if shape.delimited else ["line"]
        columns = ", ".join(f"{name}: 'VARCHAR'" for name in (*before, *cells))
        mark = shape.quote if shape.delimited else ""
        longest = max(self.limits.cell_bytes, 1 << 20)
        if INDEX in before:
            longest += _AROUND_BYTES  # its reader has seen to the length of a record
        options = {
            "columns": "{" + columns + "}",
            "auto_detect": "false",
            "header": str(header).lower(),
            "delim": quote.text(shape.delimiter),
            "quote": quote.text(mark),
            "escape": quote.text(mark),
            "strict_mode": "true",
            "null_padding": "false",
            "allow_quoted_nulls": "false",
            "ignore_errors": str(self.lenient).lower(),
            "max_line_size": str(longest),
            "buffer_size": str(max(_BUFFER_BYTES, longest)),
        }
        if shape.delimited and shape.newline == "\n":
            options["new_line"] = r"'\n'"  # else it is guessed, from inside quotes as well
        if INDEX in before:
            options["filename"] = "true"  # it says little without its piece
        if nulls:
            options["nullstr"] = quote.texts(("", *nulls))
        words = ", ".join(f"{key} = {value}" for key, value in options.items())
        return f"SELECT * FROM read_csv({quote.texts(paths)}, {words})"


def json_cells(
    shape: Shape,
    records: str,
    raw: frozenset[int],
    keep: str = "_arrival",
    only: frozenset[int] | None = None,
) -> str:
    """SQL that takes JSON lines apart; a line that is no object gives a flaw, not a row."""
    taken = [(i, key) for i, key in enumerate(shape.keys) if only is None or i in only]
    fields = ", ".join(_field(key, is_raw=i in raw) for i, key in taken)
    transform = "json_transform_strict" if shape.strict else "json_transform"
    made = f"{transform}(line, {quote.text('{' + fields + '}')})" if taken else "line"
    cells = "".join(
        f", s[{quote.text(key)}]{'::VARCHAR' if i in raw else ''} AS c{i}" for i, key in taken
    )
    keys, odd = _odd(shape, counted=len(taken) == len(shape.keys) <= _COUNTED_KEYS)
    flaw = f"CASE WHEN s IS NULL OR {odd} THEN error('flaw: no object') ELSE {keep} END AS {keep}"
    inner = f"SELECT {keep}, {made} AS s{keys} FROM ({records}) WHERE line IS NOT NULL"
    return f"SELECT {flaw}{cells} FROM ({inner})"


def _odd(shape: Shape, *, counted: bool) -> tuple[str, str]:
    """Whether a line has a key that is not known, or one twice; and what of it that asks."""
    if shape.complete:
        return "", "false"
    if shape.strict or not shape.keys:
        # Strict is strict about keys that are missing or there twice; whether there is one more,
        # their number tells.
        return ", len(json_keys(line)) AS keys", f"keys != {len(shape.keys)}"
    known = quote.texts(shape.keys)
    odd = f"len(list_distinct(keys)) != len(keys) OR NOT list_has_all({known}, keys)"
    if counted:
        # As many values as keys leave none to ask about, and that is quickly seen.
        values = " + ".join(f"(s[{quote.text(key)}] IS NOT NULL)::INTEGER" for key in shape.keys)
        odd = f"CASE WHEN len(keys) = {values} THEN false ELSE {odd} END"
    return ", json_keys(line) AS keys", f"({odd})"


def _field(key: str, *, is_raw: bool) -> str:
    return f"{json.dumps(key)}: {json.dumps('JSON' if is_raw else 'VARCHAR')}"


def parquet_cells(shape: Shape, source: Source) -> str:
    """SQL of a Parquet file's columns and the number of each row."""
    cells = "".join(f", {quote.name(key)} AS c{i}" for i, key in enumerate(shape.keys))
    arrival = quote.text(source.input.arrival)
    path = quote.text(str(source.path))
    if _ROW_NUMBER in {key.lower() for key in shape.keys}:
        number, asked = "row_number() OVER () - 1", ""
    else:
        number, asked = _ROW_NUMBER, f"{_ROW_NUMBER} = true, "
    return (
        f"SELECT {arrival} AS _arrival, {number} AS _row{cells} FROM read_parquet({path}, "
        f"{asked}hive_partitioning = false)"
    )


def _union(selects: Iterable[str]) -> str:
    return " UNION ALL ".join(selects)
