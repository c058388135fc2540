"""The texts that the cells of a workbook share, held as compactly as they can be."""

from __future__ import annotations

from array import array
from collections.abc import Iterable


class SharedTexts:
    """Millions of short texts, in a few bytes more than they have themselves.

    They are taken from where they come from only as far as they are asked for.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Take where the texts come from, in the order of their numbers."""
        self._ahead = iter(texts)
        self._content = bytearray()
        self._ends = array("Q", [0])

    def find(self, number: int) -> str | None:
        """The text of that number, from 0, if there are so many."""
        if number < 0:
            return None
        while number + 1 >= len(self._ends):
            text = next(self._ahead, None)
            if text is None:
                return None
            self._content += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._content))
        start, end = self._ends[number : number + 2]
        return self._content[start:end].decode("utf-8", "surrogatepass")
