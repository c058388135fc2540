"""A piece of a file that was read carefully: its clean records, and those refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from itertools import count as count_from

import numpy as np
import numpy.typing as npt

from headwater.reading.pieces.comments import Comments
from headwater.reading.pieces.numbered import numbered

_SHOWN_BYTES = 64 * 1024
_REFUSAL_BYTES = 500  # that a refusal takes beside its text


@dataclass(slots=True)
class Refusal:
    """One record that was refused, and why."""

    line: int  # where it starts: physical lines, from 1
    raw: str  # verbatim; bytes that are not UTF-8 as \xNN
    code: str
    message: str
    column: str | None = None


@dataclass(slots=True)
class Piece:
    """Clean records as one text that any strict parser reads the same, and the refused ones.

    Each record begins with its index within the piece and a separator, so that it can be
    found again whatever order a parser hands its records on.
    """

    text: bytes
    count: int  # clean records in the text
    refused: list[Refusal]
    _separator: bytes
    # Where counting on breaks: index, line in the source, line in the text, and by how many
    # lines each record of the run is behind the one before it: one, or none.
    _runs: list[tuple[int, int, int, int]]
    _verbatim: dict[int, bytes]  # source of the records that the text spells otherwise
    _lines: list[bytes] = field(default_factory=list)  # of the text, once someone asks
    comments: Comments = field(default_factory=Comments, kw_only=True)

    def line_of(self, index: int) -> int:
        """The line in the source where the record starts."""
        first, line, _, step = self._run(index)
        return line + (index - first) * step

    def raw_of(self, index: int) -> str:
        """The record as the source has it, without its line end."""
        raw = self._verbatim.get(index)
        if raw is None:
            if not self._lines:
                self._lines = self.text.split(b"\n")
            spelled = b"\n".join(self._lines[self._place(index) : self._place(index + 1)])
            raw = spelled.partition(self._separator)[2]
        return shown(raw)

    def numbered_from(self, first: int) -> bytes:
        """The text, its records counted on from another number."""
        lines = self.text.split(b"\n")
        for index in range(self.count):
            place = self._place(index)
            _, separator, record = lines[place].partition(self._separator)
            lines[place] = b"%d%b%b" % (first + index, separator, record)
        return b"\n".join(lines)

    def notes(self) -> bytes | None:
        """What tells where the records of its text stand; None if that cannot be written down.

        Refusals and comments are left out.
        """
        if type(self) is not Piece:
            return None
        spelled = self._verbatim.values()
        parts = (
            self._separator,
            _packed(number for run in self._runs for number in run),
            _packed(self._verbatim),
            _packed(map(len, spelled)),
            b"".join(spelled),
        )
        return _packed((self.count, *map(len, parts))) + b"".join(parts)

    def _place(self, index: int) -> int:
        if index == self.count:
            return len(self._lines) - 1
        first, _, place, _ = self._run(index)
        return place + index - first

    def _run(self, index: int) -> tuple[int, int, int, int]:
        if not 0 <= index < self.count:
            raise IndexError(f"record {index} of {self.count}")
        return self._runs[bisect_right(self._runs, (index, _BEYOND)) - 1]


_BEYOND = 1 << 62
_HEAD = 6  # numbers: how many records, and the lengths of five parts


def restored(notes: bytes, text: bytes) -> Piece:
    """The piece of these notes and of that text."""
    count, *lengths = _unpacked(notes[: _HEAD * _NUMBER.itemsize])
    ends = list(accumulate(lengths, initial=_HEAD * _NUMBER.itemsize))
    separator, *numbers, spelled = (notes[a:b] for a, b in pairwise(ends))
    runs, indices, sizes = map(_unpacked, numbers)
    places = pairwise(accumulate(sizes, initial=0))
    verbatim = {i: spelled[a:b] for i, (a, b) in zip(indices, places, strict=True)}
    each = iter(runs)
    return Piece(
        text, count, [], separator, list(zip(each, each, each, each, strict=True)), verbatim
    )


_NUMBER = np.dtype(np.int64)


def _packed(numbers: Iterable[int]) -> bytes:
    return np.fromiter(numbers, _NUMBER).tobytes()


def _unpacked(packed: bytes) -> list[int]:
    found: list[int] = np.frombuffer(packed, _NUMBER).tolist()
    return found


def shown(raw: bytes) -> str:
    r"""Bytes as a person reads them: what is not UTF-8 as \xNN, what is endless cut."""
    text = raw[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
    return text if len(raw) <= _SHOWN_BYTES else f"{text}... ({len(raw):,} bytes)"


class PieceBuilder:
    """Gathers records in the order of the source."""

    def __init__(self, separator: bytes) -> None:
        self._separator = separator
        self._start()

    def _start(self) -> None:
        self.count = 0
        self.refused: list[Refusal] = []
        self.comments = Comments()
        self.size = 0
        self._parts: list[bytes] = []
        self._runs: list[tuple[int, int, int, int]] = []
        self._verbatim: dict[int, bytes] = {}
        self._place = 0  # lines of text so far

    def take_lines(
        self, records: list[bytes], line: int, *, verbatim: list[bytes] | None = None
    ) -> None:
        """Clean records of one line each, the first of them from that line on.

        Verbatim, if the source spells them otherwise.
        """
        if not records:
            return
        self._mark(line)
        if verbatim is not None:
            self._verbatim.update(zip(count_from(self.count), verbatim, strict=False))
        self._add(records)

    def take_beside(self, records: list[bytes], line: int) -> None:
        """Clean records that all stand in that one line."""
        if records:
            self._runs.append((self.count, line, self._place, 0))
            self._add(records)

    def take_folded(self, records: list[bytes], lines: npt.NDArray[np.intp], mark: bytes) -> None:
        """Clean records that may span lines: a mark stands for each line end in them.

        The lines are those where the records start, and the one behind the last.
        """
        self._mark(int(lines[0]))
        jumps = np.flatnonzero(np.diff(lines) != 1) + 1
        places = lines[jumps] + (self._place - lines[0])
        found = (jumps + self.count, lines[jumps], places, np.ones_like(jumps))
        self._runs += zip(*(each.tolist() for each in found), strict=True)
        part = self._numbered(records).replace(mark, b"\n")
        self._parts.append(part)
        self.size += len(part)
        self.count += len(records)
        self._place += int(lines[-1] - lines[0])

    def take(self, record: bytes, line: int, *, verbatim: bytes | None = None) -> None:
        """One clean record; verbatim, if the source spells it otherwise."""
        self._mark(line, alone=True)
        if verbatim is not None:
            self._verbatim[self.count] = verbatim
        part = b"%d%b%b\n" % (self.count, self._separator, record)
        self._parts.append(part)
        self.size += len(part)
        self.count += 1
        self._place += part.count(b"\n")

    def refuse(
        self, line: int, raw: bytes, code: str, message: str, column: str | None = None
    ) -> None:
        """One record that is not clean."""
        self.refused.append(Refusal(line, shown(raw), code, message, column))
        self.size += min(len(raw), _SHOWN_BYTES) + _REFUSAL_BYTES

    def piece(self) -> Piece:
        """Everything gathered since the last piece."""
        made = Piece(
            b"".join(self._parts),
            self.count,
            self.refused,
            self._separator,
            self._runs,
            self._verbatim,
            comments=self.comments,
        )
        self._start()
        return made

    @property
    def empty(self) -> bool:
        """Whether nothing was gathered."""
        return not self.count and not self.refused and not self.comments.count

    def _numbered(self, records: list[bytes]) -> bytes:
        return numbered(self.count, records, self._separator)

    def _add(self, records: list[bytes]) -> None:
        part = self._numbered(records)
        self._parts.append(part)
        self.size += len(part)
        self.count += len(records)
        self._place += len(records)

    def _mark(self, line: int, *, alone: bool = False) -> None:
        """Records from here on count from that line, one line each unless one comes alone."""
        if self._runs:
            first, start, place, step = self._runs[-1]
            ahead = self.count - first
            if place + ahead == self._place and (step or alone):
                if start + ahead * step == line:
                    return
                if alone and ahead == 1 and start == line:  # very many may share their line
                    self._runs[-1] = (first, start, place, 0)
                    return
        self._runs.append((self.count, line, self._place, 1))
