"""The records of a sample, each read by itself: one that is damaged harms no other."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.reading.delimited.dialect import newline_byte
from headwater.reading.delimited.grammar import Grammar, Marks

_DAMAGED = 32  # lines: a quote that is never closed is looked for to the text's end


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the sample, or what may be one."""

    offset: int
    end: int  # behind its line end
    raw: bytes
    cells: tuple[str, ...]
    blank: bool = False
    sound: bool = True  # else it is no record, and its cells are what delimiters make of it

    @property
    def filled(self) -> int:
        """How many of its cells hold something."""
        return sum(bool(cell.strip()) for cell in self.cells)

    @property
    def first(self) -> str:
        """Its first cell that holds something."""
        return next((cell.strip() for cell in self.cells if cell.strip()), "")


def read_lines(
    text: bytes, marks: Marks, newline: str, limit: int, *, whole: bool = True, comment: str = ""
) -> list[Line]:
    """The first records of a text, each read by itself; a last one that may be cut is left out.

    A line that begins as a comment is told to do is as good as blank.
    """
    grammar, mark = Grammar(marks, 1, newline_byte(newline)), comment.encode()
    lines: list[Line] = []
    at = damaged = 0
    while at < len(text) and len(lines) < limit and damaged < _DAMAGED:
        line = _line(text, at, grammar, mark)
        if line.end == len(text) and not whole and lines:
            break
        damaged += not line.sound
        lines.append(line)
        at = line.end
    return lines


def _line(text: bytes, at: int, grammar: Grammar, comment: bytes) -> Line:
    newline = grammar.newline
    found = text.find(newline, at)
    stop = found if found >= 0 else len(text)
    raw = text[at:stop].removesuffix(b"\r") if newline == b"\n" else text[at:stop]
    if not raw or (comment and raw.startswith(comment)):
        return Line(at, min(stop + 1, len(text)), raw, (), blank=True)
    if grammar.is_plain(raw):
        cells = raw.decode("utf-8", "backslashreplace").split(grammar.delimiter.decode())
        return Line(at, min(stop + 1, len(text)), raw, tuple(cells))
    reading = grammar.read(text, at)
    if reading.fault is not None:
        pieces = tuple(raw.decode("utf-8", "backslashreplace").split(grammar.delimiter.decode()))
        return Line(at, min(stop + 1, len(text)), raw, pieces, sound=False)
    found = text.find(newline, reading.end)
    stop = found if found >= 0 else len(text)
    return Line(at, min(stop + 1, len(text)), text[at : reading.end], grammar.values(reading))
