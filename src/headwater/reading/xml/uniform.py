"""The shape of rows that have the same elements and attributes in the same order.

The template comes from the tree itself, which is shown a row once more with marks for
values, so that both ways of reading agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from headwater.reading.xml.draw import Part, Slot, draw
from headwater.reading.xml.piece import SEPARATOR
from headwater.reading.xml.plain import CDATA
from headwater.reading.xml.shape import LOOSE, PLAIN, Cells, Patterns, Shape, pattern_of

ROW_BYTES = 64 * 1024
SLOTS = 400
PRIVATE = b"\xee\x80"
"""Begins letters that no name has, with which values are marked."""

_MARK = re.compile(b"\xee\x80\x80([0-9]+)\xee\x80\x81")


def mark(number: int) -> bytes:
    """Stands for a value."""
    return b"\xee\x80\x80%d\xee\x80\x81" % number


@dataclass(frozen=True, slots=True)
class _OneTemplate:
    template: bytes

    def lines(self, rows: Sequence[Cells], first: int) -> bytes:
        template = self.template
        return b"".join([template % (index, *row) for index, row in enumerate(rows, first)])


def uniform_shape(row: bytes, record: bytes, rehearse: Callable[[bytes], bytes]) -> Shape | None:
    """The shape of a row that has this JSON; None if there is none to rely on.

    What `rehearse` answers is the JSON of another row in its place.
    """
    if len(row) > ROW_BYTES or PRIVATE in row:
        return None
    parts = draw(CDATA.sub(b"x", row))
    if parts is None:
        return None
    slots = tuple(part for part in parts if isinstance(part, Slot))
    if len(slots) > SLOTS:
        return None
    template = _template(rehearse(_marked(parts)), len(slots))
    if template is None:
        return None
    shape = Shape(_patterns(parts), slots, _OneTemplate(template))
    return shape if reads(shape, row, record) else None


def reads(shape: Shape, row: bytes, record: bytes) -> bool:
    """Whether the shape makes the same JSON of a row as the tree."""
    taken = shape.take(row, 0, len(row), 0)
    return taken.count == 1 and taken.numbered == b"0" + SEPARATOR + record + b"\n"


def _marked(parts: Sequence[Part]) -> bytes:
    """The row with a mark for each value."""
    texts, number = list[bytes](), 0
    for part in parts:
        if isinstance(part, bytes):
            texts.append(part)
        elif isinstance(part, Slot):
            texts.append(mark(number))
            number += 1
    return b"".join(texts)


def _template(record: bytes, slots: int) -> bytes | None:
    """The JSON with places for index, values, and two cells that are empty."""
    literals = _MARK.split(record)
    if literals[1::2] != [b"%d" % number for number in range(slots)]:
        return None  # a value is not in it, or elsewhere than in the source
    values = b"%b".join(literal.replace(b"%", b"%%") for literal in literals[::2])
    return b"%d" + SEPARATOR + values + b"%.0b%.0b\n"


def _patterns(parts: Sequence[Part]) -> Patterns:
    return Patterns(
        b"".join(pattern_of(part, PLAIN, group=True) for part in parts),
        b"".join(pattern_of(part, LOOSE, group=True) for part in parts),
        b"".join(pattern_of(part, LOOSE, group=False) for part in parts),
    )
