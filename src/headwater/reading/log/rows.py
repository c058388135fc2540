"""Logs read line by line: each line that a pattern matches gives its fields as cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from headwater.reading.encoding.told import is_utf8
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
    line_too_long. How blocks are cut changes nothing.
    """
    ready = pattern.ready
    reader = _Reader(pattern) if ready is None else _AccessReader(pattern, ready)
    window = min(_STRETCH_BYTES, piece_bytes)
    limit = min(record_bytes, pattern.longest)
    for stretch in stretches(blocks, stretch_bytes=window, record_bytes=limit):
        reader.take(stretch)
        if reader.builder.size >= piece_bytes:
            yield reader.builder.piece()
    if not reader.builder.empty:
        yield reader.builder.piece()


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

    def _records(self, lines: Sequence[bytes]) -> Sequence[bytes | None]:
        """The record of each line; None for those that are none."""
        texts = b"\n".join(lines).decode("utf-8", "surrogateescape").split("\n")
        matches = map(self._pattern.line.fullmatch, texts)
        groups = self._pattern.groups
        # A column before the first keeps the rows from being bare strings where there is one group.
        rows = [match and match.group(0, *groups) for match in matches]
        wanted = [index for index, row in enumerate(rows) if row is not None]
        together = b"".join(lines)
        if not is_utf8(together):
            wanted = [index for index in wanted if is_utf8(lines[index])]
        cells = list(zip(*(rows[index] for index in wanted), strict=True))[1:]
        columns = [_encoded(column) for column in self._meant(cells)]
        records: list[bytes | None] = [None] * len(lines)
        joined = map(COMMA.join, zip(*map(spelled_column, columns), strict=True))
        for index, record in zip(wanted, joined, strict=True):
            records[index] = record
        return records

    def _meant(self, columns: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
        """The columns as they are meant: a comma in a time begins its fraction."""
        if columns and self._pattern.name == LEVEL_NAME:
            columns[0] = point_times(columns[0])
        return columns

    def _refuse(self, line: bytes, number: int) -> None:
        try:
            line.decode()
        except UnicodeDecodeError as error:
            message = f"byte {line[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            self.builder.refuse(number, line, "encoding", message)
            return
        message = f"the line does not match the pattern {self._pattern.name!r}"
        self.builder.refuse(number, line, "pattern", message)

    def _refuse_endless(self, stretch: Stretch) -> None:
        longest = self._pattern.longest
        message = (
            f"the line is longer than {longest:,} bytes, which is as much as its pattern takes"
        )
        self.builder.refuse(stretch.line, stretch.lines[0], "line_too_long", message)


def _encoded(cells: Sequence[str | None]) -> list[bytes]:
    return [b"" if cell is None else cell.encode() for cell in cells]


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
