"""The document type declaration of an XML text: refused, or passed over where that does no harm.

    <?xml version="1.0"?>
    <!DOCTYPE plist PUBLIC "..." "http://...">     names a grammar elsewhere: never fetched
    <!DOCTYPE r [<!ELEMENT r (#PCDATA)>]>          has one within: says what may stand where
    <!DOCTYPE r [<!ENTITY a "&b;&b;">]>            declares entities: always refused
    <!DOCTYPE r [%more;]>                          so does what it refers to, perhaps: refused

What is passed over becomes blank space, so that a parser behind it meets no declaration, and
refuses an entity that none declares instead of leaving it out. Where a declaration begins and
ends, and what is in it, expat says, which reads as far as the root element for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from headwater.model.feed import Doctype
from headwater.reading.unreadable import Unreadable

_WHY = "by which entities could be declared that grow without end or read other files"
_BEGINS, _ENTITY, _ATTRIBUTES, _REFERENCE = "<!DOCTYPE", "<!ENTITY", "<!ATTLIST", "%"
_MOST_BYTES = 128 * 1024  # of a declaration: what has many attributes takes expat long
PASSED = "its document type declaration is passed over"


class _Settled(Exception):
    """Nothing that follows says anything about the declaration; expat is to stop."""


class Prolog:
    """Looks through what stands before the root element, and judges the declaration in it."""

    def __init__(self, doctype: Doctype) -> None:
        """Take what is to become of a declaration."""
        self.settled = False  # whether more text would change nothing
        self.begins: int | None = None  # where the declaration does, in bytes
        self._behind: int | None = None
        self._defaults = False
        self._skips = doctype is Doctype.SKIP
        parser: Any = expat.ParserCreate("utf-8")
        parser.DefaultHandler = self._token
        parser.EndDoctypeDeclHandler = self._end
        parser.StartElementHandler = self._settle
        self._parser = parser

    def look(self, text: bytes, *, final: bool = False) -> None:
        """Look at the text that follows; Unreadable (xml_entity) where it is refused."""
        try:
            self._parser.Parse(text, final)
        except (_Settled, expat.ExpatError):  # whoever reads it says what is not well-formed
            self.settled = True

    @property
    def place(self) -> int:
        """Up to where the text was looked through, in bytes."""
        looked: int = self._parser.CurrentByteIndex
        return max(looked, 0)

    @property
    def note(self) -> str | None:
        """What is to be said of a declaration that is passed over."""
        if self._behind is None:
            return None
        return f"{PASSED}, and what it says of attributes" if self._defaults else PASSED

    def without(self, text: bytes, base: int = 0) -> bytes:
        """The text from that offset on, with blank space where the declaration is."""
        if self.begins is None or self._behind is None:
            return text
        start, end = self.begins - base, self._behind - base
        return text[:start] + re.sub(rb"[^\r\n]", b" ", text[start:end]) + text[end:]

    def _token(self, token: str) -> None:
        if self.begins is None:
            if token == _BEGINS:
                self.begins = self._parser.CurrentByteIndex
        elif self._parser.CurrentByteIndex - self.begins > _MOST_BYTES:
            _refuse(f"is longer than {_MOST_BYTES >> 10} KiB")
        elif token == _ENTITY:
            _refuse("declares an entity, which may grow without end or read other files")
        elif token.startswith(_REFERENCE):
            _refuse("refers to a parameter entity, which may declare others")
        else:
            self._defaults = self._defaults or token == _ATTRIBUTES

    def _end(self) -> None:
        if not self._skips:
            raise Unreadable(
                "xml_entity",
                f"it has a document type declaration, {_WHY}; send it without, or read it with "
                "`doctype: skip`, since this one declares no entity",
            )
        self._behind = self._parser.CurrentByteIndex + 1
        self._settle()

    def _settle(self, *_: object) -> NoReturn:
        raise _Settled


def past_doctype(blocks: Iterable[bytes], doctype: Doctype, most_bytes: int) -> Iterator[bytes]:
    """The text with blank space for its declaration; Unreadable (xml_entity) where it is refused.

    One that is longer than the most bytes is left as it is, which no reader takes.
    """
    prolog, rest = Prolog(doctype), iter(blocks)
    held, base = b"", 0
    for block in rest:
        held += block
        prolog.look(block)
        if prolog.settled or len(held) > most_bytes:
            break
        if prolog.begins is None:
            ready = max(prolog.place - base, 0)
            yield held[:ready]
            held, base = held[ready:], base + ready
    else:
        prolog.look(b"", final=True)
    yield prolog.without(held, base)
    yield from rest


def refuse_doctype(*_: object) -> NoReturn:
    """Refuse the file, whatever its document type declaration says."""
    raise Unreadable("xml_entity", f"it has a document type declaration, {_WHY}; send it without")


def _refuse(what: str) -> NoReturn:
    raise Unreadable("xml_entity", f"its document type declaration {what}; send it without")
