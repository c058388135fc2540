"""Whether a line of JSON is nested deeper than allowed, seen while its bytes go by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from headwater.reading.json.strictness import DEPTH, too_deep

_HELD_BYTES = 32 * 1024 * 1024  # of a line: a longer one is refused for that
_CASE = 0x20  # what makes a brace of a bracket
_OPENING = ord("{")
_CLOSING = ord("}")
_QUOTE = ord('"')
_BREAK = ord("\n")


class Nesting:
    """Takes JSON text block by block, wherever it is cut."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._held: list[bytes] = []  # of a line whose end is still to come
        self._size = 0

    def update(self, block: bytes) -> bool:
        """Whether no line that ends in the text so far is too deep."""
        end = block.rfind(b"\n")
        if end < 0:
            self._held.append(block)
            self._size += len(block)
            return self._size <= _HELD_BYTES
        lines = b"".join((*self._held, block[:end]))
        self._held, self._size = [block[end + 1 :]], len(block) - end - 1
        return _is_flat(lines)

    def finish(self) -> bool:
        """Whether the last line is not too deep either."""
        return _is_flat(b"".join(self._held))


def _is_flat(text: bytes) -> bool:
    letters = np.frombuffer(text, np.uint8)
    opening = (letters | _CASE) == _OPENING
    begun = np.count_nonzero((letters[1:] == _OPENING) & (letters[:-1] == _BREAK))
    if np.count_nonzero(opening) - begun < DEPTH:
        return True  # as of flat objects, of which each begins its line
    # Only a line with more brackets than levels are allowed can be too deep.
    opened = np.flatnonzero(opening)
    breaks = np.flatnonzero(letters == _BREAK)
    lines = np.searchsorted(breaks, opened)
    many = np.unique(lines[DEPTH:][lines[DEPTH:] == lines[:-DEPTH]])
    edges = [-1, *breaks.tolist(), len(text)]
    return not any(_is_deep(text[edges[i] + 1 : edges[i + 1]]) for i in many.tolist())


def _is_deep(line: bytes) -> bool:
    if b"\\" in line:  # what looks like a string's end may be none
        return too_deep(line.decode("utf-8", "replace"))
    letters: npt.NDArray[np.uint8] = np.frombuffer(line, np.uint8)
    folded = letters | _CASE
    steps = (folded == _OPENING).astype(np.int32) - (folded == _CLOSING)
    steps[np.logical_xor.accumulate(letters == _QUOTE)] = 0
    return bool(np.cumsum(steps).max() > DEPTH)
