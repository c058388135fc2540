"""Text of any encoding made UTF-8, block by block; what cannot be decoded stays to be seen.

A byte that its encoding does not have becomes half of a letter, which no UTF-8 text may
hold: so the record around it is refused by itself, like any other that is not UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from headwater.reading.encoding.codec import UTF8, keeps_ascii, unit_of
from headwater.reading.pieces.piece import Piece
from headwater.reading.unreadable import Unreadable

_SLICE_BYTES = 256 * 1024
_MARKING = "headwater.mark"
_MARK = 0xDC00
_MARKED = re.compile("[\udc00-\udcff]")
_SHOWN_MARK = re.compile(r"\\xed\\xb([0-3])\\x([89ab][0-9a-f])")
_FAULTS = 10_000  # past these, and past their share, the encoding is taken for a wrong one
_FAULTY_SHARE = 0.01


def decoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The blocks as UTF-8, without a byte order mark; blocks of UTF-8 as they are.

    Unreadable (encoding) once so much cannot be decoded that it must be another one.
    How blocks are cut changes nothing but where the answer is cut.
    """
    if encoding == UTF8:
        yield from blocks
        return
    decoding = Decoding(encoding)
    for block in blocks:
        for start in range(0, len(block), _SLICE_BYTES):
            if text := decoding.decode(block[start : start + _SLICE_BYTES]):
                yield text
    if text := decoding.decode(b"", final=True):
        yield text


class Decoding:
    """One text that is being decoded."""

    def __init__(self, encoding: str) -> None:
        """Begin with nothing."""
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(_MARKING)
        self._keeps_ascii = keeps_ascii(encoding)
        self._begun = False
        self._letters = 0
        self.faults = 0

    def decode(self, block: bytes, *, final: bool = False) -> bytes:
        """The next bytes as UTF-8."""
        if self._keeps_ascii and not final and block.isascii() and not self._decoder.getstate()[0]:
            self._begun = self._begun or bool(block)
            self._letters += len(block)
            return block
        text = self._decoder.decode(block, final)
        if not self._begun and text:
            self._begun = True
            text = text.removeprefix("\ufeff")
        self._letters += len(text)
        try:
            return text.encode()
        except UnicodeEncodeError:
            self.faults += len(_MARKED.findall(text))
            self._refuse_many()
            return text.encode(UTF8, "surrogatepass")

    @property
    def faulty_share(self) -> float:
        """How much of it could not be decoded."""
        return self.faults / max(self._letters, 1)

    def _refuse_many(self) -> None:
        if self.faults > _FAULTS and self.faulty_share > _FAULTY_SHARE:
            raise Unreadable(
                "encoding",
                f"{self.faults:,} of its first {self._letters:,} letters are not "
                f"{self._encoding}; declare the `encoding` that it has",
            )


def retold(pieces: Iterable[Piece], encoding: str) -> Iterator[Piece]:
    """The pieces, with what is said of undecodable bytes in terms of the source's encoding."""
    for piece in pieces:
        if encoding != UTF8:
            for refusal in piece.refused:
                mark = _SHOWN_MARK.search(refusal.raw) if refusal.code == "encoding" else None
                if mark:
                    byte = _marked_byte(mark)
                    refusal.message = f"byte {byte:#04x} is not {encoding}, or not in that place"
                    refusal.raw = _SHOWN_MARK.sub(
                        lambda found: f"\\x{_marked_byte(found):02x}", refusal.raw
                    )
        yield piece


def _marked_byte(mark: re.Match[str]) -> int:
    return int(mark[1]) << 6 | int(mark[2], 16) & 0x3F


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Half a letter for the first byte at fault, so that a line end behind it stays one."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    behind = min(error.start + unit_of(error.encoding), len(error.object))
    return chr(_MARK + error.object[error.start]), behind


codecs.register_error(_MARKING, _mark)
