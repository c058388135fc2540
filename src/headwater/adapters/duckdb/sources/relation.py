"""Sources of one shape as a relation of raw cells: _arrival, c0, c1 and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from threading import Event

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.fault import translated
from headwater.adapters.duckdb.sources.cells import json_cells, parquet_cells
from headwater.adapters.duckdb.sources.feeding import (
    JOINED_BYTES,
    Findings,
    joined,
    look_through,
    names_alone,
    names_needed,
    one,
)
from headwater.adapters.duckdb.sources.lines import Unsound
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.adapters.duckdb.sources.virtual import Stream, VirtualFiles, grouped
from headwater.model.feed import Format
from headwater.ports.engine import Limits
from headwater.reading.unreadable import Unreadable

INDEX = "_n"
"""The first column of a piece: the number of each of its records."""

_BUFFER_BYTES = 32 * 1024 * 1024
_AROUND_BYTES = 1024 * 1024  # of a record in a piece, for its index and how it is spelled


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
    scratch: Path
    factor: int = 12  # how much packed files are expected to inflate at most
    findings: Findings = field(default_factory=Findings)
    streams: list[Stream] = field(default_factory=list)
    lenient: bool = False  # whether what cannot be read is left out, for the books to find out
    laid_bytes: int = 0  # read so far of a source whose records are laid down
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _looks: list[Future[None]] = field(default_factory=list)
    _hurry: Event = field(default_factory=Event)
    _laid: dict[tuple[int, ...], Path] = field(default_factory=dict)

    def cells(
        self, group: Group, raw: frozenset[int] = frozenset(), only: frozenset[int] | None = None
    ) -> str:
        """SQL of the group's raw cells; those of JSON in `raw` as JSON text, else unquoted.

        Only: what of JSON is taken apart at all, and what of very many columns is chosen.
        """
        if group.shape.format is Format.PARQUET:
            return _union(parquet_cells(group.shape, source) for source in group.sources)
        if group.shape.json:
            return json_cells(group.shape, self.records(group), raw, only=only)
        return self.records(group, only)

    def records(self, group: Group, only: frozenset[int] | None = None) -> str:
        """SQL of _arrival and the cells of a delimited text, or the line of a JSON one."""
        return _union(self._records(group, only))

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

    def laid_text(self, shape: Shape, paths: Sequence[Path]) -> str:
        """SQL of records that lie in files, each with its number before its cells."""
        return self._read(shape, [str(path) for path in paths], before=(INDEX,))

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
        """How much the streams have handed out, and was read record by record."""
        return self.laid_bytes + sum(stream.bytes_read for stream in self.streams)

    def _records(self, group: Group, only: frozenset[int] | None) -> Iterator[str]:
        for way, each in groupby(group.sources, key=lambda source: source.way):
            sources = list(each)
            if way is Way.JOINED:
                yield _chosen(group.shape, self._joined(group.shape, sources), only)
            else:
                for source in sources:
                    read, arrival = self._single(group.shape, source), source.input.arrival
                    yield _chosen(group.shape, read, only, quote.text(arrival))

    def _look(self, source: Source) -> None:
        look_through(source, self.findings, self._hurry.is_set)
        if source.place in self.findings.unsound:
            self.interrupt()  # what is being read of it will not be taken

    def _joined(self, shape: Shape, sources: list[Source]) -> str:
        if shape.wide:
            path = self._lay(sources, lambda: joined(sources, self.findings))
            return self._read(shape, [str(path)], before=("_arrival",), nulls=shape.nulls)
        names = sum(names_needed(source, self.factor) - 4 for source in sources) + 4
        names += sum(source.input.size_bytes for source in sources) * self.factor // JOINED_BYTES
        pieces = grouped(joined(sources, self.findings), JOINED_BYTES)
        return self.text(shape, self.stream(pieces, names), ("_arrival",), shape.nulls)

    def _single(self, shape: Shape, source: Source) -> str:
        if source.way is Way.DIRECT:
            header = shape.delimited and source.dialect.header
            read = self._read(shape, [str(source.path)], header=header, nulls=shape.nulls)
            self._looks.append(self._beside.submit(self._look, source))
        elif shape.wide:
            path = self._lay([source], lambda: one(source, self.findings))
            read = self._read(shape, [str(path)], nulls=shape.nulls)
        else:
            stream = self.stream(one(source, self.findings), names_alone(source, self.factor))
            read = self.text(shape, stream, nulls=shape.nulls)
        return read

    def _lay(self, sources: Sequence[Source], made: Callable[[], Iterable[bytes]]) -> Path:
        """The file that a text of very many columns is laid in, to be read for some after others.

        For such a text, a name costs DuckDB more than to read what is under it.
        """
        places = tuple(source.place for source in sources)
        if places in self._laid:
            return self._laid[places]
        path = self.scratch / f"text-{len(self._laid)}"
        try:
            with path.open("wb") as file:
                file.writelines(made())
        except (Unsound, Unreadable, OSError) as fault:
            path.unlink(missing_ok=True)
            raise translated(fault) from fault
        self._laid[places] = path
        return path

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


def _union(selects: Iterable[str]) -> str:
    return " UNION ALL ".join(selects)


def _chosen(
    shape: Shape, read: str, only: frozenset[int] | None, arrival: str | None = None
) -> str:
    """What is read behind its arrival; of very many columns only some, as a star takes long."""
    before = "_arrival" if arrival is None else f"{arrival} AS _arrival"
    if shape.wide and only is not None:
        cells = "".join(f", c{i}" for i in sorted(only))
        return f"SELECT {before}{cells} {read.removeprefix('SELECT * ')}"
    return read if arrival is None else f"SELECT {before}, * FROM ({read})"
