"""The inputs of a job that can be read, and what became of those that cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from headwater.adapters.duckdb.alike import Alike
from headwater.errors import MissingExtra
from headwater.model.arrival import Cause
from headwater.model.feed import Feed, Format, Ragged
from headwater.ports.engine import Fate, Input, InputResult, Job
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.repair import Repairs
from headwater.reading.recognise import Found, recognise
from headwater.reading.source import source_stamp
from headwater.reading.told import Told
from headwater.reading.unreadable import Unreadable

SMALL_BYTES = 4 * 1024 * 1024
_COUNTED = frozenset({Format.CSV, Format.TSV, Format.NDJSON})
"""Formats whose records can be counted without reading them, and that DuckDB reads itself."""


class Way(Enum):
    """How a source's bytes get to DuckDB."""

    DIRECT = "direct"  # DuckDB opens the file itself
    PIECES = "pieces"  # it is inflated, or looked through, ahead
    JOINED = "joined"  # it is small and read together with others
    CAREFUL = "careful"  # record by record


@dataclass(slots=True)
class Source:
    """One input that is there and was recognised."""

    place: int  # in the job's inputs
    input: Input
    path: Path
    found: Found
    way: Way
    counted: int | None  # records without the header, once that is known
    notes: list[str] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)  # of records read carefully

    @property
    def dialect(self) -> Dialect:
        """How it is spelled, if it is delimited."""
        return self.found.dialect or Dialect(",")

    @property
    def delimited(self) -> bool:
        """Whether it is CSV or TSV."""
        return self.found.format in {Format.CSV, Format.TSV}

    @property
    def width(self) -> int:
        """How many cells a record has, if it is delimited."""
        return len(self.found.columns)

    def with_header(self, records: int) -> int:
        """How many records there are with the header, of so many without."""
        return records + (self.dialect.heads if self.delimited else 0)

    @property
    def unchanged(self) -> bool:
        """Whether the file is still the one that was registered."""
        return _fate(self.input) is None


def open_sources(job: Job) -> tuple[list[Source], dict[int, InputResult]]:
    """The inputs that can be read, and the results of the others by their place."""
    sources: list[Source] = []
    results: dict[int, InputResult] = {}
    alike = Alike()
    for place, each in enumerate(job.inputs):
        fate = _fate(each)
        if fate is not None:
            results[place] = InputResult(each.arrival, fate)
            continue
        try:
            found = _found(each, job.feed, alike)
        except Unreadable as refusal:
            results[place] = refused(each, refusal.cause)
        except MissingExtra as missing:
            cause = Cause("extra", f"{missing.message}; {missing.hint}")
            results[place] = refused(each, cause)
        except OSError as error:
            results[place] = refused(
                each, Cause("unreadable", f"it cannot be read: {error.strerror}")
            )
        else:
            sources.append(_source(place, each, found, job.feed))
    return sources, results


def _found(each: Input, feed: Feed, alike: Alike) -> Found:
    path = Path(each.location)
    if each.size_bytes > SMALL_BYTES:
        return found_as(path, feed)
    found = alike.find(path)
    if found is None:
        found = found_as(path, feed)
        alike.learn(path, found)
    return found


def found_as(path: Path, feed: Feed) -> Found:
    """What a file of this feed is. Unreadable, MissingExtra."""
    told = Told(
        delimiter=feed.delimiter,
        header_rows=feed.header,
        skip_lines=feed.skip,
        columns=feed.schema.names(),
        lenient=feed.lenient,
    )
    return recognise(
        path,
        feed.format,
        encoding=feed.encoding,
        member=feed.member,
        told=told,
        selection=feed.selection,
    )


def refused(each: Input, cause: Cause, notes: tuple[str, ...] = ()) -> InputResult:
    """The result of an input that is refused whole."""
    return InputResult(each.arrival, Fate.REFUSED, cause=cause, notes=notes)


def _fate(each: Input) -> Fate | None:
    """What happened to the file since it was registered, if anything did."""
    try:
        status = Path(each.location).stat()
    except (FileNotFoundError, NotADirectoryError):
        return Fate.GONE
    return None if source_stamp(status) == each.stamp else Fate.CHANGED


def _source(place: int, each: Input, found: Found, feed: Feed) -> Source:
    counted = each.records
    if counted is not None and found.dialect is not None:
        counted = _rows(counted, found.dialect)
    if found.format not in _COUNTED or not found.wrapping.counts_as_it_lies:
        counted = None
    path = Path(each.location)
    way = _way(each, found, known=counted is not None)
    repairs = Repairs(pad=feed.ragged is Ragged.PAD, lenient=feed.lenient)
    return Source(place, each, path, found, way, counted, list(found.notes), repairs)


def _rows(records: int, dialect: Dialect) -> int | None:
    """The rows among records that were counted as if all of the file were the table.

    None where some may be none, or where the quotes are others than was thought.
    """
    table_alone = not dialect.skip_lines and not dialect.drop_bytes
    if not table_alone or dialect.quote != '"':
        return None
    return max(records - dialect.heads, 0)


def _way(each: Input, found: Found, *, known: bool) -> Way:
    if found.format is Format.PARQUET:
        return Way.DIRECT
    if found.format not in _COUNTED or (found.dialect and not found.dialect.is_fast):
        return Way.CAREFUL
    if each.size_bytes <= SMALL_BYTES:
        return Way.JOINED
    if not found.wrapping.is_plain or not known:
        return Way.PIECES
    dialect = found.dialect
    return Way.PIECES if dialect and (dialect.skip_bytes or dialect.heads > 1) else Way.DIRECT
