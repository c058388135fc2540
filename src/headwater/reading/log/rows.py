"""Logs read line by line: each line that a pattern matches gives its fields as cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from headwater.reading.encoding.told import is_utf8
from headwater.reading.log.follow import (
    MESSAGE,
    MOST_LINES,
    Entry,
    SourceEntries,
    entries_of,
    is_within_bounds,
)
from headwater.reading.log.level import LEVEL_NAME, point_times
from headwater.reading.log.patterns import MONTHS, NOTHING, QUOTE, LogPattern
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece
from headwater.reading.pieces.sourced import SourcedBuilder, SourceLines
from headwater.reading.pieces.spelling import COMMA, spelled, spelled_column
from headwater.reading.pieces.stretches import Stretch, clean_runs, stretches

PIECE_BYTES = 8 * 1024 * 1024
DELIMITER = ","
_STRETCH_BYTES = 256 * 1024  # what is made of it stays in the processor's cache
_TIMES_KEPT = 100_000
_MONTHS = {month: f"{number:02}" for number, month in enumerate(MONTHS, 1)}


def careful_log(
    blocks: Iterable[bytes],
    pattern: LogPattern,
    *,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    r"""Read every line: its fields as comma-delimited text, or refused with line and reason.

    Of access logs, a `-` is an empty cell, `""` an empty text, the time is rewritten to
    ISO 8601, and escapes such as \" stay as the server wrote them. A time beside a level
    has a point before its fraction. A group that took no
    part is an empty cell. Blank lines are no records. Codes: pattern, encoding,
    line_too_long. How blocks are cut changes nothing. Where the last column is a message, lines
    that match nothing are joined to the message before them.
    """
    reader = _reader(pattern)
    window = min(_STRETCH_BYTES, piece_bytes)
    limit = min(record_bytes, pattern.longest)
    for stretch in stretches(blocks, stretch_bytes=window, record_bytes=limit):
        reader.take(stretch)
        if reader.builder.size >= piece_bytes:
            yield reader.builder.piece()
    reader.finish()
    if not reader.builder.empty:
        yield reader.builder.piece()


def _reader(pattern: LogPattern) -> _Reader:
    if pattern.ready is not None:
        return _AccessReader(pattern, pattern.ready)
    joins = pattern.columns[-1] == MESSAGE
    return _JoiningReader(pattern) if joins else _Reader(pattern)


_Row = tuple[str | None, ...]  # the cells of a line that matches, and something before them


class _Reader:
    """Takes lines by a pattern that somebody wrote."""

    def __init__(self, pattern: LogPattern) -> None:
        self._pattern = pattern
        self.builder = SourcedBuilder(COMMA)

    def take(self, stretch: Stretch) -> None:
        """Take the records of whole lines, and refuse those that are none."""
        if stretch.too_long:
            self._refuse_endless(stretch)
            return
        lines = stretch.lines
        records = self._records(lines)
        odd = [i for i, record in enumerate(records) if record is None]
        for start, end in clean_runs(len(lines), odd):
            if start < end:
                clean = [record for record in records[start:end] if record is not None]
                source = SourceLines(stretch.line + start, lines[start:end])
                self.builder.take_run(clean, source)
            if end < len(lines) and lines[end].strip():
                self._refuse(lines[end], stretch.line + end)

    def finish(self) -> None:
        """Take what is held back."""

    def _records(self, lines: Sequence[bytes]) -> Sequence[bytes | None]:
        """The record of each line; None for those that are none."""
        rows = self._rows(lines)
        spelled = iter(self._spelled([row for row in rows if row is not None]))
        return [None if row is None else next(spelled) for row in rows]

    def _rows(self, lines: Sequence[bytes]) -> list[_Row | None]:
        """What the pattern takes of each line; None for those that it does not match."""
        texts = b"\n".join(lines).decode("utf-8", "surrogateescape").split("\n")
        matches = map(self._pattern.line.fullmatch, texts)
        groups = self._pattern.groups
        # A column before the first keeps the rows from being bare strings where there is one group.
        rows = [match.group(0, *groups) if match else None for match in matches]
        if not is_utf8(b"".join(lines)):
            return [row if is_utf8(line) else None for row, line in zip(rows, lines, strict=True)]
        return rows

    def _spelled(self, rows: Sequence[_Row]) -> list[bytes]:
        cells = list(zip(*rows, strict=True))[1:]
        columns = [_encoded(column) for column in self._meant(cells)]
        return list(map(COMMA.join, zip(*map(spelled_column, columns), strict=True)))

    def _meant(self, columns: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
        """The columns as they are meant: a comma in a time begins its fraction."""
        if columns and self._pattern.name == LEVEL_NAME:
            columns[0] = point_times(columns[0])
        return columns

    def _refuse(self, line: bytes, number: int, *, full: bool = False) -> None:
        try:
            line.decode()
        except UnicodeDecodeError as error:
            message = f"byte {line[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            self.builder.refuse(number, line, "encoding", message)
            return
        message = f"the line does not match the pattern {self._pattern.name!r}"
        if full:
            message += f", and the message before it has its {MOST_LINES:,} lines or 1 MiB"
        self.builder.refuse(number, line, "pattern", message)

    def _refuse_endless(self, stretch: Stretch) -> None:
        longest = self._pattern.longest
        message = (
            f"the line is longer than {longest:,} bytes, which is as much as its pattern takes"
        )
        self.builder.refuse(stretch.line, stretch.lines[0], "line_too_long", message)


def _encoded(cells: Sequence[str | None]) -> list[bytes]:
    return [b"" if cell is None else cell.encode() for cell in cells]


class _JoiningReader(_Reader):
    """Takes lines by a pattern that ends with a message, of which others may be the rest."""

    def __init__(self, pattern: LogPattern) -> None:
        super().__init__(pattern)
        self._held: Sequence[bytes] = ()  # an entry that the next stretch may go on with
        self._line = 0  # of the first that is held
        self._full = False  # whether the last entry had all lines that it may have

    def take(self, stretch: Stretch) -> None:
        """Take entries but for the last, which may go on."""
        if stretch.too_long:
            self.finish()
            self._full = False
            self._refuse_endless(stretch)
            return
        line = self._line if self._held else stretch.line
        lines = [*self._held, *stretch.lines]
        rows = self._rows(lines)
        last = next((i for i in reversed(range(len(rows))) if rows[i] is not None), None)
        end, full = len(lines), self._full
        if last is not None:
            full = not is_within_bounds(lines[last + 1 :])
            end = end if full else last
        self._emit(lines[:end], rows[:end], line)
        self._held, self._line, self._full = lines[end:], line + end, full

    def finish(self) -> None:
        """Take what is held back."""
        held, self._held = self._held, ()
        self._emit(held, self._rows(held) if held else [], self._line)

    def _emit(self, lines: Sequence[bytes], rows: Sequence[_Row | None], line: int) -> None:
        starts = [i for i, row in enumerate(rows) if row is not None]
        if len(starts) == len(lines):
            found = [row for row in rows if row is not None]
            if found:
                self.builder.take_run(self._spelled(found), SourceLines(line, lines))
            return
        entries = list(entries_of(lines, starts))
        if entries:
            whole = [self._joined(rows[each.start], each, lines) for each in entries]
            self.builder.take_run(self._spelled(whole), SourceEntries(line, lines, entries))
        taken = {*starts, *(i for each in entries for i in each.joined)}
        for index in range(len(lines)):
            if index not in taken and lines[index].strip():
                behind = self._full if not starts or index < starts[0] else True
                self._refuse(lines[index], line + index, full=behind)

    def _joined(self, row: _Row | None, entry: Entry, lines: Sequence[bytes]) -> _Row:
        *others, message = row or ("",)
        if not entry.joined:
            return (*others, message)
        parts = [message] if message else []
        return (*others, "\n".join([*parts, *(lines[i].decode() for i in entry.joined)]))


class _AccessReader(_Reader):
    """Takes lines of an access log; most of them have cells that stand in a record as they are."""

    def __init__(self, pattern: LogPattern, ready: re.Pattern[bytes]) -> None:
        super().__init__(pattern)
        self._ready = ready
        self._times = _Times()
        self._time = pattern.columns.index("time")

    def _records(self, lines: Sequence[bytes]) -> Sequence[bytes | None]:
        matches = map(self._ready.fullmatch, lines)
        sound = is_utf8(b"".join(lines))
        return [
            self._record(match.groups(b"")) if match and sound else self._by_itself(line)
            for match, line in zip(matches, lines, strict=True)
        ]

    def _by_itself(self, line: bytes) -> bytes | None:
        match = self._pattern.line.fullmatch(line.decode("utf-8", "replace"))
        if match is None or not is_utf8(line):
            return None
        pairs = zip(match.groups(NOTHING), self._pattern.quoted, strict=True)
        return self._record([_access_cell(cell, quoted=quoted) for cell, quoted in pairs])

    def _record(self, cells: Sequence[bytes]) -> bytes:
        time = self._time
        return COMMA.join((*cells[:time], self._times[cells[time]], *cells[time + 1 :]))


def _access_cell(cell: str, *, quoted: bool) -> bytes:
    inner = cell[1:-1] if quoted and cell != NOTHING else cell
    if inner == NOTHING:
        return b""
    return b'"%b"' % inner.replace(QUOTE, '""').encode() if quoted else spelled(inner.encode())


class _Times(dict[bytes, bytes]):
    """Times as ISO 8601; a log has many lines of one second."""

    def __missing__(self, time: bytes) -> bytes:
        if len(self) >= _TIMES_KEPT:
            self.clear()
        stamp, _, zone = time.decode().partition(" ")
        date, _, clock = stamp.partition(":")
        day, month, year = date.split("/")
        iso = f"{year}-{_MONTHS[month]}-{day}T{clock}{zone[:3]}:{zone[3:]}".encode()
        self[time] = iso
        return iso
