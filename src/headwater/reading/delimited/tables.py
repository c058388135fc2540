"""Which of several tables in one delimited text is read: where it begins, and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from headwater.reading.delimited.dialect import Dialect, trimmed
from headwater.reading.delimited.repair import Repairs
from headwater.reading.delimited.scanner import NextTable, Scanner
from headwater.reading.delimited.sniff import Delimited, told_from_content
from headwater.reading.found import Found
from headwater.reading.names import clean_names
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.told import Sample, Told
from headwater.reading.unreadable import Unreadable

_WINDOW_BYTES = 1024 * 1024
_SAMPLE_BYTES = 1024 * 1024
_STRICT = Repairs()

Content = Callable[[], Iterable[bytes]]
"""The blocks of a text, from its beginning, as often as they are asked for."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a table begins."""

    offset: int
    line: int  # from 1


def table_of_number(found: Found, content: Content, told: Told) -> Found:
    """The table of that number, in a text whose first one is found; Unreadable if it has none.

    Each is looked at by itself, up to where the next begins, and is passed over or read alone.
    """
    number = told.table_number or 1
    dialect = replace(found.dialect or Dialect(","), drop_bytes=0)
    found = replace(found, dialect=dialect)
    start = _Start(dialect.skip_bytes, dialect.skip_lines + 1)
    for passed in range(1, number):
        begins = _next(found, content)
        if begins is None:
            tables = "only one table" if passed == 1 else f"only {passed} tables"
            raise Unreadable(
                "table", f"it has {tables}, and its `table_number` is {number}; correct that"
            )
        start = begins
        found = _looked_at(found, content, told, (start, None))
    ends = _next(found, content)
    found = _looked_at(found, content, told, (start, ends))
    return replace(found, notes=(*found.notes, *_passed_over(start, ends, number)))


def _next(found: Found, content: Content) -> _Start | None:
    """Where the table ends and another one begins."""
    dialect = found.dialect or Dialect(",")
    scanner = Scanner(found, dialect, _STRICT, RECORD_BYTES, is_to_stop=True)
    done, held = dialect.skip_bytes, b""
    try:
        for window, is_last in _windows(trimmed(content(), dialect)):
            held += window
            taken = scanner.scan(held, final=is_last)
            scanner.builder.piece()
            done, held = done + taken, held[taken:]
    except NextTable as table:
        return _Start(done + table.offset, table.line)
    return None


def _windows(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The blocks in windows of one size, and whether one is the last."""
    held, size = list[bytes](), 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= _WINDOW_BYTES:
            yield b"".join(held), False
            held, size = [], 0
    yield b"".join(held), True


def _looked_at(
    found: Found, content: Content, told: Told, between: tuple[_Start, _Start | None]
) -> Found:
    """What the table between two places is, as if it were a text of its own."""
    start, ends = between
    before = found.dialect or Dialect(",")
    size = None if ends is None else ends.offset - start.offset
    sample = _sample(content, start.offset, size)
    alone = replace(
        told, delimiter=before.delimiter, quote=before.quote, escape=before.escape, skip_lines=None
    )
    seen = told_from_content(sample, alone)
    columns, renamed = clean_names(seen.names, lenient=told.lenient)
    return replace(
        found,
        dialect=_placed(seen, start, size),
        columns=columns,
        originals=seen.names,
        notes=(*seen.notes, *renamed),
        reasons=(*found.reasons[:1], *seen.reasons[1:]),
    )


def _placed(seen: Delimited, start: _Start, size: int | None) -> Dialect:
    dialect = seen.dialect
    return replace(
        dialect,
        skip_bytes=start.offset + dialect.skip_bytes,
        skip_lines=start.line - 1 + dialect.skip_lines,
        take_bytes=None if size is None else size - dialect.skip_bytes,
    )


def _sample(content: Content, offset: int, size: int | None) -> Sample:
    wanted = _SAMPLE_BYTES if size is None else min(size, _SAMPLE_BYTES)
    text = b"".join(trimmed(content(), Dialect(",", skip_bytes=offset, take_bytes=wanted + 1)))
    whole = len(text) <= wanted if size is None else size <= _SAMPLE_BYTES
    return Sample(text[:wanted], whole)


def _passed_over(start: _Start, ends: _Start | None, number: int) -> Iterator[str]:
    if number > 1:
        yield f"its table {number} is read, from line {start.line:,} on"
    if ends is not None:
        yield f"what follows from line {ends.line:,} on is another table, and passed over"
