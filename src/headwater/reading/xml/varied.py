"""The shape of rows whose attributes and elements may each be missing.

Such a row has its values in attributes and in elements that hold nothing but text, each
name at most once and all rows in the same order, as in exports that leave out what is
null. Each value has two groups: its name, if it is there, and its text. Which names are
there tells the template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from headwater.reading.xml.draw import Slot
from headwater.reading.xml.piece import SEPARATOR
from headwater.reading.xml.plain import CDATA
from headwater.reading.xml.shape import BLANKS, LOOSE, PLAIN, Cells, Patterns, Shape, pattern_of
from headwater.reading.xml.uniform import PRIVATE, ROW_BYTES, SLOTS, mark

_NAME = rb"""[^\s<>/!?"'=&;:]+"""
_START = re.compile(rb"<([^\s<>/!?\"'=&;]+)")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]+(" + _NAME + rb')="[^"<]*"')
_ELEMENT = re.compile(rb"[ \t\r\n]*<([^\s<>/!?\"'=&;]+)(?:>[^<]*</\1>|/>)")
_TEMPLATES = 10_000
_VALUE, _TEXT = Slot(b'"'), Slot(b"")


@dataclass(frozen=True, slots=True)
class Names:
    """What such rows have, in order."""

    row: bytes
    attributes: tuple[bytes, ...]
    elements: tuple[bytes, ...]

    def __or__(self, other: Names) -> Names | None:
        """The names of both; None if they do not follow one order."""
        attributes = _merged(self.attributes, other.attributes)
        elements = _merged(self.elements, other.elements)
        if attributes is None or elements is None:
            return None
        return Names(self.row, attributes, elements)


def names_of(row: bytes) -> Names | None:
    """The names in a row; None if it is no such row."""
    row = CDATA.sub(b"x", row)
    start = _START.match(row)
    if start is None or len(row) > ROW_BYTES or PRIVATE in row:
        return None
    name, at = start[1], start.end()
    attributes, at = _all(_ATTRIBUTE, row, at)
    elements: list[bytes] = []
    if row[at : at + 1] == b">":
        elements, at = _all(_ELEMENT, row, at + 1)
        end = rb"[ \t\r\n]*</" if elements else b"</"
        whole = re.compile(end + re.escape(name) + b">").fullmatch(row, at)
    else:
        whole = re.compile(rb"[ \t\r\n]*/>").fullmatch(row, at)
    once = all(len(set(each)) == len(each) for each in (attributes, elements))
    if whole is None or not once or b"xmlns" in attributes:
        return None
    return Names(name, tuple(attributes), tuple(elements))


def varied_shape(names: Names, rehearse: Callable[[bytes], bytes]) -> Shape | None:
    """The shape of rows with any of the names, all of which were seen in rows before."""
    count = len(names.attributes) + len(names.elements)
    if count > SLOTS:
        return None
    record = json.loads(rehearse(_marked(names)))
    if list(record.values()) != [mark(number).decode() for number in range(count)]:
        return None
    keys = [json.dumps(key, ensure_ascii=False).encode() for key in record]
    slots = [slot for _ in names.attributes for slot in (None, _VALUE)]
    slots += [slot for _ in names.elements for slot in (None, _TEXT)]
    return Shape(_patterns(names), tuple(slots), _ByPresence(keys))


@dataclass(slots=True)
class _ByPresence:
    """A template for each set of names."""

    keys: list[bytes]
    _templates: dict[Cells, bytes] = field(default_factory=dict)

    def lines(self, rows: Sequence[Cells], first: int) -> bytes:
        known = self._templates
        parts = []
        for index, row in enumerate(rows, first):
            present = row[:-2:2]
            template = known.get(present) or self._template(present)
            parts.append(template % (index, *row))
        return b"".join(parts)

    def _template(self, present: Cells) -> bytes:
        fields, comma = list[bytes](), b""
        for key, name in zip(self.keys, present, strict=True):
            if name:
                fields.append(b"%.0b" + comma + key.replace(b"%", b"%%") + b':"%b"')
                comma = b","
            else:
                fields.append(b"%.0b%.0b")
        template = b"%d" + SEPARATOR + b"{" + b"".join(fields) + b"}%.0b%.0b\n"
        if len(self._templates) >= _TEMPLATES:
            self._templates.clear()
        self._templates[present] = template
        return template


def _all(pattern: re.Pattern[bytes], row: bytes, at: int) -> tuple[list[bytes], int]:
    names = []
    while found := pattern.match(row, at):
        names.append(found[1])
        at = found.end()
    return names, at


def _merged(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> tuple[bytes, ...] | None:
    """The names of both in an order that is that of each."""
    names, at = list(one), 0
    for name in other:
        if name in names:
            place = names.index(name)
            if place < at:
                return None
            at = place + 1
        else:
            names.insert(at, name)
            at += 1
    return tuple(names)


def _marked(names: Names) -> bytes:
    values = iter(range(SLOTS))
    attributes = b"".join(b' %b="%b"' % (each, mark(next(values))) for each in names.attributes)
    elements = b"".join(
        b"<%b>%b</%b>" % (each, mark(next(values)), each) for each in names.elements
    )
    return b"<%b%b>%b</%b>" % (names.row, attributes, elements, names.row)


def _patterns(names: Names) -> Patterns:
    return Patterns(
        _pattern(names, PLAIN, group=True),
        _pattern(names, LOOSE, group=True),
        _pattern(names, LOOSE, group=False),
    )


def _pattern(names: Names, letters: bytes, *, group: bool) -> bytes:
    opened, closed = (b"(", b")") if group else (b"", b"")
    text = pattern_of(_TEXT, letters, group=group)
    value = pattern_of(_VALUE, letters, group=group)
    attributes = [
        b"(?:[ \\t\\r\\n]++" + opened + re.escape(each) + closed + b'="' + value + b'")?+'
        for each in names.attributes
    ]
    elements = [
        b"(?:" + BLANKS + b"<" + opened + re.escape(each) + closed
        + b"(?:>" + text + b"</" + re.escape(each) + b">|/>))?+"
        for each in names.elements
    ]  # fmt: skip
    name = re.escape(names.row)
    end = b"</" + name + b">"
    # Blank space in a row without elements would be its text.
    some = b">(?=" + BLANKS + b"<[^/!?])" + b"".join(elements) + BLANKS + end
    inside = b"(?:" + BLANKS + b"/>|>" + end + (b"|" + some if elements else b"") + b")"
    return b"<" + name + b"".join(attributes) + inside
