"""What an XML text is, told from its beginning: root, namespaces, and which element is the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from headwater.model.feed import Doctype
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.doctype import Prolog, refuse_doctype
from headwater.reading.xml.keys import SEPARATOR, split
from headwater.reading.xml.text import utf8_head

_START = re.compile(
    rb"[ \t\r\n]*<(?:\?(?!php\b)[a-z_][\w.:-]*[\s?]|!--|!DOCTYPE\s"
    rb"|[^\s<>/!?\"'=&;0-9.-][^<>]*[\s/>])",
    re.IGNORECASE,
)
_PAGE = re.compile(
    rb"(?:\s|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_DEPTH = 8  # wrappers around the rows; a row further down is to be named
_BESIDE = 10


@dataclass(frozen=True, slots=True)
class XmlFound:
    """What an XML text was found to be."""

    root: str  # local name
    namespaces: tuple[tuple[str, str], ...]  # prefix and URI, as far as seen
    encoding: str
    row: str  # the path of the likely row element from the root, local names with slashes
    beside: tuple[str, ...] = ()  # elements beside the rows, which no row has
    passed_over: str | None = None  # what is to be said of a document type declaration


@dataclass(slots=True)
class _Element:
    """Elements of one path."""

    path: str
    count: int = 0
    size: int = 0  # bytes of all of them
    plain: bool = True  # whether none has attributes or elements in it
    children: dict[str, _Element] = field(default_factory=dict)


def recognise_xml(sample: bytes, doctype: Doctype = Doctype.REFUSE) -> XmlFound | None:
    """What the text is that begins so, wherever the sample is cut; None if it is no XML.

    An HTML page is none. Unreadable: xml_entity, if a document type is declared that is not to
    be passed over, or cannot be; xml, if the encoding contradicts itself.
    """
    encoding, text = utf8_head(sample)
    return xml_found(text, encoding, doctype)


def xml_found(text: bytes, encoding: str, doctype: Doctype = Doctype.REFUSE) -> XmlFound | None:
    """The same of text that is UTF-8 by now."""
    if not _START.match(text) or _PAGE.match(text):
        return None
    prolog = Prolog(doctype)
    prolog.look(text)
    survey = _Survey()
    survey.look(prolog.without(text))
    if survey.root is None:
        if not text.lstrip().startswith(b"<?xml"):
            return None
        raise Unreadable("xml", "it has no root element where one should begin; send it whole")
    row = _row(survey.root)
    return XmlFound(
        root=survey.root.path,
        namespaces=tuple(survey.namespaces.items()),
        encoding=encoding,
        row=row.path,
        beside=tuple(_beside(survey.root, row))[:_BESIDE],
        passed_over=prolog.note,
    )


class _Survey:
    """Counts elements by path."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self.namespaces: dict[str, str] = {}
        self._open: list[tuple[_Element, int]] = []
        self._deeper = 0
        self._parser = expat.ParserCreate("utf-8", SEPARATOR)
        self._parser.StartDoctypeDeclHandler = refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._namespace

    def look(self, text: bytes) -> None:
        """Look through it, as far as it is well-formed."""
        with suppress(expat.ExpatError):  # whoever reads it says what is wrong, and where
            self._parser.Parse(text, False)
        while self._open:
            element, start = self._open.pop()
            element.size += len(text) - start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEPTH:
            self._deeper += 1
            return
        local = split(name)[1]
        if not self._open:
            element = self.root = _Element(local)
        else:
            parent = self._open[-1][0]
            parent.plain = False
            path = f"{parent.path}/{local}"
            element = parent.children.setdefault(local, _Element(path))
        element.count += 1
        element.plain = element.plain and not attributes
        self._open.append((element, self._parser.CurrentByteIndex))

    def _end(self, _: str) -> None:
        if self._deeper:
            self._deeper -= 1
            return
        element, start = self._open.pop()
        element.size += self._parser.CurrentByteIndex - start

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.setdefault(prefix or "", uri or "")


def _row(root: _Element) -> _Element:
    """The element that repeats highest up; of several, the one that fills most of the text."""
    wrapper = root
    while True:
        children = list(wrapper.children.values())
        repeated = [child for child in children if child.count > 1]
        if repeated:
            return max(repeated, key=lambda child: (not child.plain, child.size))
        wrappers = [child for child in children if child.children]
        if not wrappers:
            return wrapper
        if not any(_repeats(child) for child in wrappers):
            # Nothing repeats: a list of one, or one record with parts.
            return wrappers[0] if len(children) == 1 else wrapper
        wrapper = max(filter(_repeats, wrappers), key=lambda child: child.size)


def _repeats(element: _Element) -> bool:
    """Whether something repeats in it."""
    return any(child.count > 1 or _repeats(child) for child in element.children.values())


def _beside(element: _Element, row: _Element) -> Iterator[str]:
    if element is row:
        return
    for child in element.children.values():
        if child is not row:
            if f"{row.path}/".startswith(f"{child.path}/"):
                yield from _beside(child, row)
            else:
                yield child.path
