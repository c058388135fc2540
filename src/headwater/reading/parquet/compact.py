"""Thrift's compact protocol, as far as headers of pages need it."""

from __future__ import annotations

from collections.abc import Iterator

STRUCT = 12
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY = 0, 1, 2, 3, 7, 8
_VARINTS = frozenset({4, 5, 6})
_LISTS = frozenset({9, 10})
_MANY = 0x0F  # the count of a list that is too long for half a byte
_DEEPEST = 16  # a page's header is four deep
_LONGEST_VARINT = 10


class Malformed(ValueError):
    """It is not what the protocol allows."""


class Compact:
    """A reader of one structure; Malformed where it is none, IndexError where it is cut."""

    def __init__(self, data: bytes) -> None:
        """Start at the first byte."""
        self._data = data
        self.at = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """The number and kind of each field; whoever asks reads or skips it before the next."""
        number = 0
        while (head := self._byte()) & 0x0F != _STOP:
            step = head >> 4
            number = number + step if step else self.whole()
            yield number, head & 0x0F

    def whole(self) -> int:
        """A signed number."""
        spelled = self._varint()
        return (spelled >> 1) ^ -(spelled & 1)

    def skip(self, kind: int, depth: int = 0) -> None:
        """Go past a value."""
        if depth > _DEEPEST:
            raise Malformed("it is nested too deep")
        if kind in _VARINTS:
            self._varint()
        elif kind in {_BYTE, _DOUBLE}:
            self._past(1 if kind == _BYTE else 8)
        elif kind == _BINARY:
            self._past(self._varint())
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind in _LISTS:
            self._skip_list(depth)
        elif kind not in {_TRUE, _FALSE}:
            raise Malformed(f"there is no kind {kind}")

    def many(self) -> tuple[int, int]:
        """The kind of a list's elements, and how many follow."""
        head = self._byte()
        count = head >> 4
        return head & 0x0F, self._varint() if count == _MANY else count

    def _skip_list(self, depth: int) -> None:
        kind, count = self.many()
        for _ in range(count):
            if kind in {_TRUE, _FALSE}:
                self._past(1)
            else:
                self.skip(kind, depth + 1)

    def _byte(self) -> int:
        byte = self._data[self.at]
        self.at += 1
        return byte

    def _past(self, size_bytes: int) -> None:
        self.at += size_bytes
        if self.at > len(self._data):
            raise IndexError

    def _varint(self) -> int:
        value = 0
        for place in range(_LONGEST_VARINT):
            byte = self._byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follow
                return value
        raise Malformed("a number is too long")
