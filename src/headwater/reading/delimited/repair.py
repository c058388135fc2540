"""Damaged records that may be repaired, as far as a feed allows."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.reading.delimited.grammar import Grammar
from headwater.reading.delimited.respelling import Respelling
from headwater.reading.encoding.told import is_utf8


@dataclass(frozen=True, slots=True)
class Repairs:
    """What may be repaired; what may not is refused."""

    pad: bool = False  # a short row gets nulls, a long one loses cells that are empty
    lenient: bool = False  # a quote out of place is a letter


class Repair:
    """Repairs records of one grammar."""

    def __init__(self, repairs: Repairs, grammar: Grammar, respelling: Respelling) -> None:
        self._repairs = repairs
        self._grammar = grammar
        self._respelling = respelling

    def repaired(self, raw: bytes) -> bytes | None:
        """The record spelled plainly, if there is one way to repair it; raw is a whole record."""
        if not (self._repairs.pad or self._repairs.lenient) or not is_utf8(raw):
            return None
        reading = self._grammar.read(raw)
        if reading.fault is not None:
            return self._with_literal_quotes(raw) if self._repairs.lenient else None
        return self._padded(reading.cells) if self._repairs.pad else None

    def _padded(self, cells: tuple[bytes, ...]) -> bytes | None:
        width = self._grammar.width
        if len(cells) > width and any(map(self._grammar.value, cells[width:])):
            return None
        kept = cells[:width]
        record = self._grammar.delimiter.join(kept)
        record = self._respelling.record(record)
        return record + self._respelling.delimiter * (width - len(kept))

    def _with_literal_quotes(self, raw: bytes) -> bytes | None:
        """The cells, where each that is not quoted from end to end is what stands there."""
        values: list[bytes] = []
        at = 0
        while at <= len(raw):
            reading = self._grammar.read(raw, at)
            if reading.fault is None:
                values += map(self._grammar.value, reading.cells)
                break
            values += map(self._grammar.value, reading.cells[:-1])
            at += sum(len(cell) + len(self._grammar.delimiter) for cell in reading.cells[:-1])
            end = raw.find(self._grammar.delimiter, at)
            end = end if end >= 0 else len(raw)
            values.append(raw[at:end])
            at = end + len(self._grammar.delimiter)
        if b"\n" in raw or len(values) != self._grammar.width:
            return None
        return self._respelling.spelled(tuple(values))
