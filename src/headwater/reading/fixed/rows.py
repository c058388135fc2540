"""Fixed-width text read line by line: cells are known by their place in the line.

Places and widths are counted in characters (Unicode code points), not in bytes: what
wrote the file padded letters. A combining accent therefore counts as one more, and a
wide East Asian letter as one, whatever a terminal makes of them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Sequence

from headwater.reading.encoding.told import is_utf8
from headwater.reading.fixed.declared import FixedColumn, FixedLayout
from headwater.reading.fixed.drawn import BAR, TALLIES, is_drawn
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece
from headwater.reading.pieces.sourced import SourcedBuilder, SourceLines
from headwater.reading.pieces.spelling import COMMA, spelled_column
from headwater.reading.pieces.stretches import Stretch, clean_runs, stretches
from headwater.reading.unreadable import Unreadable

PIECE_BYTES = 8 * 1024 * 1024
DELIMITER = ","
_STRETCH_BYTES = 256 * 1024  # what is made of it stays in the processor's cache
_BLANK = b" "
_BAR = BAR.encode()
_WRAPPED = "+"  # stands behind a part of a value
_BLANK_LINE = re.compile(rb"\n[ \t\r\x0b\x0c]*+\n")
_SPECIAL = (COMMA, b'"', b"\r", b"\n")  # what asks for quotes around a cell
_OTHER_BLANKS = b"\t\r\x0b\x0c"  # bytes.strip() takes them too, and they may be values


def careful_fixed(
    blocks: Iterable[bytes],
    layout: FixedLayout,
    *,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    """Read every line: its cells as comma-delimited text, or refused with line and reason.

    An empty cell stands for blanks only. Blank lines are no records. Codes: ragged (the
    line is too short or too long, or text stands between two columns), encoding,
    line_too_long. Unreadable: type, where a drawn table has a value of several lines. How
    blocks are cut changes nothing.
    """
    reader = _Reader(layout, record_bytes)
    window = min(_STRETCH_BYTES, piece_bytes)
    for stretch in stretches(blocks, stretch_bytes=window, record_bytes=record_bytes):
        reader.take(stretch)
        if reader.builder.size >= piece_bytes:
            yield reader.builder.piece()
    if not reader.builder.empty:
        yield reader.builder.piece()


class _Reader:
    def __init__(self, layout: FixedLayout, record_bytes: int) -> None:
        self._layout = layout
        self._record_bytes = record_bytes
        self._packed = _packed(layout)
        self._drawn = (layout.ruler.encode(), *TALLIES) if layout.ruler else ()
        self.builder = SourcedBuilder(COMMA)

    def take(self, stretch: Stretch) -> None:
        """Take the records of whole lines, and refuse those that are none."""
        if stretch.too_long:
            message = f"the line is longer than {self._record_bytes >> 20} MiB"
            self.builder.refuse(stretch.line, stretch.lines[0], "line_too_long", message)
            return
        heading = max(0, self._layout.first_line - stretch.line)
        lines = stretch.lines[heading:] if heading else stretch.lines
        line = stretch.line + heading
        for start, end in clean_runs(len(lines), self._odd(lines)):
            if start < end:
                run = lines[start:end] if end - start < len(lines) else lines
                self.builder.take_run(self._records(run), SourceLines(line + start, run))
            if end < len(lines) and lines[end].strip() and not self._is_drawn(lines[end]):
                self._refuse(lines[end], line + end)

    def _odd(self, lines: Sequence[bytes]) -> list[int]:
        """The lines that are no records, in order."""
        layout = self._layout
        longest = 1 << 62 if layout.longest is None else layout.longest
        together = b"\n".join(lines)
        odd = set[int]()
        if _BLANK_LINE.search(b"\n%b\n" % together):
            odd.update(i for i, line in enumerate(lines) if not line or line.isspace())
        if any(mark in together for mark in self._drawn):
            odd.update(i for i, line in enumerate(lines) if self._is_drawn(line))
        if self._uniform(together, len(lines)):
            return sorted(odd)
        texts: Sequence[bytes | str] = lines
        if not together.isascii():
            odd.update(i for i, line in enumerate(lines) if not is_utf8(line))
            texts = together.decode("utf-8", "surrogateescape").split("\n")
        lengths = map(len, texts)
        odd.update(i for i, n in enumerate(lengths) if not layout.shortest <= n <= longest)
        for bar in layout.bars:
            odd.update(i for i, text in enumerate(texts) if not _has_bar(text, bar))
        for start, end in layout.guards:
            between = [text[start:end] for text in texts]
            if any(each and not each.isspace() for each in set(between)):
                odd.update(i for i, text in enumerate(between) if text and not text.isspace())
        return sorted(odd)

    def _uniform(self, together: bytes, count: int) -> bool:
        """Whether all lines have the right length, and blanks between columns.

        One look down each place of all lines tells, and is many times as fast as one along each.
        """
        layout = self._layout
        if layout.shortest != layout.longest or not together.isascii():
            return False
        step = layout.longest + 1
        ends = together[layout.longest :: step].count(b"\n")
        if len(together) != count * step - 1 or not ends == together.count(b"\n") == count - 1:
            return False
        if any(together[bar::step].strip(_BAR) for bar in layout.bars):
            return False
        guarded = (place for start, end in layout.guards for place in range(start, end))
        return all(together[place::step].isspace() for place in guarded)

    def _is_drawn(self, line: bytes) -> bool:
        """Whether a line is a part of the drawing, and no record."""
        ruler = self._layout.ruler
        return bool(ruler) and is_drawn(line.decode("utf-8", "replace"), ruler)

    def _records(self, lines: Sequence[bytes]) -> list[bytes]:
        together = b"".join(lines)
        columns: list[Sequence[bytes]]
        if not together.isascii():
            texts = b"\n".join(lines).decode().split("\n")
            columns = [_encoded(column, texts) for column in self._layout.columns]
        elif self._packed is not None:
            strips = zip(*self._packed.iter_unpack(together), strict=True)
            plain = len(together) == len(together.translate(None, _OTHER_BLANKS))
            columns = [
                _stripped(column, cells, plain=plain)
                for column, cells in zip(self._layout.columns, strips, strict=True)
            ]
        else:
            columns = [
                _stripped(column, [line[column.start : column.end] for line in lines], plain=False)
                for column in self._layout.columns
            ]
        if any(mark in together for mark in _SPECIAL):
            columns = list(map(spelled_column, columns))
        return list(map(COMMA.join, zip(*columns, strict=True)))

    def _refuse(self, line: bytes, number: int) -> None:
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            message = f"byte {line[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            self.builder.refuse(number, line, "encoding", message)
            return
        layout, found = self._layout, len(text)
        if layout.bars and any(text[start:end] == _WRAPPED for start, end in layout.guards):
            raise Unreadable(
                "type",
                f"a value at line {number:,} goes on in the line below, and cannot be told from a "
                "row there; write the table as CSV (psql --csv)",
            )
        if found < layout.shortest:
            message = f"it has {found:,} characters and {layout.shortest:,} are expected"
        elif (bar := _lacking(text, layout)) is not None:
            message = f"no | stands at character {bar + 1}, between two columns"
        elif layout.longest is not None and found > layout.longest:
            message = f"it has {found:,} characters and {layout.longest:,} are expected"
        else:
            message = next(
                f"text stands at characters {start + 1} to {end}, between two columns"
                for start, end in layout.guards
                if text[start:end].strip()
            )
        self.builder.refuse(number, line, "ragged", message)


def _has_bar(text: bytes | str, bar: int) -> bool:
    return text[bar : bar + 1] in {_BAR, BAR}


def _lacking(text: str, layout: FixedLayout) -> int | None:
    """The first place without its bar."""
    return next((bar for bar in layout.bars if not _has_bar(text, bar)), None)


def _packed(layout: FixedLayout) -> struct.Struct | None:
    """How lines that are all of one length are taken apart in one call."""
    if layout.shortest != layout.longest:
        return None
    form, at = "", 0
    for column in layout.columns:
        width = layout.longest - column.start if column.width is None else column.width
        form += f"{column.start - at}x{width}s"
        at = column.start + width
    return struct.Struct(f"{form}{layout.longest - at}x")


def _stripped(column: FixedColumn, cells: Sequence[bytes], *, plain: bool) -> Sequence[bytes]:
    if not column.strip:
        return cells
    # Without an argument it is twice as fast, and takes blanks of every kind.
    return list(map(bytes.strip, cells)) if plain else [cell.strip(_BLANK) for cell in cells]


def _encoded(column: FixedColumn, texts: Sequence[str]) -> Sequence[bytes]:
    cells = [text[column.start : column.end] for text in texts]
    return (
        [cell.strip(" ").encode() for cell in cells] if column.strip else [*map(str.encode, cells)]
    )
