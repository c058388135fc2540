"""A window that moves over JSON text: what stands next, and each value as it is spelled."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable

from headwater.reading.encoding.told import without_mark
from headwater.reading.json.flat import SHORT_LETTERS, Run, flat_run
from headwater.reading.json.longnumbers import may_hold_long_number
from headwater.reading.json.strictness import (
    BLANK,
    QUICK_REFUSALS,
    Flaw,
    lenient_scan,
    needs_a_look,
    quick_scan,
)
from headwater.reading.pieces.taken import taken
from headwater.reading.unreadable import Unreadable

_NEAR = 16  # an error this close to the end of the text at hand may come from the cut
_LETTER_BYTES = 4  # at most
_BLANKS = re.compile(f"[{BLANK}]+")
_WORD_AT_END = re.compile(rf"[-+.\w]*[{BLANK}]*")  # a literal or number that may be cut
_RAW_KEPT_LETTERS = 64 * 1024 + 1
_MARK = re.compile(r'["\[\]{}]')
_IN_STRING = re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL)  # leaves half an escape at the end


class Window:
    """The text at hand of a file that is read from its beginning to its end."""

    def __init__(self, blocks: Iterable[bytes], window_bytes: int, record_bytes: int) -> None:
        self._blocks = without_mark(blocks)
        self._window_bytes = window_bytes
        self._record_bytes = record_bytes
        # Bytes that are not UTF-8 become half letters, which no element may have.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._tried = False  # whether what is held was looked at for a run of objects
        self.suspicious = False
        self.long_numbers = False
        self.flaw: Flaw | None = None  # of the element that was read last, if it is too long

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            if blanks is not None:
                self._move(blanks.end())
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def step(self) -> None:
        """Pass one character."""
        self._at += 1

    def element(self) -> tuple[str, int]:
        """The value that starts here, as spelled, and its line; of one too long, its beginning."""
        if not self.peek():
            raise self._truncated()
        self.flaw = None
        while True:
            try:
                end = self._scan()
            except json.JSONDecodeError as error:
                if self._is_cut(error) and len(self._text) - self._at > self._record_bytes:
                    return self._pass_over()
                self._more_or_refuse(error)
                continue
            except RecursionError as error:
                raise Unreadable(
                    "depth", f"the element at line {self._line:,} is nested too deep; flatten it"
                ) from error
            if end < len(self._text) or not self._grow():
                break
        element, line = self._text[self._at : end], self._line
        self._move(end)
        return (self._beginning(element) if self._is_long(element) else element), line

    def run(self, mark: str) -> tuple[Run, int] | None:
        """The flat objects that follow with a mark between them, as far as held, and their line."""
        if self._tried or self.suspicious or self.long_numbers or not self.peek():
            return None
        self._tried = True
        run, line = flat_run(self._text, self._at, mark), self._line
        if run is None or self._record_bytes < SHORT_LETTERS * _LETTER_BYTES:
            return None
        self._at += run.letters
        self._line += run.lines
        return run, line

    def refusal(self, what: str) -> Unreadable:
        """The file is refused from here."""
        if not self.peek():
            return self._truncated()
        near = self._text[self._at : self._at + 20]
        return Unreadable("json", f"{what} at line {self._line:,}, where {near!r} stands")

    def _scan(self) -> int:
        try:
            end: int = quick_scan(self._text, self._at)[1]
        except QUICK_REFUSALS:
            end = lenient_scan(self._text, self._at)[1]
            self.suspicious = True
        return end

    def _is_long(self, element: str) -> bool:
        if len(element) <= self._record_bytes // _LETTER_BYTES:
            return False
        return len(element.encode("utf-8", "surrogateescape")) > self._record_bytes

    def _beginning(self, text: str) -> str:
        """What is kept of an element that is too long."""
        size = f"{self._record_bytes >> 20} MiB"
        self.flaw = Flaw("line_too_long", f"the record is longer than {size}")
        return text[:_RAW_KEPT_LETTERS]

    def _pass_over(self) -> tuple[str, int]:
        """The beginning of an object, a list or a string, of which the rest is not held."""
        kept, line, depth = self._beginning(self._text[self._at :]), self._line, 0
        while True:
            mark = _MARK.search(self._text, self._at)
            self._move(mark.end() if mark else len(self._text))
            if mark is None:
                self._require_more()
                continue
            if mark[0] == '"':
                self._pass_string()
            else:
                depth += 1 if mark[0] in "[{" else -1
            if not depth:
                return kept, line

    def _pass_string(self) -> None:
        while True:
            if (inside := _IN_STRING.match(self._text, self._at)) is not None:
                self._move(inside.end())
            if self._text.startswith('"', self._at):
                self.step()
                return
            self._require_more()

    def _require_more(self) -> None:
        if not self._grow():
            raise self._truncated()

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether it may be that only the rest is missing."""
        unterminated = error.msg.startswith("Unterminated string")  # placed where it starts
        return unterminated or error.pos >= len(self._text) - _NEAR

    def _more_or_refuse(self, error: json.JSONDecodeError) -> None:
        place, cut = error.pos, self._is_cut(error)
        if cut and self._grow():
            return
        unterminated = error.msg.startswith("Unterminated string")
        if unterminated or _WORD_AT_END.fullmatch(self._text, place):
            raise self._truncated() from error
        line = self._line + self._text.count("\n", self._at, place)
        near = self._text[place : place + 20]
        said = error.msg.removesuffix(" at")
        raise Unreadable(
            "json", f"{said} at line {line:,}, where {near!r} stands; correct the file"
        ) from error

    def _truncated(self) -> Unreadable:
        return Unreadable(
            "truncated", f"the text ends inside its records, at line {self._line:,}; send it whole"
        )

    def _move(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _grow(self) -> bool:
        """Read on; whether there was more. At least doubles what is held, so that retries pay."""
        if self._ended:
            return False
        held = self._text[self._at :]
        parts, self._ended = taken(self._blocks, max(self._window_bytes, len(held)))
        fresh = b"".join(parts)
        text = held + self._decoder.decode(fresh, final=self._ended)
        window = held.encode("utf-8", "surrogateescape") + fresh
        self.suspicious = needs_a_look(window)
        self.long_numbers = may_hold_long_number(window)
        self._text, self._at, self._tried = text, 0, False
        return True
