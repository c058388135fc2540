"""Which encoding a text has, told from its first bytes, its mark and what is declared."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater.reading.encoding.codec import UTF8, codec_of, keeps_ascii, unit_of
from headwater.reading.encoding.decode import Decoding
from headwater.reading.encoding.guess import likely_encoding
from headwater.reading.unreadable import Unreadable

_CONTROL = bytes(
    byte for byte in range(32) if byte not in b"\t\n\r\x01\x0b\x0c\x1b"
)  # \x01 is a delimiter of Hive's
_BINARY_SHARE = 0.3
_BINARY_SHARE_UNLESS_UTF8 = 0.02
_WRONG_SHARE = 0.05  # of letters that the declared encoding does not have
_UTF16_SHARE = 0.6  # of every second byte that is NUL
_UTF16_STRAY_SHARE = 0.1
_TELLING_LETTERS = 4  # that are UTF-8 by chance in no other encoding
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, UTF8),
)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]")
_SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\$\([CD])")  # from ASCII to Japanese or Korean
_REPLACEMENT = "\ufffd"
_BLANK = b" \t\r\n\x0b\x0c"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text is encoded."""

    codec: str  # as `decoded` takes it
    mark_bytes: int = 0  # of the byte order mark it begins with
    notes: tuple[str, ...] = ()


def encoding_of(head: bytes, declared: str | None, *, whole: bool) -> Encoding:
    """How a text is encoded that begins so.

    A mark wins over what is declared, and so does text that cannot be what is declared;
    a note tells. Unreadable: empty, encoding (with the place and the likely one), binary.
    """
    if not head:
        raise Unreadable("empty", "it has no bytes; send it again if it should have some")
    known = _declared(declared)
    mark, marked = next(((m, name) for m, name in _MARKS if head.startswith(m)), (b"", None))
    if marked is not None:
        found = Encoding(marked, len(mark), _mark_notes(declared, known, marked))
    elif known is None or known == UTF8:
        found = Encoding(UTF8)
    else:
        found = _as_declared(head, known, declared or known)
    if found.codec == UTF8:
        _refuse_unless_utf8(head, found.mark_bytes, whole=whole)
    else:
        _refuse_unlike(head, found.codec, whole=whole)
    return found


def as_utf8(head: bytes, encoding: Encoding, *, whole: bool) -> tuple[bytes, int]:
    """A text's start as UTF-8, and how many bytes of mark are still to be skipped in it."""
    if encoding.codec == UTF8:
        return head[encoding.mark_bytes :], encoding.mark_bytes
    return Decoding(encoding.codec).decode(head, final=whole), 0


def _declared(name: str | None) -> str | None:
    if name is None:
        return None
    known = codec_of(name)
    if known is None:
        raise Unreadable(
            "encoding",
            f"no encoding {name!r} is known; write it as in `encoding: windows-1252`",
        )
    return known


def _mark_notes(declared: str | None, known: str | None, marked: str) -> tuple[str, ...]:
    notes: tuple[str, ...] = ("byte order mark dropped",)
    if marked != UTF8:
        notes += (f"read as {marked.upper()}, as its mark says",)
    if known is not None and not marked.startswith(known):
        notes += (f"declared as {declared}, which its mark overrules",)
    return notes


