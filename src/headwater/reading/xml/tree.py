"""Rows of an XML text as JSON objects, built while expat parses.

How an element becomes a value:

    <a>x</a>                        "x"; an empty one ""
    <a u="1"><b>x</b></a>           {"u": "1", "b": "x"}
    <a><b>x</b><b>y</b></a>         {"b": ["x", "y"]}
    <a u="1">x</a>, mixed content   {"u": "1", "#text": "x"}
    <a xsi:nil="true"/>             null

Values are strings as the source has them; blank space between elements is none. A row is
always an object. What the schema of XML's own instances says (xsi:type and the like) is
about reading, not content, and left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.parsers import expat

from headwater.reading.json.strictness import DEPTH
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.doctype import refuse_doctype
from headwater.reading.xml.keys import SEPARATOR, Kind, Names, is_instance_attribute, is_nil
from headwater.reading.xml.text import BLANK

FILE_DEPTH = 1_000
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BLANK = BLANK.decode()

Value: TypeAlias = dict[str, Any] | str | None


@dataclass(slots=True)
class Row:
    """One row element that was read."""

    start: int  # its first byte, counted from the text's beginning
    end: int  # of an end tag its first byte, of an empty element the byte behind it
    record: bytes  # JSON
    hollow: bool  # no element, and no text in it
    too_deep: bool
    is_root: bool


class _Node:
    __slots__ = ("attributes", "children", "kind", "texts")

    def __init__(self, kind: Kind, attributes: list[str]) -> None:
        self.kind = kind
        self.attributes = attributes
        self.children: list[tuple[Kind, Value]] = []
        self.texts: list[str] = []


class XmlTree:
    """Takes the text bit by bit, and keeps the rows that ended in it."""

    def __init__(self, row: tuple[str, ...]) -> None:
        """Take the end of the row elements' path, in local names."""
        self.rows: list[Row] = []
        self.skipped = 0  # bytes of the text that were not fed, less those that are not of it
        self._fed = 0
        self.in_row = False  # whether a row has not ended
        self.row_start = 0  # where the last row starts
        self.found = False  # whether there was any row
        self.scope = 0  # another number once prefixes of rows may have another meaning
        self.beside: list[str] = []  # paths of some elements that are no rows
        self._row = row
        self._path: list[str] = []
        self._names = Names()
        self._kind = Kind(self._names)
        self._declares = False  # whether the element that starts next declares namespaces
        self._declaring: list[bool] = []  # the same of the elements around rows
        self._stack: list[_Node] = []
        self._top = _Node(self._kind, [])
        self._too_deep = False
        self._below = 0
        self._parser = self._new_parser()
        self._outside()

    def feed(self, text: bytes, *, final: bool = False) -> None:
        """Parse the text that follows; expat.ExpatError, Unreadable."""
        self._parser.Parse(text, final)
        self._fed += len(text)

    def rehearse(self, row: bytes) -> bytes:
        """The JSON of a row that is not of the text, as if it stood here."""
        before = len(self.rows)
        self.feed(row)
        self.skipped -= len(row)
        record = self.rows[before].record
        del self.rows[before:]
        return record

    def drop_open_row(self) -> None:
        """Build no more of the row that has not ended."""
        self._below = len(self._stack)
        self._stack.clear()
        self._top = _Node(self._kind, [])
        self._parser.StartElementHandler = self._deeper
        self._parser.EndElementHandler = self._higher
        self._parser.CharacterDataHandler = None

    @property
    def unread(self) -> int:
        """How many bytes expat holds of a tag or comment that has not ended."""
        read: int = self._parser.CurrentByteIndex
        return self._fed - max(read, 0)

    @property
    def error_position(self) -> int:
        """Where expat stopped."""
        place: int = self._parser.ErrorByteIndex
        return max(place, 0) + self.skipped

    @property
    def open_path(self) -> str:
        """The elements that have not ended."""
        return "/".join(self._path)

    def _new_parser(self) -> Any:
        parser = expat.ParserCreate("utf-8", SEPARATOR)
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.EntityDeclHandler = refuse_doctype
        parser.ExternalEntityRefHandler = refuse_doctype
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)  # or rows that have ended would come late
        return parser

    def _outside(self) -> None:
        self._parser.StartElementHandler = self._outer_start
        self._parser.EndElementHandler = self._outer_end
        self._parser.CharacterDataHandler = None

    def _outer_start(self, name: str, attributes: list[str]) -> None:
        self._path.append(self._names.local(name))
        declares, self._declares = self._declares, False
        if len(self._path) > FILE_DEPTH:
            raise _nested(self._path[0])
        if tuple(self._path[-len(self._row) :]) != self._row:
            if len(self.beside) < _SHOWN:
                self.beside.append("/".join(self._path))
            self._declaring.append(declares)
            self.scope += declares
            return
        self.in_row = True
        self.row_start = self._parser.CurrentByteIndex + self.skipped
        self._top = _Node(self._kind, attributes)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def _outer_end(self, _: str) -> None:
        self._path.pop()
        self.scope += self._declaring.pop()

    def _declare(self, *_: object) -> None:
        self._declares = True

    def _start(self, name: str, attributes: list[str]) -> None:
        stack = self._stack
        if len(stack) >= DEPTH - 1:
            self._too_deep = True
            self.drop_open_row()
            self._deeper(name, attributes)
            return
        top = self._top
        stack.append(top)
        self._top = _Node(top.kind.children.get(name) or top.kind.child(name), attributes)

    def _text(self, text: str) -> None:
        self._top.texts.append(text)

    def _end(self, _: str) -> None:
        node = self._top
        if not self._stack:
            self._end_row(_object(node), hollow=not (node.children or node.texts))
            return
        value = _value(node) if node.attributes or node.children else "".join(node.texts)
        self._top = self._stack.pop()
        self._top.children.append((node.kind, value))

    def _deeper(self, name: str, _: list[str]) -> None:
        self._names.local(name)
        self._below += 1
        if self._below > FILE_DEPTH:
            raise _nested(self._path[0])

    def _higher(self, _: str) -> None:
        if not self._below:
            self._end_row(None, hollow=False)
        else:
            self._below -= 1

    def _end_row(self, value: Value, *, hollow: bool) -> None:
        record = _JSON(value or {}).encode()
        end = self._parser.CurrentByteIndex + self.skipped
        self._path.pop()
        is_root = not self._path
        self.rows.append(Row(self.row_start, end, record, hollow, self._too_deep, is_root))
        self.found = True
        self.in_row = self._too_deep = False
        self._outside()


