"""Where in a delimited text the table lies: what stands before it, its header, what stands behind.

    Sales report             preamble: lines with too few fields, padded, or comments
    created 2024-01-31

    region,Q1,,Q2,           header: rows of names, the upper one for several columns
    ,net,gross,net,gross
    north,1,2,3,4            body
    Total,9,9,9,9            footer: lines that say so

A line is passed over on evidence only: a header that lacks a field is no preamble, and a last
record that is cut no footer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from headwater.reading.delimited.heading import HEADER_ROWS, header_rows, tells_header
from headwater.reading.delimited.kinds import begins_as_total, is_datum, telling_columns
from headwater.reading.delimited.samplelines import Line

COMMENTS = ("#", "//", "--", "%", "!", ";")
_BODY_ROWS = 24
_PREAMBLE_ROWS = 5_000
_NAMED_ROWS = 2
_FEW = 4  # rows, to one that begins as a comment does
_NARROW = 3  # fields: from there on, one field is no header of so many


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a table, as numbers of lines among those looked at."""

    first: int  # where the header starts, or the body if there is none
    width: int
    header_rows: int
    body: tuple[Line, ...]
    telling: tuple[int, ...]  # columns of numbers and dates
    comment: str = ""
    row_names: bool = False  # whether the header says nothing of the first field


def lay_out(
    lines: Sequence[Line],
    width: int,
    *,
    lacking: int = 0,
    heads: int | None = None,
    is_start: bool = False,
    is_width: bool = False,
) -> Layout:
    """Find the table among the first lines of a text, or at its start where that is known.

    It is as wide as its first line, which is its header, unless it is told to have that width.

    Where rows may leave out the last columns, these have so many fields as are lacking them,
    and are no header unless they are told to be one.
    """
    first = _start(lines) if is_start else _first(lines, (width, lacking or width))
    row_names = heads in {None, 1} and not lacking and _names_rows(lines[first:], width)
    fields = len(lines[first].cells)
    if lacking and fields == lacking and not heads:
        heads = 0
    elif fields and not row_names and not is_width:
        width = fields
    comment = _comment(lines, first, width)
    table = [
        line
        for line in lines[first:]
        if line.cells and (line is lines[first] or not _begins(line, comment))
    ]
    rows = [line for line in table if line.sound and len(line.cells) == width][
        : _BODY_ROWS + HEADER_ROWS
    ]
    if heads is None:
        heads = 1 if row_names else header_rows([line.cells for line in rows])
        together = takewhile(lambda line: line.sound and len(line.cells) == width, table)
        heads = min(heads, max(1, sum(1 for _ in together)))
    records = rows if row_names else rows[heads:]
    body = tuple(line for line in records if not begins_as_total(line.first))
    telling = tuple(telling_columns([line.cells for line in body])) if body else ()
    return Layout(first, width, heads, body, telling, comment, row_names)


def is_first_odd(lines: Sequence[Line], layout: Layout, width: int) -> bool:
    """Whether the first row of a table without a header is ragged, and most have that width."""
    widths = [len(line.cells) for line in lines[layout.first :] if line.sound and not line.blank]
    return 1 < layout.width != width > 1 and widths.count(width) * 2 > len(widths)


def _start(lines: Sequence[Line]) -> int:
    """The first line that is not blank."""
    return next((i for i, line in enumerate(lines) if not line.blank), 0)


def _first(lines: Sequence[Line], widths: tuple[int, int]) -> int:
    """The line where the table starts, with as many fields as one of the widths."""
    start, width = _start(lines), widths[0]
    for place, line in enumerate(lines[:_PREAMBLE_ROWS]):
        if len(line.cells) in widths and not _is_padded(lines, place, width):
            if place == start:
                return start
            return place if _is_preamble(lines, start, place, width) else start
    return start


def _names_rows(lines: Sequence[Line], width: int) -> bool:
    """Whether the header has one name fewer than rows have fields: the first names the row.

    Then all rows are so wide, and no two have the same name; and their last field is not what
    a delimiter too many leaves. It may as well be the last column that has no name, so it takes
    the handwriting of programs that write tables so: quotes around all names, or blanks and
    tabs between fields.
    """
    header = lines[0].cells
    if len(header) + 1 != width or not all(map(str.strip, header)) or any(map(is_datum, header)):
        return False
    some = [line for line in lines[1 : _BODY_ROWS + 1] if not line.blank]
    rows = [line.cells for line in some]
    even = len(rows) >= _NAMED_ROWS and all(len(row) == width for row in rows)
    names = {row[0] for row in rows if row[0].strip()}
    told = even and len(names) == len(rows) and any(row[-1].strip() for row in rows)
    return told and _is_by_program([lines[0], *some])


def _is_by_program(lines: Sequence[Line]) -> bool:
    quoted = all(line.raw.startswith((b'"', b"'")) for line in lines)
    return quoted or not any(mark in line.raw for line in lines for mark in (b",", b";", b"|"))


def _is_padded(lines: Sequence[Line], place: int, width: int) -> bool:
    """Whether it is a title that a spreadsheet has filled up with empty fields."""
    if width < _NARROW or lines[place].filled > 1:
        return False
    behind = (line for line in lines[place + 1 :] if line.filled > 1)
    header = next(behind, None)
    return header is not None and len(header.cells) == width == header.filled


def _is_preamble(lines: Sequence[Line], start: int, place: int, width: int) -> bool:
    """Whether the lines from start up to place are none of the table's."""
    before = [line for line in lines[start:place] if not line.blank]
    if _common_prefix(before):
        return True
    if any(len(line.cells) * 2 > width and not _is_title(line) for line in before):
        return False
    if lines[place - 1].blank or (len(before) > 1 and width >= _NARROW):
        return True  # else the one line may be the name of the one column
    behind = [line.cells for line in lines[place + 1 :] if len(line.cells) == width]
    return bool(tells_header(lines[place].cells, telling_columns(behind[:_BODY_ROWS])))


def _is_title(line: Line) -> bool:
    return len(line.cells) > 1 and line.filled <= 1


def _common_prefix(lines: Sequence[Line]) -> str:
    for prefix in COMMENTS:
        mark = prefix.encode()
        if lines and all(line.raw.startswith(mark) for line in lines):
            return prefix
    return ""


def _begins(line: Line, comment: str) -> bool:
    return bool(comment) and line.raw.startswith(comment.encode())


def _comment(lines: Sequence[Line], first: int, width: int) -> str:
    """What comments begin with: more than one line does, or a sentence, and no row.

    The row of names may be the last of the lines that begin so; then few rows may, too. Where
    rows have but one column, nothing tells a comment from a row.
    """
    if width == 1:
        return ""
    for prefix in COMMENTS:
        mark = prefix.encode()
        starting = [line for line in lines if line.raw.startswith(mark)]
        before = lines[0].raw.startswith(mark) and first > 0
        named = lines[first] in starting and not any(map(is_datum, lines[first].cells))
        if named:
            starting.remove(lines[first])
        rows = sum(len(line.cells) == width and line.filled > 1 for line in starting)
        few = before and named and not any(line in starting for line in lines[first + 1 :][:1])
        few = few and rows * _FEW < sum(len(line.cells) == width for line in lines)
        if not starting or (rows and not few):
            continue
        if before or len(starting) > 1 or starting[0].raw.startswith(mark + b" "):
            return prefix
    return ""
