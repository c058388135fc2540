"""Stretches of a text: as many whole lines as are at hand, with the number of the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from headwater.reading.encoding.told import without_mark
from headwater.reading.pieces.joined import RECORD_BYTES

STRETCH_BYTES = 1024 * 1024
_LINE_END = re.compile(rb"\n|\r(?=[^\n])")
_KEPT_BYTES = 64 * 1024 + 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines without their ends, or the beginning of one that is too long."""

    line: int  # the number of the first
    lines: Sequence[bytes]
    too_long: bool = False


def stretches(
    blocks: Iterable[bytes],
    *,
    stretch_bytes: int = STRETCH_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Stretch]:
    """All lines of a text; the byte order mark and the line ends (LF, CRLF, CR) are left out.

    A CR ends lines only in a text whose first line ends with one. How blocks are cut
    changes nothing but where one stretch ends and the next begins.
    """
    cutter = _Cutter(record_bytes)
    parts, size = list[bytes](), 0
    for block in without_mark(blocks):
        parts.append(block)
        size += len(block)
        if size >= max(stretch_bytes, cutter.held_bytes):
            yield from cutter.add(b"".join(parts))
            parts, size = [], 0
    yield from cutter.add(b"".join(parts))
    yield from cutter.rest()


def clean_runs(count: int, odd: Iterable[int]) -> Iterator[tuple[int, int]]:
    """From where to where lines are clean, before each odd one and behind the last."""
    start = 0
    for index in odd:
        yield start, index
        start = index + 1
    yield start, count


class _Cutter:
    def __init__(self, record_bytes: int) -> None:
        self._record_bytes = record_bytes
        self._held = b""
        self._line = 1
        self._newline = b""
        self._skipping = False  # the rest of a line that is too long

    @property
    def held_bytes(self) -> int:
        """How much waits for the end of its line."""
        return len(self._held)

    def add(self, fresh: bytes) -> Iterator[Stretch]:
        text = self._held + fresh
        if not self._newline and (first := _LINE_END.search(text)):
            self._newline = first[0]
        text = self._skipped(text)
        end = text.rfind(self._newline) if self._newline else -1
        if end >= 0:
            yield from self._stretch(text[:end])
            text = text[end + 1 :]
        if len(text) > self._record_bytes:
            yield Stretch(self._line, [text[:_KEPT_BYTES]], too_long=True)
            self._skipping = True
            text = b""
        self._held = text

    def rest(self) -> Iterator[Stretch]:
        if self._held and not self._skipping:
            yield from self._stretch(self._held)

    def _skipped(self, text: bytes) -> bytes:
        if not self._skipping:
            return text
        end = text.find(self._newline or b"\n")
        if end < 0:
            return b""
        self._skipping = False
        self._line += 1
        return text[end + 1 :]

    def _stretch(self, text: bytes) -> Iterator[Stretch]:
        if self._newline != b"\r" and b"\r" in text:
            text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
        lines = text.split(self._newline or b"\n")
        start = 0
        for index in self._too_long(lines):
            yield Stretch(self._line + start, lines[start:index])
            yield Stretch(self._line + index, [lines[index][:_KEPT_BYTES]], too_long=True)
            start = index + 1
        yield Stretch(self._line + start, lines[start:] if start else lines)
        self._line += len(lines)

    def _too_long(self, lines: Sequence[bytes]) -> list[int]:
        if max(map(len, lines)) <= self._record_bytes:
            return []
        return [index for index, line in enumerate(lines) if len(line) > self._record_bytes]