_SHOWN = 3


def _value(node: _Node) -> Value:
    """The value of an element that is no row."""
    if not node.children and all(map(is_instance_attribute, node.attributes[::2])):
        return None if _is_nil(node) else "".join(node.texts)
    return _object(node)


def _object(node: _Node) -> dict[str, Any]:
    """The object of an element: attributes, elements in it, and its text."""
    fields = _fields(node)
    made: dict[str, Any] = {}
    for name, value in zip(node.attributes[::2], node.attributes[1::2], strict=True):
        if not is_instance_attribute(name):
            made[node.kind.attribute_keys.get(name) or node.kind.name_attribute(name)] = value
    made |= fields
    text = "".join(node.texts)
    if text and not (fields and not text.strip(_BLANK)) and not _is_nil(node):
        made["#text"] = text
    return made


def _fields(node: _Node) -> dict[str, Any]:
    """The elements in an element; those of one key as a list."""
    fields: dict[str, Any] = {}
    for child, value in node.children:
        key = child.key or node.kind.name_child(child)
        if key not in fields:
            fields[key] = value
        elif isinstance(fields[key], list):
            fields[key].append(value)
        else:
            fields[key] = [fields[key], value]
    return fields


def _is_nil(node: _Node) -> bool:
    return any(map(is_nil, node.attributes[::2], node.attributes[1::2]))


def _nested(root: str) -> Unreadable:
    return Unreadable(
        "depth", f"elements below <{root}> are nested deeper than {FILE_DEPTH:,} levels; flatten it"
    )
