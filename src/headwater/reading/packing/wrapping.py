"""How text lies in a file: packed, in a member of an archive, in some encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from headwater.reading.encoding.codec import UTF8, keeps_ascii
from headwater.reading.encoding.decode import Decoding, decoded
from headwater.reading.encoding.told import without_mark
from headwater.reading.packing.inflate import blocks, head
from headwater.reading.packing.magic import Compression
from headwater.reading.unreadable import Unreadable

_LONGEST_LETTER_BYTES = 3  # that one byte may stand for


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What has to be taken off a file for its text."""

    compression: Compression = Compression.NONE
    members: tuple[str, ...] = ()  # of a zip archive: those that are read, one behind the other
    encoding: str = UTF8
    header: bytes = b""  # of several members: what each begins with, and is read but once

    @property
    def is_packed(self) -> bool:
        """Whether it has to be unpacked."""
        return self.compression is not Compression.NONE

    @property
    def growth(self) -> int:
        """How many times as long the text may be as what encodes it."""
        return 1 if self.encoding == UTF8 else _LONGEST_LETTER_BYTES

    @property
    def counts_as_it_lies(self) -> bool:
        """Whether the file's own bytes show where its lines and quotes are."""
        return not self.is_packed and keeps_ascii(self.encoding)

    @property
    def is_plain(self) -> bool:
        """Whether the file is its text."""
        return not self.is_packed and self.encoding == UTF8


def texts(path: Path, wrapping: Wrapping) -> Iterator[bytes]:
    """The file's text in blocks of UTF-8.

    A byte order mark of UTF-8 stays; one of another encoding is left out. Unreadable, as
    `blocks` and `decoded` are; multi, if members do not begin alike.
    """
    if len(wrapping.members) < 2:  # noqa: PLR2004 - one and no member are read alike
        member = wrapping.members[0] if wrapping.members else None
        return _text(path, wrapping, member)
    return _joined(path, wrapping)


def text_head(path: Path, wrapping: Wrapping, size_bytes: int) -> tuple[bytes, bool]:
    """The text that so many first bytes hold, and whether that is all of it."""
    member = wrapping.members[0] if wrapping.members else None
    held, whole = head(path, wrapping.compression, size_bytes, member)
    if wrapping.encoding != UTF8:
        held = Decoding(wrapping.encoding).decode(held, final=whole)
    return held, whole and len(wrapping.members) <= 1


def _text(path: Path, wrapping: Wrapping, member: str | None) -> Iterator[bytes]:
    return decoded(blocks(path, wrapping.compression, member=member), wrapping.encoding)


def _joined(path: Path, wrapping: Wrapping) -> Iterator[bytes]:
    """The members' texts one behind the other, the header but once."""
    header, line_end, last = wrapping.header, wrapping.header[-1:] or b"\n", b"\n"
    for number, member in enumerate(wrapping.members):
        text: Iterable[bytes] = _text(path, wrapping, member)
        if number:
            if last not in b"\r\n":
                yield line_end
            text = _behind(without_mark(text), header, member)
        for block in text:
            yield block
            last = block[-1:] or last


def _behind(text: Iterable[bytes], header: bytes, member: str) -> Iterator[bytes]:
    """The text without the header that it begins with."""
    start = b""
    text = iter(text)
    while len(start) < len(header) and (block := next(text, None)) is not None:
        start += block
    bare = header.rstrip(b"\r\n")
    if not start.startswith(header) and start != bare:
        raise Unreadable(
            "multi",
            f"{member!r} in its zip archive begins otherwise than those before it; "
            "send files of another header on their own",
        )
    yield start[len(header) :]
    yield from text
