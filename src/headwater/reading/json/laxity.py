"""What a fast JSON parser reads over: NaN, a comma too many, digits it cannot keep, any depth.

Whoever finds one reads the file with a strict parser, which says where it is. The C library's
strstr looks for a dozen words in a block while the processor's cache holds it, at a tenth of
the cost of one pass of CPython's own search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from headwater.reading.json.longnumbers import may_hold_long_number
from headwater.reading.json.nesting import Nesting
from headwater.reading.pieces.search import strstr

_BLOCK_BYTES = 128 * 1024
_NUMBERS = (b"NaN", b"Infinity", b":nan", b": nan", b":inf", b": inf", b"-inf")
_COMMAS = (b",}", b",]", b", }", b", ]", b",\t}", b",\t]")
_OVERLAP = 64  # longer than any word or number with what stands around it
_NO_NUMBER = re.compile(rb"[:\[,]\s*-?(?:nan|inf(?:inity)?)\s*[,}\]]", re.IGNORECASE)


class Laxity:
    """Takes JSON text block by block, wherever it is cut."""

    def __init__(self) -> None:
        """Begin with nothing, in which there is nothing lax."""
        self._tail = b""
        self._nesting = Nesting()

    def update(self, block: bytes) -> bool:
        """Whether the text so far is strict, as far as this can tell; no is a suspicion."""
        seam = self._tail + block[:_OVERLAP]
        self._tail = (
            (self._tail + block)[-_OVERLAP:] if len(block) < _OVERLAP else block[-_OVERLAP:]
        )
        return _is_strict(seam) and _is_strict(block) and self._nesting.update(block)

    def finish(self) -> bool:
        """Whether what was not looked at yet is strict: a last line without an end."""
        return self._nesting.finish()


def is_strict_file(path: Path, stopped: Callable[[], bool] = lambda: False) -> bool:
    """Whether a file of JSON text is strict, up to where it is stopped."""
    laxity = Laxity()
    with path.open("rb", buffering=0) as file:
        while not stopped() and (block := file.read(_BLOCK_BYTES)):
            if not laxity.update(block):
                return False
    return laxity.finish()


def _is_strict(text: bytes) -> bool:
    if b"\0" in text:  # where strstr would stop; no JSON has it
        return False
    if any(strstr(text, comma) for comma in _COMMAS):
        return False
    return not any(
        _NO_NUMBER.search(text, max(0, place - _OVERLAP), place + _OVERLAP)
        for word in _NUMBERS
        if strstr(text, word)
        for place in _places(text, word)
    ) and not may_hold_long_number(text)


def _places(text: bytes, word: bytes) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)
