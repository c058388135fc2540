"""Pieces kept to be asked where their records stand: the first in memory, those behind on disk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from headwater.reading.pieces.piece import Piece, restored

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_KEPT_BYTES = 16 * 1024 * 1024
_LEVEL = 1
_LENGTH_BYTES = 8


@dataclass(slots=True)
class Keeping:
    """Pieces in order, as many as are wanted.

    Whether one is wanted that lies on the disk is known before the first is read: where no
    value can be bad, nobody asks for it, and to write it down would be for nothing.
    """

    path: Path
    late: bool = True  # whether pieces behind the first few are kept
    count: int = 0  # of the kept
    _size_bytes: int = 0
    _first: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        """Keep one more."""
        self._size_bytes += len(piece.text)
        if self._size_bytes <= _KEPT_BYTES:
            self._first.append(piece)
        elif self.late and (stored := piece.stored()) is not None:
            self._write(stored)
        else:
            self.late = False  # what is kept has no gaps
            return
        self.count += 1

    def pieces(self) -> Iterator[Piece]:
        """The kept ones, from the first."""
        yield from self._first
        if self.count == len(self._first):
            return
        with self.path.open("rb") as file:
            while length := int.from_bytes(file.read(_LENGTH_BYTES), "big"):
                yield restored(zstd.decompress(file.read(length)))

    def drop(self) -> None:
        """Keep none any longer."""
        self._first.clear()
        with suppress(FileNotFoundError):
            self.path.unlink()

    def _write(self, stored: bytes) -> None:
        packed = zstd.compress(stored, level=_LEVEL)
        with self.path.open("ab") as file:
            file.write(len(packed).to_bytes(_LENGTH_BYTES, "big") + packed)
