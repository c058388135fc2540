"""What stands behind a table: totals, counts and remarks that are no rows of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from headwater.reading.delimited.dialect import Dialect, newline_byte
from headwater.reading.delimited.kinds import begins_as_total, is_datum, is_total
from headwater.reading.delimited.layout import Layout
from headwater.reading.delimited.samplelines import Line, read_lines
from headwater.reading.told import Sample

TAIL_BYTES = 16 * 1024
_TAIL_LINES = 12
_NARROW = 3  # fields: from there on, a line of one is no row
_END_OF_COPY = rb"\."


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands behind the table."""

    size: int = 0  # bytes
    lines: tuple[bytes, ...] = ()


def footer_of(sample: Sample, dialect: Dialect, layout: Layout) -> Footer:
    """What stands behind the table, if the text's end is at hand."""
    if not layout.body:
        return Footer()
    if sample.whole:
        tail, start = sample.text, layout.body[0].end
    elif sample.tail is not None:
        tail, start = sample.tail(), 0
    else:
        return Footer()
    at = _last_lines(tail, start, dialect, whole=sample.whole)
    lines = read_lines(tail[at:], dialect.marks, dialect.newline, _TAIL_LINES + 1)
    return _footer(lines, layout, len(tail) - at)


def _footer(lines: Sequence[Line], layout: Layout, end: int) -> Footer:
    """The lines behind the body that are none of it; `end` is where the text ends."""
    kept, found = list(lines), list[Line]()
    while kept and (kept[-1].blank or _is_footer(kept[-1], layout)):
        found.insert(0, kept.pop())
    while found and found[0].blank:
        kept.append(found.pop(0))
    found = _behind_gap(kept, layout) + [line for line in found if not line.blank]
    if not found:
        return Footer()
    return Footer(end - found[0].offset, tuple(line.raw for line in found))


def _is_footer(line: Line, layout: Layout) -> bool:
    if layout.comment and line.raw.startswith(layout.comment.encode()):
        return len(line.cells) != layout.width
    if line.raw.strip() == _END_OF_COPY:
        return True
    if not line.sound or not begins_as_total(line.first):
        return False
    if len(line.cells) != layout.width:
        return line.filled * 2 <= layout.width or line.filled <= 2  # noqa: PLR2004 - name, number
    return layout.width > 1 and is_total(line.first) and _differs(line, layout)


def _differs(line: Line, layout: Layout) -> bool:
    """Whether a line of a row's width is none: text for a number, or gaps where rows have none."""
    for place, cell in enumerate(line.cells):
        if place in layout.telling and cell.strip() and not is_datum(cell):
            return True
    gaps = [place for place, cell in enumerate(line.cells) if not cell.strip()]
    return bool(gaps) and all(row.cells[place].strip() for row in layout.body for place in gaps)


def _behind_gap(lines: Sequence[Line], layout: Layout) -> list[Line]:
    """Lines of too few fields behind a blank line, up to the end."""
    kept = list(lines)
    while kept and kept[-1].blank:
        kept.pop()
    found: list[Line] = []
    while kept and not kept[-1].blank:
        found.insert(0, kept.pop())
    lone = layout.width >= _NARROW and all(
        line.filled <= 1 and len(line.cells) != layout.width for line in found
    )
    return found if lone and kept else []


def _last_lines(text: bytes, start: int, dialect: Dialect, *, whole: bool) -> int:
    """Where the last few records begin, or the start if that is later.

    Surely: behind an even number of quotes from the start; where the start of a record is not
    at hand, with no quote at all among them.
    """
    newline, quote = newline_byte(dialect.newline), dialect.quote.encode()
    at = len(text) - text.endswith(newline)
    for _ in range(_TAIL_LINES):
        at = text.rfind(newline, start, max(at, start))
        if at < 0:
            break
    at = start if at < 0 else at + 1
    if not quote:
        return at
    if not whole:
        last = text.rfind(quote)
        return at if last < at else _next_line(text, last, newline)
    escape = re.escape(dialect.escape.encode())
    pairs = re.compile(escape + b".", re.DOTALL) if escape else None
    while at < len(text):
        before = text[start:at]
        if (pairs.sub(b"", before) if pairs else before).count(quote) % 2 == 0:
            break
        at = _next_line(text, at, newline)
    return at


def _next_line(text: bytes, at: int, newline: bytes) -> int:
    end = text.find(newline, at)
    return end + 1 if end >= 0 else len(text)
