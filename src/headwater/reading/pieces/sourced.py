"""Pieces whose records are spelled otherwise than in their source, which is kept to be shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from headwater.reading.pieces.numbered import numbered
from headwater.reading.pieces.piece import Piece, PieceBuilder, shown


class Source(Protocol):
    """Where a run of records comes from."""

    def line(self, place: int) -> int:
        """The line where the record at that place of the run starts."""

    def raw(self, place: int) -> bytes:
        """That record as it stands there."""


@dataclass(frozen=True, slots=True)
class SourceLines:
    """Records of one line each, one behind the other."""

    first: int
    lines: Sequence[bytes]

    def line(self, place: int) -> int:
        """The line where the record at that place of the run starts."""
        return self.first + place

    def raw(self, place: int) -> bytes:
        """That record as it stands there."""
        return self.lines[place]


@dataclass(frozen=True, slots=True)
class SourceSpans:
    """Records that lie anywhere in a text; lines are counted only when someone asks."""

    first: int  # the line on which the text starts
    text: bytes
    starts: Sequence[int]
    ends: Sequence[int]
    base: int = 0  # where the text starts, in what the places were counted in

    def line(self, place: int) -> int:
        """The line where the record at that place of the run starts."""
        return self.first + self.text.count(b"\n", 0, self.starts[place] - self.base)

    def raw(self, place: int) -> bytes:
        """That record as it stands there."""
        return self.text[self.starts[place] - self.base : self.ends[place] - self.base]


@dataclass(slots=True)
class SourcedPiece(Piece):
    """A piece that finds its records again in what they were read from."""

    _sources: list[Source] = field(default_factory=list)
    _firsts: list[int] = field(default_factory=list)  # of each source: its first record's index

    def line_of(self, index: int) -> int:
        """The line in the source where the record starts."""
        source, place = self._source(index)
        return source.line(place)

    def raw_of(self, index: int) -> str:
        """The record as the source has it."""
        source, place = self._source(index)
        return shown(source.raw(place))

    def _source(self, index: int) -> tuple[Source, int]:
        if not 0 <= index < self.count:
            raise IndexError(f"record {index} of {self.count}")
        at = bisect_right(self._firsts, index) - 1
        return self._sources[at], index - self._firsts[at]


class SourcedBuilder(PieceBuilder):
    """Gathers runs of records in the order of the source."""

    def _start(self) -> None:
        super()._start()
        self._sources: list[Source] = []
        self._firsts: list[int] = []

    def take_run(self, records: Sequence[bytes], source: Source) -> None:
        """Clean records as the text shall have them, and where they come from."""
        if not records:
            return
        self._sources.append(source)
        self._firsts.append(self.count)
        part = numbered(self.count, records, self._separator)
        self._parts.append(part)
        self.size += len(part)
        self.count += len(records)

    def piece(self) -> Piece:
        """Everything gathered since the last piece."""
        made = SourcedPiece(
            b"".join(self._parts),
            self.count,
            self.refused,
            self._separator,
            [],
            {},
            [],
            self._sources,
            self._firsts,
        )
        self._start()
        return made
