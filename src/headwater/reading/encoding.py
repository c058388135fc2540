"""Whether the first bytes of a file are UTF-8 text, and if not, what they are likely to be."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from headwater.reading.unreadable import Unreadable

_CONTROL = bytes(
    byte for byte in range(32) if byte not in b"\t\n\r\x01\x0b\x0c\x1b"
)  # \x01 is a delimiter of Hive's
_BINARY_SHARE = 0.3
_BINARY_SHARE_UNLESS_UTF8 = 0.02
_UTF16_SHARE = 0.6  # of every second byte that is NUL
_UTF16_STRAY_SHARE = 0.1
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]")
_WINDOWS_ONLY = re.compile(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
_REPLACEMENT = "\ufffd"
_BLANK = b" \t\r\n\x0b\x0c"


def text_start(head: bytes, *, whole: bool) -> int:
    """How many bytes of byte order mark to drop before the UTF-8 text.

    Unreadable: empty, encoding (with the place and the likely encoding), binary.
    """
    if not head:
        raise Unreadable("empty", "it has no bytes; send it again if it should have some")
    for mark, name in _MARKS:
        if head.startswith(mark):
            raise _not_utf8(name, "its first bytes are that encoding's mark")
    skip = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    if not head[skip:].strip(_BLANK):
        raise Unreadable("empty", "it holds only blank space; send it again if it should not")
    _refuse_wide(head)
    fault = _first_fault(head, whole=whole)
    share = 1 - len(head.translate(None, _CONTROL)) / len(head)
    if share > _BINARY_SHARE or (fault is not None and share > _BINARY_SHARE_UNLESS_UTF8):
        raise Unreadable(
            "binary",
            "it is binary data of no known kind; send CSV, JSON or Parquet, plain or packed "
            "with gzip or zstd",
        )
    if fault is not None:
        raise _not_utf8(_likely(head), f"byte {head[fault]:#04x} at offset {fault:,} is not UTF-8")
    return skip


def without_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks without a byte order mark, however it is cut."""
    head: bytes | None = b""
    for block in blocks:
        if head is None:
            yield block
        elif len(head := head + block) >= len(codecs.BOM_UTF8):
            yield head.removeprefix(codecs.BOM_UTF8)
            head = None
    if head:
        yield head.removeprefix(codecs.BOM_UTF8)


def is_utf8(text: bytes) -> bool:
    """Whether all of it is UTF-8."""
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _first_fault(head: bytes, *, whole: bool) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=whole)
    except UnicodeDecodeError as error:
        text = head.decode("utf-8", "replace")
        wrong = text.count(_REPLACEMENT)
        right = sum(not letter.isascii() for letter in text) - wrong
        # Mostly right: it is UTF-8 with damage, and each damaged record is refused by itself.
        return None if right > wrong else error.start
    return None


def _refuse_wide(head: bytes) -> None:
    """Refuse UTF-16 and UTF-32 that come without a mark: NULs beside nearly every letter."""
    pairs = len(head) // 2
    if pairs < 2:  # noqa: PLR2004 - one pair of bytes tells nothing
        return
    even, odd = head[::2].count(0) / pairs, head[1::2].count(0) / pairs
    if min(even, odd) < _UTF16_STRAY_SHARE and max(even, odd) > _UTF16_SHARE:
        raise _not_utf8("UTF-16", "every second byte is zero")
    quarter = [head[start::4].count(0) / (pairs / 2) for start in range(4)]
    if sorted(quarter)[1] > _UTF16_SHARE and min(quarter) < _UTF16_STRAY_SHARE:
        raise _not_utf8("UTF-32", "three of four bytes are zero")


def _likely(head: bytes) -> str:
    if _SURROGATE.search(head):
        return "CESU-8"
    if _OVERLONG.search(head):
        return "UTF-8 with overlong forms"
    return "Windows-1252" if _WINDOWS_ONLY.search(head) else "ISO-8859-1"


def _not_utf8(name: str, evidence: str) -> Unreadable:
    source = {"UTF-8 with overlong forms": "UTF-8", "CESU-8": "CESU-8"}.get(name, name)
    if name == source and name != "CESU-8":
        advice = f"convert it first, for example: iconv -f {name} -t UTF-8 FILE"
    else:
        advice = "have its sender write plain UTF-8"
    return Unreadable("encoding", f"its text looks like {name}: {evidence}; {advice}")
