"""Lines of text that are no table: no mark parts them alike, and words fill them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from headwater.reading.delimited.candidates import REMARKS
from headwater.reading.delimited.dialect import UNIT_SEPARATOR
from headwater.reading.delimited.grammar import Marks
from headwater.reading.delimited.layout import Layout
from headwater.reading.delimited.samplelines import Line, read_lines
from headwater.reading.told import Sample, Told

NOTE = "read as lines of text, in one column: no mark parts them alike"

_LINES = 2_000
_NAME = re.compile(r"\w[\w.-]{0,63}")
_NAMED = re.compile(r"\s*\"?[^\W\d][\w.-]*(?:[ _]\w+)?\"?\s*")
_LONG = 64
_PAIR = 2
_REMARK = re.compile(r"#+\s|//|;+(?:\s|;)|\[|--\s|\W*$|\S+ .*\d:\d\d\b")


def is_remark(line: str) -> bool:
    """Whether the first line of one column is no name of it: a remark, a sentence, an event."""
    return (len(line) > _LONG and " " in line) or _REMARK.match(line) is not None


def is_by_chance(lines: Sequence[Line], layout: Layout) -> bool:
    """Whether a table found is one of one column, or what marks in sentences make of them.

    Then most lines have another number of fields than the table, and words begin it that are
    no names; or the mark ends all its lines and parts none.
    """
    if layout.width == 1:
        return True
    mark = layout.comment.encode()
    filled = [
        line
        for line in lines[layout.first :]
        if not line.blank and not (mark and line.raw.startswith(mark))
    ]
    fitting = [line for line in filled if line.sound and len(line.cells) == layout.width]
    names = fitting[0].cells if fitting else ()
    named = bool(names) and all(_NAMED.fullmatch(name) for name in names)
    ended = layout.width == _PAIR and not any(line.cells[-1].strip() for line in fitting)
    return ended or (len(fitting) * 2 < len(filled) and not named)


def told_prose(sample: Sample, marks: Marks, newline: str, told: Told) -> Told | None:
    """What is to be known of a text of one column that is prose; None if it is a table's.

    It is prose if some lines have marks that a table's would not, a delimiter that is not quoted,
    or a quote out of place; and if most lines have several words, or all of those are remarks.
    None has what tables have.
    """
    own = UNIT_SEPARATOR.encode() in sample.text or told.delimiter is not None
    if own or told.quote or told.escape:
        return None
    read = read_lines(sample.text, marks, newline, _LINES, whole=sample.whole)
    lines = [line for line in read if not line.blank]
    quoted = any(line.sound and line.raw.startswith(b'"') for line in lines)
    marked = [line for line in lines if len(line.cells) > 1 or not line.sound]
    words = sum(len(line.raw.split()) > 1 for line in lines)
    remarks = all(line.raw.startswith(REMARKS) for line in marked)
    if quoted or not marked or (words * 2 < len(lines) and not remarks):
        return None
    heads = told.header_rows
    if heads is None:
        first = lines[0].raw.decode("utf-8", "replace").strip()
        heads = 1 if _NAME.fullmatch(first) and len(lines) > 1 else 0
    return replace(
        told, delimiter=UNIT_SEPARATOR, quote="", escape="", header_rows=heads,
        comment=told.comment or "", nulls=told.nulls or (),
    )  # fmt: skip