def _as_declared(head: bytes, known: str, declared: str) -> Encoding:
    """What is declared, unless the text shows that it is UTF-8."""
    unit = unit_of(known)
    if unit > 1:
        if 0 not in head and is_utf8(head[: len(head) // unit]):
            return Encoding(UTF8, notes=(f"declared as {declared} and read as UTF-8, as it is",))
        return Encoding(_with_order(head, known, unit))
    if keeps_ascii(known) and not head.isascii() and _begins_as_utf8(head):
        letters = sum(not letter.isascii() for letter in head.decode(UTF8, "ignore"))
        if letters >= _TELLING_LETTERS:
            return Encoding(UTF8, notes=(f"declared as {declared} and read as UTF-8, as it is",))
        return Encoding(known, notes=(f"read as {declared}, and could be UTF-8, too",))
    return Encoding(known)


def _with_order(head: bytes, known: str, unit: int) -> str:
    """The encoding with its byte order, which is where the zeros of plain letters stand."""
    if known.replace("_", "-").endswith(("-le", "-be")):
        return known
    big = head[0::unit].count(0) > head[unit - 1 :: unit].count(0)
    return f"utf-{8 * unit}-{'be' if big else 'le'}"


def _refuse_unless_utf8(head: bytes, skip: int, *, whole: bool) -> None:
    if not head[skip:].strip(_BLANK):
        raise Unreadable("empty", "it holds only blank space; send it again if it should not")
    _refuse_wide(head)
    if _SHIFTS.search(head):
        raise _not_utf8("iso-2022-jp", "it shifts between ASCII and other letters")
    fault = _first_fault(head, whole=whole)
    _refuse_binary(head, _BINARY_SHARE if fault is None else _BINARY_SHARE_UNLESS_UTF8)
    if fault is not None:
        raise _unlike_utf8(head, fault)


def _refuse_unlike(head: bytes, codec: str, *, whole: bool) -> None:
    """Refuse what is not in the encoding that its mark or its feed names."""
    decoding = Decoding(codec)
    text = decoding.decode(head, final=whole)
    if decoding.faulty_share > _WRONG_SHARE:
        guess = likely_encoding(head)
        like = f"; it looks like {guess.encoding}" if guess and guess.encoding != codec else ""
        raise Unreadable(
            "encoding",
            f"{decoding.faults:,} of its first letters are not {codec}, as which it is "
            f"declared or marked{like}; declare the `encoding` that it has",
        )
    if not text.strip(_BLANK):
        raise Unreadable("empty", "it holds only blank space; send it again if it should not")
    _refuse_binary(text, _BINARY_SHARE)


def _refuse_binary(text: bytes, most: float) -> None:
    if 1 - len(text.translate(None, _CONTROL)) / len(text) > most:
        raise Unreadable(
            "binary",
            "it is binary data of no known kind; send CSV, JSON or Parquet, plain or packed "
            "with gzip or zstd",
        )


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


def _begins_as_utf8(head: bytes) -> bool:
    """Whether all of it is UTF-8, but for a letter that may be cut at its end."""
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
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
        name = "utf-16-be" if even > odd else "utf-16-le"
        raise _not_utf8(name, "every second byte is zero")
    quarter = [head[start::4].count(0) / (pairs / 2) for start in range(4)]
    if sorted(quarter)[1] > _UTF16_SHARE and min(quarter) < _UTF16_STRAY_SHARE:
        name = "utf-32-be" if quarter[0] > quarter[3] else "utf-32-le"
        raise _not_utf8(name, "three of four bytes are zero")


def _unlike_utf8(head: bytes, fault: int) -> Unreadable:
    evidence = f"byte {head[fault]:#04x} at offset {fault:,} is not UTF-8"
    flawed = None
    if _begins_as_utf8(_SURROGATE.sub(b"", head)):
        flawed = "CESU-8"
    elif _begins_as_utf8(_OVERLONG.sub(b"", head)):
        flawed = "UTF-8 with overlong forms"
    if flawed:
        advice = "have its sender write plain UTF-8"
        return Unreadable("encoding", f"its text looks like {flawed}: {evidence}; {advice}")
    guess = likely_encoding(head)
    if guess is None:
        return Unreadable("encoding", f"{evidence}; declare the `encoding` that the text has")
    reads = f", and as {guess.encoding} it reads {guess.excerpt!r}" if guess.excerpt else ""
    return _not_utf8(guess.encoding, evidence + reads)


def _not_utf8(name: str, evidence: str) -> Unreadable:
    return Unreadable(
        "encoding",
        f"its text looks like {name}: {evidence}; declare `encoding: {name}`, "
        f"or convert it, for example: iconv -f {name} -t UTF-8 FILE",
    )
