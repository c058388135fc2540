"""Delimited text read record by record: damage stays where it is.

A line without quotes is a record; whether it has the right width is one count of its
delimiters, done for all lines of a window at once. A line with quotes is matched as a
whole record. Only what fails is looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from headwater.reading.dialect import Dialect, newline_byte
from headwater.reading.encoding import is_utf8
from headwater.reading.grammar import QUOTE, Fault, Grammar, Reading
from headwater.reading.piece import Piece, PieceBuilder
from headwater.reading.pieces import RECORD_BYTES
from headwater.reading.recognise import Found
from headwater.reading.spans import Spans
from headwater.reading.window import NeedMore, Window

PIECE_BYTES = 8 * 1024 * 1024
_WINDOW_BYTES = 1024 * 1024
_RAW_KEPT_BYTES = 64 * 1024 + 1


def careful_delimited(
    blocks: Iterable[bytes],
    found: Found,
    *,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    """Read every record: the clean ones as text, the others refused with line and reason.

    The header is neither. Each clean record in a piece's text is its index, the
    delimiter, and the record with LF at its end. Codes: ragged, quote, header_again,
    encoding, line_too_long, cell_too_long. How blocks are cut changes nothing.
    """
    dialect = found.dialect or Dialect(",")
    scanner = _Scanner(found, dialect, record_bytes)
    window_bytes = min(_WINDOW_BYTES, piece_bytes)
    held, parts, size = b"", list[bytes](), 0
    for block in _skipping(blocks, dialect.skip_bytes):
        parts.append(block)
        size += len(block)
        # What could not be decided is tried again with twice as much, not with a bit more.
        if size >= max(window_bytes, len(held)):
            text = b"".join((held, *parts))
            parts, size = [], 0
            held = text[scanner.scan(text, final=False) :]
        if scanner.builder.size >= piece_bytes:
            yield scanner.builder.piece()
    text = b"".join((held, *parts))
    scanner.scan(text, final=True)
    if not scanner.builder.empty:
        yield scanner.builder.piece()


def _skipping(blocks: Iterable[bytes], skip_bytes: int) -> Iterator[bytes]:
    for block in blocks:
        yield block[skip_bytes:]
        skip_bytes = max(0, skip_bytes - len(block))


class _Scanner:
    """Takes text that starts where a record starts, and answers how much of it is done."""

    def __init__(self, found: Found, dialect: Dialect, record_bytes: int) -> None:
        width = len(found.columns)
        self._found = found
        self._newline = newline_byte(dialect.newline)
        self._other = b"\n" if self._newline == b"\r" else b"\r"  # ends no line by itself
        self._delimiter = dialect.delimiter.encode()
        self._grammar = Grammar(dialect.delimiter, width, self._newline)
        self._spans = Spans(self._grammar)
        self._record_bytes = record_bytes
        self._awaits_header = dialect.header
        self._line = 1
        self._skipping = False  # the rest of a line that is too long
        self.builder = PieceBuilder(self._delimiter)

    def scan(self, text: bytes, *, final: bool) -> int:
        """Take what is complete; answer how many bytes are done with."""
        done = self._skip_line(text) if self._skipping else 0
        if self._skipping:
            return done
        cut = len(text) if final else text.rfind(self._newline) + 1
        if cut > done:
            whole = text[done:cut]
            taken = self._window(
                Window(whole, self._grammar, final=final, record_bytes=self._record_bytes)
            )
            self._spans.allow(taken)
            done += taken
        if cut <= done and not final and len(text) - done > self._record_bytes:
            self._refuse_endless(text[done:])
            self._skipping = True
            return len(text)
        return done

    def _skip_line(self, text: bytes) -> int:
        end = text.find(self._newline)
        if end < 0:
            return len(text)
        self._skipping = False
        self._line += 1
        return end + 1

    def _window(self, window: Window) -> int:
        """Take the records of a window; answer how many of its bytes are done with."""
        records = self._records(window)
        done = 0
        if self._awaits_header:
            try:
                done = self._take_header(window)
            except NeedMore:
                return 0
        for index in self._suspects(window, records):
            if index < done:
                continue
            self._take_clean(records, done, index)
            try:
                after = self._suspect(window, index)
            except NeedMore:
                self._line += index
                return window.start(index)
            done = after
        self._take_clean(records, done, len(records))
        self._line += len(records)
        return len(window.text)

    def _records(self, window: Window) -> list[bytes]:
        """The lines as records, without the CR of a CRLF."""
        if self._newline == b"\n" and b"\r" in window.text:
            return [line[:-1] if line.endswith(b"\r") else line for line in window.lines]
        return window.lines

    def _take_clean(self, records: list[bytes], start: int, end: int) -> None:
        clean = records[start:end]
        self._spans.shape.learn(clean)
        self.builder.take_lines(clean, self._line + start)

    def _suspects(self, window: Window, records: list[bytes]) -> list[int]:
        """The lines that are not surely a clean record each, in order."""
        delimiter, more, text = self._delimiter, self._grammar.width - 1, window.text
        matches = self._grammar.fullmatch
        if QUOTE not in text:
            odd = [i for i, line in enumerate(records) if line.count(delimiter) != more]
        else:
            odd = [
                i
                for i, line in enumerate(records)
                if (matches(line) is None if QUOTE in line else line.count(delimiter) != more)
            ]
        also = {i for test in self._tests(window) for i, line in enumerate(records) if test(line)}
        return sorted(also.union(odd)) if also else odd

    def _tests(self, window: Window) -> Iterator[Callable[[bytes], bool]]:
        """What else may be odd about a line, where the window as a whole shows it can be."""
        text = window.text
        if self._grammar.width == 1:
            yield lambda line: not line
        lone = text.count(self._other) - (text.count(b"\r\n") if self._other == b"\r" else 0)
        if lone:
            yield lambda line: self._other in line
        if not is_utf8(text):
            yield lambda line: not is_utf8(line)
        if any(header in text for header in self._spans.headers):
            yield lambda line: line in self._spans.headers
        if len(text) > self._record_bytes:
            yield lambda line: len(line) > self._record_bytes

    def _take_header(self, window: Window) -> int:
        index = 0
        while index < len(window.lines) and window.blank(index):
            index += 1
        if index == len(window.lines):
            return index
        reading = self._grammar.read(window.text, window.start(index))
        if reading.fault is Fault.OPEN and window.may_grow(index):
            raise NeedMore
        self._awaits_header = False
        bare = self._delimiter.join(name.encode() for name in self._found.originals)
        self._spans.headers = {
            window.text[window.start(index) : reading.end].removesuffix(b"\r"),
            bare,
        }
        return window.line_behind(reading.end)

    def _suspect(self, window: Window, index: int) -> int:
        """Take or refuse the record that starts at a line that is not surely clean."""
        line = window.bare(index)
        if window.blank(index):
            return index + 1
        if len(line) > self._record_bytes:
            self._refuse_endless(line, index)
            return index + 1
        found = line.count(self._delimiter) + 1
        if QUOTE not in line and found != self._grammar.width and is_utf8(line):
            self._refuse_ragged(self._line + index, line, found)
            return index + 1
        whole = self._grammar.match(window.text, window.start(index))
        if whole is None:
            return self._refuse_damaged(window, index)
        return self._take_whole(window, index, whole.end())

    def _take_whole(self, window: Window, index: int, end: int) -> int:
        """Take a record that is sound as far as its end, if that is where it ends."""
        behind = window.line_behind(end)
        fits = window.within_limit(index, end)
        if behind == index + 1 or (fits and self._spans.is_one(window, index, behind)):
            self._take(window, index, behind)
            return behind
        reading = self._grammar.read(window.text, window.start(index))
        after = self._spans.resume(window, index, behind) if fits else index + 1
        self._refuse_open(window, index, after, reading)
        return after

    def _take(self, window: Window, index: int, behind: int) -> None:
        source = window.raw(index, behind)
        if source in self._spans.headers:
            message = "the header is repeated; it is no row"
            self.builder.refuse(self._line + index, source, "header_again", message)
        elif not is_utf8(source):
            self._refuse_encoding(self._line + index, source)
        else:
            record = self._spelled(source)
            verbatim = None if record == source else source
            self.builder.take(record, self._line + index, verbatim=verbatim)

    def _spelled(self, source: bytes) -> bytes:
        """The record with quotes around cells that hold a line end and came without."""
        if self._other not in source:
            return source
        cells = self._grammar.read(source).cells
        return self._delimiter.join(
            b'"%b"' % cell if self._other in cell and not cell.startswith(QUOTE) else cell
            for cell in cells
        )

    def _refuse_damaged(self, window: Window, index: int) -> int:
        reading = self._grammar.read(window.text, window.start(index))
        if reading.fault is Fault.OPEN:
            if window.may_grow(index):
                raise NeedMore
            self._refuse_open(window, index, index + 1, reading)
            return index + 1
        behind = after = window.line_behind(reading.end)
        if behind > index + 1:
            fits = window.within_limit(index, reading.end)
            after = self._spans.resume(window, index, behind) if fits else index + 1
        if after < behind:
            self._refuse_open(window, index, after, reading)
            return after
        raw = window.raw(index, after)
        if not is_utf8(raw):
            self._refuse_encoding(self._line + index, raw)
        elif reading.fault is None:
            self._refuse_ragged(self._line + index, raw, len(reading.cells))
        else:
            self._refuse_quote(self._line + index, raw, reading)
        return after

    def _refuse_ragged(self, line: int, raw: bytes, found: int) -> None:
        message = f"{self._grammar.width} fields are expected and {found} were found"
        self.builder.refuse(line, raw, "ragged", message)

    def _refuse_quote(self, line: int, raw: bytes, reading: Reading) -> None:
        if reading.fault is Fault.STRAY:
            what = "a quote stands inside a field that does not begin with one"
        else:
            what = "something follows the quote that closes a field"
        message = f"{what}; double the quotes inside a field and put quotes around it"
        self.builder.refuse(line, raw, "quote", message, self._column(len(reading.cells)))

    def _refuse_open(self, window: Window, index: int, after: int, reading: Reading) -> None:
        raw = window.raw(index, after)
        if not is_utf8(raw):
            self._refuse_encoding(self._line + index, raw)
            return
        ends = accumulate(len(cell) + 1 for cell in reading.cells)
        place = sum(end <= len(raw) for end in ends) + 1  # the cell that leaves the line
        message = "a quote opens a field and does not close before the next row"
        self.builder.refuse(self._line + index, raw, "quote", message, self._column(place))

    def _refuse_encoding(self, line: int, raw: bytes) -> None:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            message = f"byte {raw[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            cells = self._grammar.read(raw[: error.start]).cells
            self.builder.refuse(line, raw, "encoding", message, self._column(len(cells)))

    def _refuse_endless(self, text: bytes, index: int = 0) -> None:
        limit = f"{self._record_bytes >> 20} MiB"
        longest = max(map(len, text.split(self._delimiter)))
        if longest > self._record_bytes // 2:
            code, message = "cell_too_long", f"a cell is longer than {limit}"
        else:
            code, message = "line_too_long", f"the record is longer than {limit}"
        self.builder.refuse(self._line + index, text[:_RAW_KEPT_BYTES], code, message)

    def _column(self, place: int) -> str | None:
        return self._found.columns[place - 1] if 0 < place <= len(self._found.columns) else None
