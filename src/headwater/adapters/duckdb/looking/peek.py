"""A look at a file without any lake: what it is, and what is in it or in its head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.looking.head import Head, head_of, head_size, is_small
from headwater.adapters.duckdb.looking.refused import unreadable
from headwater.adapters.duckdb.session import session
from headwater.adapters.duckdb.sources.source import Source, open_sources
from headwater.errors import (
    SourceChanged,
    SourceMissing,
)
from headwater.model.arrival import Cause
from headwater.model.clock import utc_now
from headwater.model.feed import Feed, Format
from headwater.model.ids import ArrivalId, AttemptId, Key
from headwater.model.progress import Watch
from headwater.model.types import TEXT, Column, Schema
from headwater.ports.engine import Conversion, Fate, Input, InputResult, Job, Limits
from headwater.ports.peek import Choice, Flaw, FoundFile, Peeked, PeekJob, Spelling
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.found import Found
from headwater.reading.remedies import remedies
from headwater.reading.source import source_fault, source_stamp
from headwater.reading.unreadable import Unreadable

_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def peek(job: PeekJob, watch: Watch) -> Peeked:
    """Recognise the file, and convert it or its head into the job's folder."""
    asked = _job(job, Path(job.location), replace(job.feed, partition=(), file_size_bytes=0))
    source = _opened(job, asked)
    head = _head(job, source)
    if head is not None:
        bare = replace(asked.feed, format=head.format, encoding=None, member=None)
        conversion = convert(_job(job, head.path, bare), watch)
        head.path.unlink()
    else:
        conversion = convert(replace(asked, limits=_limits(job, source)), watch)
    (result,) = conversion.results
    _require_read(job, result)
    return _peeked(job, source, head, conversion)


def _job(job: PeekJob, path: Path, feed: Feed) -> Job:
    try:
        status = path.stat()
    except OSError as cause:
        raise source_fault(path, cause) from cause
    seen = Input(
        ArrivalId("peek"), Key(path.name), str(path), status.st_size, source_stamp(status), None,
        utc_now(),
    )  # fmt: skip
    return Job(
        attempt=AttemptId("peek-1"), feed=feed, inputs=(seen,), table_schema=Schema(),
        table_location=f"{job.folder}/table", refusals_location=f"{job.folder}/refused",
        scratch=f"{job.folder}/scratch", limits=job.limits,
    )  # fmt: skip


def _limits(job: PeekJob, source: Source) -> Limits:
    if job.head_bytes is None or is_small(source, job.head_bytes):
        return job.limits
    return replace(job.limits, head_bytes=head_size(source, job.head_bytes))


def _opened(job: PeekJob, asked: Job) -> Source:
    sources, results = open_sources(asked)
    for result in results.values():
        _require_read(job, result)
    return sources[0]


def _head(job: PeekJob, source: Source) -> Head | None:
    if job.head_bytes is None:
        return None
    try:
        return head_of(source, job.head_bytes, Path(job.folder), job.limits)
    except Unreadable as refusal:
        raise unreadable(job.name, refusal.cause) from refusal


def _require_read(job: PeekJob, result: InputResult) -> None:
    if result.fate is Fate.GONE:
        raise SourceMissing(f"{job.name} is not there any more", hint="check the path")
    if result.fate is Fate.CHANGED:
        raise SourceChanged(
            f"{job.name} changed while it was read", hint="wait until its writer has finished"
        )
    if result.fate is Fate.REFUSED:
        raise unreadable(job.name, result.cause or Cause("unreadable", "it cannot be read"))


def _peeked(job: PeekJob, source: Source, head: Head | None, conversion: Conversion) -> Peeked:
    (result,) = conversion.results
    notes = source.found.notes + result.notes
    return Peeked(
        found=_found(source.found, notes),
        size_bytes=source.input.size_bytes,
        head_bytes=head.size_bytes if head is not None else result.head_bytes,
        schema=_with_empty(conversion.schema, source.found.columns, conversion.empty),
        empty=conversion.empty,
        books=result.books,
        reasons=tuple(Counter(dict(result.reasons)).most_common()),
        flaws=tuple(_flaws(job, conversion.refusals)),
        parts=conversion.parts,
        refusals=conversion.refusals,
        total_rows=head.total_rows if head is not None else None,
        remedies=remedies(source.found, _refused(job, conversion.refusals)),
    )


def _with_empty(schema: Schema, order: Sequence[str], empty: Sequence[str]) -> Schema:
    """All columns in the order of the file, those without a value as text."""
    every = schema.plus(tuple(Column(name, TEXT) for name in empty))
    places = {name.lower(): place for place, name in enumerate(order)}
    kept = sorted(every.columns, key=lambda column: places.get(column.name.lower(), len(places)))
    return Schema(tuple(kept))


def _flaws(job: PeekJob, names: Sequence[str]) -> list[Flaw]:
    if not names:
        return []
    paths = quote.texts(f"{job.folder}/refused/{name}" for name in names)
    with session(job.limits, Path(job.folder)) as connection:
        rows = connection.execute(
            f"SELECT line, column_name, raw, code, message FROM read_parquet({paths}) "
            f"ORDER BY line LIMIT {job.flaws}"
        ).fetchall()
    return [Flaw(*row) for row in rows]


def _refused(job: PeekJob, names: Sequence[str]) -> dict[str, list[str]]:
    """The texts of some records that were refused, by code."""
    if not names:
        return {}
    paths = quote.texts(f"{job.folder}/refused/{name}" for name in names)
    with session(job.limits, Path(job.folder)) as connection:
        rows = connection.execute(
            f"SELECT code, arg_min(raw, line, {job.flaws}) FROM read_parquet({paths}) "
            "WHERE raw IS NOT NULL GROUP BY code"
        ).fetchall()
    return dict(rows)


def _found(found: Found, notes: Sequence[str]) -> FoundFile:
    binary = found.format.value in {Format.PARQUET.value, "avro", "orc", "excel"}
    renamed = found.originals if found.originals != found.columns else ()
    return FoundFile(
        format=found.format.value,
        compression=found.compression.value,
        encoding=None if binary else found.wrapping.encoding,
        members=found.wrapping.members,
        spelling=_spelling(found.dialect) if found.dialect is not None else None,
        originals=renamed,
        reasons=found.reasons,
        choices=tuple(
            Choice(each.delimiter, each.width, each.score, each.told) for each in found.candidates
        ),
        notes=tuple(dict.fromkeys(notes)),
    )


def _spelling(dialect: Dialect) -> Spelling:
    return Spelling(
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        newline=_LINE_ENDS.get(dialect.newline, dialect.newline),
        header_rows=dialect.heads,
        skipped_lines=dialect.skip_lines,
        dropped_bytes=dialect.drop_bytes,
        comment=dialect.comment,
        nulls=dialect.nulls,
        decimal=dialect.decimal,
    )
