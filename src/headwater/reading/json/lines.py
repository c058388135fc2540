"""NDJSON read line by line: a line that is no sound object is refused, the others go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from headwater.reading.encoding.told import is_utf8, without_mark
from headwater.reading.json.longnumbers import may_hold_long_number, quote_long_numbers
from headwater.reading.json.strictness import (
    DEPTH,
    QUICK_REFUSALS,
    flaw_of,
    needs_a_look,
    quick_scan,
)
from headwater.reading.json.uniform import Uniform
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece, PieceBuilder

PIECE_BYTES = 8 * 1024 * 1024
SEPARATOR = b"\t"
_WINDOW_BYTES = 1024 * 1024
_TOGETHER = 256  # lines: one that is not sound has as many looked at one by one
_BLANK = b" \t\r\n"
_LINE_END = re.compile(rb"\n|\r(?=[^\n])")
_RAW_KEPT_BYTES = 64 * 1024 + 1


def careful_ndjson(
    blocks: Iterable[bytes], *, piece_bytes: int = PIECE_BYTES, record_bytes: int = RECORD_BYTES
) -> Iterator[Piece]:
    """Read every line: sound objects as text, the others refused with line and reason.

    Each clean record in a piece's text is its index, a tab, and the object on one line;
    tabs between its tokens are blanks there. Codes: json, dup_key, number, encoding,
    depth, not_object, truncated, line_too_long. How blocks are cut changes nothing.
    """
    reader = _Reader(record_bytes)
    held, parts, size = b"", list[bytes](), 0
    for block in without_mark(blocks):
        parts.append(block)
        size += len(block)
        if size >= max(min(_WINDOW_BYTES, piece_bytes), len(held)):
            text = b"".join((held, *parts))
            parts, size = [], 0
            held = text[reader.take(text) :]
        if reader.builder.size >= piece_bytes:
            yield reader.builder.piece()
    reader.finish(b"".join((held, *parts)))
    if not reader.builder.empty:
        yield reader.builder.piece()


class _Reader:
    """Takes text that starts where a line starts."""

    def __init__(self, record_bytes: int) -> None:
        self._record_bytes = record_bytes
        self._line = 1
        self._skipping = False  # the rest of a line that is too long
        self._newline = b""  # LF, or CR in a file whose first line ends so
        self._uniform = Uniform()
        self.builder = PieceBuilder(SEPARATOR)

    def take(self, text: bytes) -> int:
        """Take its whole lines; answer how many bytes are done with."""
        done = self._skip(text)
        if not self._newline and (first := _LINE_END.search(text)):
            self._newline = first[0]
        end = text.rfind(self._newline) + 1 if self._newline else 0
        if end > done:
            self._lines(text[done : end - 1].split(self._newline))
            done = end
        if done == 0 and len(text) > self._record_bytes:
            self._refuse_endless(text)
            self._skipping = True
            return len(text)
        return done

    def finish(self, text: bytes) -> None:
        """Take all of it; the last line may lack its end, and be cut."""
        done = self.take(text)
        if done < len(text) and not self._skipping:
            self._lines([text[done:]], last=True)

    def _skip(self, text: bytes) -> int:
        if not self._skipping:
            return 0
        end = text.find(self._newline) if self._newline else -1
        if end < 0:
            return len(text)
        self._skipping = False
        self._line += 1
        return end + 1

    def _lines(self, lines: list[bytes], *, last: bool = False) -> None:
        if last or not self._take_alike(lines):
            self._take_any(lines, last=last)

    def _take_alike(self, lines: list[bytes]) -> bool:
        """Take lines of which most are like those before; none if they need a closer look."""
        window = b"\n".join(lines)
        if _is_special(window) or len(window) > self._record_bytes:
            return False
        if window.count(b"\r"):
            lines = window.replace(b"\r\n", b"\n").removesuffix(b"\r").split(b"\n")
        odd = self._uniform.odd(lines)
        start = 0
        for first, behind in _runs(odd):
            self._take_run(lines[start:first])
            self._take_any(lines[first:behind])
            start = behind
        self._take_run(lines[start:] if start else lines)
        return True

    def _take_run(self, lines: list[bytes]) -> None:
        self.builder.take_lines(lines, self._line)
        self._line += len(lines)

    def _take_any(self, lines: list[bytes], *, last: bool = False) -> None:
        for start in range(0, len(lines), _TOGETHER):
            some = lines[start : start + _TOGETHER]
            if last or not self._take_sound(some):
                for index, line in enumerate(some):
                    self._take_one(line, self._line + index, last=last)
            self._line += len(some)

    def _take_sound(self, lines: list[bytes]) -> bool:
        """Take the lines if each is surely a sound object; else none of them."""
        window = b"\n".join(lines)
        if _is_special(window):
            return False
        window = window.replace(b"\r\n", b"\n").removesuffix(b"\r")
        texts = window.decode().split("\n")
        try:
            ends = [quick_scan(text, 0)[1] for text in texts]
        except QUICK_REFUSALS:
            return False
        sound = (
            ends == list(map(len, texts))
            and {text[0] for text in texts} == {"{"}
            and max([text.count("{") + text.count("[") for text in texts]) <= DEPTH
            and max(ends) <= self._record_bytes
        )
        if sound:
            records = window.split(b"\n")
            self._uniform.learn(records)
            self.builder.take_lines(records, self._line)
        return sound

    def _take_one(self, line: bytes, number: int, *, last: bool) -> None:
        source = line.removesuffix(b"\r")
        if not line.strip(_BLANK):
            return
        if len(line) > self._record_bytes:
            self.builder.refuse(number, source[:_RAW_KEPT_BYTES], "line_too_long", self._too_long())
            return
        try:
            text = source.decode()
        except UnicodeDecodeError as error:
            message = f"byte {source[error.start]:#04x}, {error.start} bytes in, is not UTF-8"
            self.builder.refuse(number, source, "encoding", message)
            return
        flaw = flaw_of(text)
        if flaw is None:
            if may_hold_long_number(source):
                text = quote_long_numbers(text)
            record = text.encode().replace(b"\t", b" ").replace(b"\r", b" ")
            verbatim = None if record == source else source
            self.builder.take(record, number, verbatim=verbatim)
        elif last and flaw.code == "json":
            message = f"the file ends inside this record ({flaw.message}); send it again whole"
            self.builder.refuse(number, source, "truncated", message)
        else:
            self.builder.refuse(number, source, flaw.code, flaw.message)

    def _refuse_endless(self, text: bytes) -> None:
        self.builder.refuse(self._line, text[:_RAW_KEPT_BYTES], "line_too_long", self._too_long())

    def _too_long(self) -> str:
        return f"the record is longer than {self._record_bytes >> 20} MiB"


def _is_special(window: bytes) -> bool:
    """Whether some of it may be more than its words and marks tell."""
    if b"\t" in window or not is_utf8(window):
        return True
    return needs_a_look(window) or may_hold_long_number(window)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Places that follow each other, from the first to behind the last."""
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != places[end - 1] + 1:
            yield places[start], places[end - 1] + 1
            start = end
