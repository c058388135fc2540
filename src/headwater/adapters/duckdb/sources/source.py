"""The inputs of a job that can be read, and what became of those that cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from headwater.adapters.duckdb.columns.naming import names_in_files
from headwater.adapters.duckdb.columns.numbers import Numbers
from headwater.adapters.duckdb.sources.alike import Alike
from headwater.adapters.duckdb.sources.manners import Manners
from headwater.errors import MissingExtra
from headwater.model.arrival import Cause
from headwater.model.feed import DecimalMark, Feed, Format, Ragged
from headwater.model.manner import Manner, customary
from headwater.ports.engine import Fate, Input, InputResult, Job
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.repair import Repairs
from headwater.reading.recognise import Found, recognise
from headwater.reading.source import source_stamp
from headwater.reading.told import Told
from headwater.reading.typed.batches import TYPED
from headwater.reading.unreadable import Unreadable

SMALL_BYTES = 4 * 1024 * 1024
_COUNTED = frozenset({Format.CSV, Format.TSV, Format.NDJSON})
"""Formats whose records can be counted without reading them, and that DuckDB reads itself."""


class Way(Enum):
    """How a source's bytes get to DuckDB."""

    DIRECT = "direct"  # DuckDB opens the file itself
    PIECES = "pieces"  # it is inflated, looked through, or made lines of, ahead
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
    numbers: Numbers = field(default_factory=Numbers)  # of a text's cells
    manner: Manner | None = None
    head_bytes: int | None = None  # of these, so much is to be read; None: all
    cut_bytes: int | None = None  # so much was, and there is more

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
    alike, manners = Alike(), Manners(job.usual)
    for place, each in enumerate(job.inputs):
        fate = _fate(each)
        if fate is not None:
            results[place] = InputResult(each.arrival, fate)
            continue
        try:
            found = _found(each, job, alike)
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
            source = _source(place, each, found, job)
            source.manner, notes = manners.of(found)
            source.notes += notes
            sources.append(source)
    return sources, results


def _found(each: Input, job: Job, alike: Alike) -> Found:
    path, columns = Path(each.location), job.table_schema.names()
    if each.size_bytes > SMALL_BYTES or job.feed.table_number is not None:
        return found_as(path, job.feed, columns, customary(job.usual))
    found = alike.find(path)
    if found is None:
        found = found_as(path, job.feed, columns, customary(job.usual))
        alike.learn(path, found)
    return found


def found_as(
    path: Path, feed: Feed, columns: tuple[str, ...] = (), usual: Manner | None = None
) -> Found:
    """What a file of this feed is, whose table has these columns. Unreadable, MissingExtra."""
    told = Told(
        delimiter=feed.delimiter,
        quote=feed.quote,
        escape=feed.escape,
        comment=feed.comment,
        nulls=feed.nulls,
        decimal=feed.decimal.mark if feed.decimal is not DecimalMark.POINT else None,
        table_number=feed.table_number,
        header_rows=feed.header,
        skip_lines=feed.skip,
        columns=names_in_files(feed.schema.names(), feed.rename) or columns,
        usual=usual,
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


def _source(place: int, each: Input, found: Found, job: Job) -> Source:
    counted = each.records
    if counted is not None and found.dialect is not None:
        counted = _rows(counted, found.dialect)
    if found.format not in _COUNTED or not found.wrapping.counts_as_it_lies:
        counted = None
    path = Path(each.location)
    way = _way(each, found, known=counted is not None)
    if found.format is Format.JSON and job.limits.head_bytes is not None:
        way = Way.CAREFUL  # which ends where enough is read
    repairs = Repairs(pad=job.feed.ragged is Ragged.PAD, lenient=job.feed.lenient)
    numbers = Numbers(job.feed.decimal.mark, job.feed.grouping)
    notes, head_bytes = list(found.notes), job.limits.head_bytes
    return Source(place, each, path, found, way, counted, notes, repairs, numbers, None, head_bytes)


def _rows(records: int, dialect: Dialect) -> int | None:
    """The rows among records that were counted as if all of the file were the table.

    None where some may be none, or where the quotes are others than was thought.
    """
    table_alone = not dialect.skip_lines and not dialect.drop_bytes
    if not table_alone or dialect.quote != '"':
        return None
    return max(records - dialect.heads, 0)


def _way(each: Input, found: Found, *, known: bool) -> Way:
    if found.format is Format.PARQUET or found.format in TYPED:
        return Way.DIRECT
    if found.format is Format.JSON:
        return Way.JOINED if each.size_bytes <= SMALL_BYTES else Way.PIECES
    if found.format not in _COUNTED or (found.dialect and not found.dialect.is_fast):
        return Way.CAREFUL
    if each.size_bytes <= SMALL_BYTES:
        return Way.JOINED
    if not found.wrapping.is_plain or not known:
        return Way.PIECES
    dialect = found.dialect
    return Way.PIECES if dialect and (dialect.skip_bytes or dialect.heads > 1) else Way.DIRECT
