"""How a delimited record is spelled: the one definition that sniffing and scanning share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

QUOTE = b'"'
LINE_ENDS = b"\r\n"

# Possessive throughout: a field is read in one way or not at all, so hostile text cannot make
# the expression try again.
_QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'


class Fault(Enum):
    """What keeps text from being a record."""

    OPEN = "open"  # a quote opens and does not close before the text ends
    STRAY = "stray"  # a quote inside a field that does not begin with one
    BEHIND = "behind"  # something between a closing quote and the next delimiter


@dataclass(frozen=True, slots=True)
class Reading:
    """One record as read, as far as it could be."""

    cells: tuple[bytes, ...]  # as spelled, quotes and all
    end: int  # behind its last byte, or where the fault is
    fault: Fault | None = None

    def values(self) -> tuple[str, ...]:
        """The cells without their quotes."""
        return tuple(_value(cell) for cell in self.cells)


class Grammar:
    """Records of one width with one delimiter."""

    def __init__(self, delimiter: str, width: int, newline: bytes = b"\n") -> None:
        """Take the byte that ends lines too: a CR before an LF belongs to the line end."""
        self.delimiter = delimiter.encode()
        self.width = width
        self.newline = newline
        special = b'"' + re.escape(self.delimiter) + newline
        self._bare = re.compile(rb"[^" + special + rb"]*+")
        self._quoted = re.compile(_QUOTED)
        field = rb"(?:[^" + special + rb"]++|" + _QUOTED + rb"|)"
        more = rb"(?:" + re.escape(self.delimiter) + field + rb"){%d}+" % (width - 1)
        self._end = re.compile(b"(?:\r?\n|\r?\\Z)" if newline == b"\n" else b"(?:\r|\\Z)")
        record = re.compile(
            field + (more if width > 1 else b"") + b"(?=" + self._end.pattern + b")"
        )
        self.match = record.match
        self.fullmatch = record.fullmatch

    def read(self, text: bytes, start: int = 0) -> Reading:
        """Read the record at start, whatever its width, field by field."""
        cells: list[bytes] = []
        at = start
        while True:
            quoted = text[at : at + 1] == QUOTE
            field = (self._quoted if quoted else self._bare).match(text, at)
            if field is None:
                return Reading((*cells, text[at:]), len(text), Fault.OPEN)
            cells.append(field[0])
            at = field.end()
            follows = text[at : at + 1]
            if follows == self.delimiter:
                at += 1
            elif self._end.match(text, at):
                if not quoted and self.newline == b"\n":
                    cells[-1] = cells[-1].removesuffix(b"\r")
                return Reading(tuple(cells), at)
            else:
                return Reading(tuple(cells), at, Fault.BEHIND if quoted else Fault.STRAY)


def _value(cell: bytes) -> str:
    if cell.startswith(QUOTE):
        cell = cell[1:-1].replace(b'""', QUOTE)
    return cell.decode("utf-8", "backslashreplace")
