"""Blocks of bytes joined into large pieces that end where a record ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from headwater.reading.unreadable import Unreadable

PIECE_BYTES = 64 * 1024 * 1024
RECORD_BYTES = 16 * 1024 * 1024
_LF = 0x0A


def line_pieces(
    blocks: Iterable[bytes],
    *,
    piece_bytes: int = PIECE_BYTES,
    quote: str | None,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[bytes]:
    """Join blocks into pieces of about that many bytes that end at a record's end.

    A record ends at a line end outside quotes; without a quote, at any line end.
    Each byte is copied once, into its piece. Unreadable (line_too_long) if no record
    ends within record_bytes: in a file with a stray quote that may be the quote's
    doing, so whoever sees it reads the file carefully before refusing it.
    """
    pile = _Pile(quote.encode() if quote else None)
    for block in blocks:
        pile.add(block)
        if pile.size >= piece_bytes and (piece := pile.cut()):
            yield piece
        if pile.unbroken > record_bytes:
            raise Unreadable(
                "line_too_long",
                f"no record ends within {record_bytes >> 20} MiB; "
                "look for a missing line end or a quote that is never closed",
            )
    if pile.size:
        yield pile.rest()


class _Pile:
    """Blocks gathered so far, and the last place in them where a record ends."""

    def __init__(self, quote: bytes | None) -> None:
        self._quote = quote
        self._parts: list[bytes | memoryview] = []
        self._inside = False  # whether the end of the pile lies between quotes
        self._pending_cr = False
        self._boundary = 0
        self._fed = False  # whether an LF ended a record: then a lone CR ends none
        self.size = 0

    @property
    def unbroken(self) -> int:
        """Bytes behind the last place where a record ends."""
        return self.size - self._boundary

    def add(self, block: bytes) -> None:
        half = self._pending_cr and not self._inside and not self._fed
        if half and block[:1] != b"\n":
            self._boundary = self.size
        end, inside = self._last_end(block)
        if end:
            self._boundary = self.size + end
        self._inside = inside
        self._pending_cr = block.endswith(b"\r")
        self._parts.append(block)
        self.size += len(block)

    def cut(self) -> bytes:
        """What lies before the last record end; the rest stays."""
        if not self._boundary:
            return b""
        whole, beyond = self._parts, self.size - self._boundary
        kept: list[bytes | memoryview] = []
        while beyond:
            last = memoryview(whole.pop())
            if len(last) <= beyond:
                kept.insert(0, last)
                beyond -= len(last)
            else:
                kept.insert(0, last[len(last) - beyond :])
                whole.append(last[: len(last) - beyond])
                beyond = 0
        self._parts, self.size, self._boundary = kept, self.size - self._boundary, 0
        return b"".join(whole)

    def rest(self) -> bytes:
        return b"".join(self._parts)

    def _last_end(self, block: bytes) -> tuple[int, bool]:
        """Where the last record of the block ends (0: nowhere), and whether it ends in quotes."""
        if self._quote is None:
            return self._line_end_before(block, len(block)), False
        inside = self._inside ^ bool(block.count(self._quote) & 1)
        end, here = len(block), inside
        while True:
            found = self._line_end_before(block, end)
            if not found:
                return 0, inside
            here ^= bool(block.count(self._quote, found, end) & 1)
            if not here:
                self._fed = self._fed or block[found - 1] == _LF
                return found, inside
            end = found - 1

    def _line_end_before(self, block: bytes, end: int) -> int:
        """The offset behind the last line end before end; 0 if there is none."""
        feed = block.rfind(b"\n", 0, end)
        self._fed = self._fed or (feed >= 0 and self._quote is None)
        if feed >= 0 or self._fed:
            return feed + 1
        # A CR at the very end may be half of a CRLF; the next block tells.
        return block.rfind(b"\r", 0, end - 1 if end == len(block) else end) + 1
