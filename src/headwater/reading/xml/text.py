"""The text of an XML file as UTF-8, whatever encoding its mark or its declaration names."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from headwater.reading.unreadable import Unreadable

BLANK = b" \t\r\n"
_HEAD_BYTES = 1024  # a declaration is shorter
_DECLARATION = re.compile(
    rb"""[ \t\r\n]*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["'][^>]*>"""
)
_LATE_DECLARATION = re.compile(rb"([ \t\r\n]+)(<\?xml\s[^>]*\?>)")
# Of each, the letters of the declaration itself are those of ASCII.
_READ = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp(?:125\d|437|85\d|86\d|874|932|949|950)|koi8-[rut]|mac-\w+"
    r"|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5|tis-620"
)
_SINGLE_BYTE = re.compile(r"iso8859-\d+|cp125\d|cp437|cp85\d|cp86\d|koi8-[rut]|mac-\w+")
_UTF8 = "utf-8"
_PLAIN = frozenset({_UTF8, "ascii"})


@dataclass(frozen=True, slots=True)
class XmlEncoding:
    """How the bytes spell letters."""

    name: str  # as Python's codecs name it
    mark_bytes: int = 0  # of a byte order mark, to drop


def xml_encoding(head: bytes) -> XmlEncoding:
    """The encoding that the first bytes show; Unreadable (xml) where they contradict themselves."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _wide_or_marked(head, name, len(mark))
    for start, name in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if head.startswith(start):
            return _wide_or_marked(head, name, 0)
    declared = _declared(head)
    if declared is None:
        return XmlEncoding(_UTF8)
    name = _codec(declared)
    if name.startswith(("utf-16", "utf-32")):
        raise _contradiction(declared, "its bytes are not")
    if not _READ.fullmatch(name):
        raise Unreadable(
            "xml", f"it declares the encoding {declared}, which is not read; send it as UTF-8"
        )
    return XmlEncoding(name)


def utf8_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The text as UTF-8 without byte order mark, in blocks that end anywhere.

    Unreadable: xml, if the bytes are not what the declaration says. UTF-8 itself is not
    looked through; the parser does that.
    """
    rest = iter(blocks)
    head = b""
    for block in rest:
        head += block
        if len(head) >= _HEAD_BYTES:
            break
    encoding = xml_encoding(head)
    whole = chain((_without_late_declaration(head[encoding.mark_bytes :]),), rest)
    return whole if encoding.name in _PLAIN else _recoded(whole, encoding.name)


def utf8_head(sample: bytes) -> tuple[str, bytes]:
    """The name of the encoding, and the sample as UTF-8, wherever it is cut."""
    encoding = xml_encoding(sample)
    text = sample[encoding.mark_bytes :]
    if encoding.name not in _PLAIN:
        with suppress(UnicodeDecodeError):  # whoever reads the file says where
            decoder = codecs.getincrementaldecoder(encoding.name)()
            text = decoder.decode(text).encode("utf-8", "surrogatepass")
    return encoding.name, _without_late_declaration(text)


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, _UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _wide_or_marked(head: bytes, name: str, mark_bytes: int) -> XmlEncoding:
    if name == "utf-32":
        raise Unreadable("xml", "it is written in UTF-32, which is not read; send it as UTF-8")
    wide = name != _UTF8
    text = head[mark_bytes:]
    declared = _declared(text.replace(b"\0", b"") if wide else text)
    if declared is not None:
        said = _codec(declared)
        if wide != said.startswith("utf-16") or (not wide and said not in _PLAIN):
            raise _contradiction(declared, f"its bytes are {name[:6].upper()}")
    return XmlEncoding(name, mark_bytes)


def _declared(head: bytes) -> str | None:
    declaration = _DECLARATION.match(head)
    return declaration[1].decode() if declaration else None


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError:
        raise Unreadable(
            "xml", f"it declares the encoding {declared}, which nobody knows; send it as UTF-8"
        ) from None


def _contradiction(declared: str, truth: str) -> Unreadable:
    return Unreadable(
        "xml", f"it declares the encoding {declared} and {truth}; correct the declaration"
    )


def _without_late_declaration(head: bytes) -> bytes:
    """A declaration behind blank space is no XML, and harmless: it becomes blank space itself."""
    late = _LATE_DECLARATION.match(head)
    if late is None:
        return head
    return late[1] + re.sub(rb"[^\r\n]", b" ", late[2]) + head[late.end() :]


def _recoded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)()
    suspicion = _Utf8InDisguise() if _SINGLE_BYTE.fullmatch(name) else None
    line = 1
    for block in chain(blocks, (b"",)):
        if suspicion is not None:
            suspicion.update(block)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise Unreadable(
                "xml",
                f"it declares the encoding {name}, and a byte behind line {line:,} is not; "
                "correct the declaration or the text",
            ) from error
        line += text.count("\n")
        yield text.encode("utf-8", "surrogatepass")  # half a letter: the parser says where
    if suspicion is not None and suspicion.confirmed:
        raise _contradiction(name, "all its letters beyond ASCII are UTF-8")


class _Utf8InDisguise:
    """Whether all letters beyond ASCII are UTF-8, which text of another encoding never is."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(_UTF8)()
        self._beyond_ascii = False
        self._is_utf8 = True

    def update(self, block: bytes) -> None:
        """Take the next bytes; none are the end."""
        if not self._is_utf8:
            return
        self._beyond_ascii = self._beyond_ascii or not block.isascii()
        try:
            self._decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            self._is_utf8 = False

    @property
    def confirmed(self) -> bool:
        """Whether there were such letters, and all of them UTF-8."""
        return self._beyond_ascii and self._is_utf8
