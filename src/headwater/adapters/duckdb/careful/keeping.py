"""Pieces kept to be asked where their records stand: the first in memory, those behind on disk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
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
    """Pieces in order, up to the first of which more would have to be kept than can be written."""

    path: Path  # of what is kept beside the texts
    _size_bytes: int = 0
    _first: list[Piece] = field(default_factory=list)
    _texts: list[Path] = field(default_factory=list)
    _ended: bool = False

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._first) + len(self._texts)

    def add(self, piece: Piece, text: Path | None) -> None:
        """Keep one more, if its text lies in a file or it is one of the first."""
        self._size_bytes += len(piece.text)
        if self._size_bytes <= _KEPT_BYTES:
            self._first.append(piece)
        elif not self._ended and text is not None and (notes := piece.notes()) is not None:
            self._write(notes)
            self._texts.append(text)
        else:
            self._ended = True  # what is kept has no gaps

    def pieces(self) -> Iterator[Piece]:
        """The kept ones, from the first."""
        yield from self._first
        if not self._texts:
            return
        with self.path.open("rb") as file:
            for text in self._texts:
                length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
                yield restored(zstd.decompress(file.read(length)), text.read_bytes())

    def _write(self, notes: bytes) -> None:
        packed = zstd.compress(notes, level=_LEVEL)
        with self.path.open("ab") as file:
            file.write(len(packed).to_bytes(_LENGTH_BYTES, "big") + packed)
