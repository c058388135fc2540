"""The shapes that a file's rows were seen to have, and which of them fits next."""

from __future__ import annotations

import re
from collections.abc import Callable

from headwater.reading.xml.shape import Shape, Taken
from headwater.reading.xml.uniform import reads, uniform_shape
from headwater.reading.xml.varied import Names, names_of, varied_shape

_MOST = 12  # that are tried one after the other
_LEARNED = 64  # each costs as much as a hundred rows read by the tree
_SEEN = 4_096
_FIRST_BYTES = 4 * 1024
_VALUES = re.compile(rb""">[^<]*+<|="[^"<]*+"|='[^'<]*+'""")


class Shapes:
    """Learns from rows, and takes those that look alike."""

    def __init__(self, rehearse: Callable[[bytes], bytes]) -> None:
        """Take what answers the JSON of a row that is not of the text."""
        self._rehearse = rehearse
        self._shapes: list[Shape] = []  # the last one that fitted first
        self._seen: set[int] = set()
        self._names: Names | None = None  # of all rows seen whose names may each be missing
        self._varied: Shape | None = None
        self._learned = 0
        self._span = _FIRST_BYTES

    def forget(self) -> None:
        """Know no shape any more, since names mean something else from here."""
        self._shapes.clear()
        self._seen.clear()
        self._names = self._varied = None

    def next(self, text: bytes, start: int, end: int) -> Shape | None:
        """The shape of the row that stands there, if it is known and ends before the end."""
        for place, shape in enumerate(self._shapes):
            if 0 <= shape.fits(text, start) <= end:
                if place:
                    self._shapes.insert(0, self._shapes.pop(place))
                    self._span = _FIRST_BYTES
                return shape
        return None

    def take(self, shape: Shape, text: bytes, where: tuple[int, int], first: int) -> Taken:
        """Rows of the shape from start on; some of those before the end, more when they go on."""
        start, end = where
        stop = min(max(start + self._span, shape.fits(text, start)), end)
        taken = shape.take(text, start, stop, first)
        self._span = min(4 * max(taken.end - start, _FIRST_BYTES), 1 << 30)
        return taken

    def learn(self, row: bytes, record: bytes) -> None:
        """Know rows like this one from now on, if it is not the only one of its kind."""
        if self._learned >= _LEARNED or self._learn_names(row, record):
            return
        drawn = hash(_VALUES.sub(b"<", row))
        if self._shapes and drawn not in self._seen:
            if len(self._seen) < _SEEN:
                self._seen.add(drawn)
            return
        self._learned += 1
        shape = uniform_shape(row, record, self._rehearse)
        if shape is not None:
            self._keep(shape)

    def _learn_names(self, row: bytes, record: bytes) -> bool:
        """Learn that names may be missing; whether that is known of rows like this one."""
        names = names_of(row)
        known = self._names
        if names is None or known is None:
            self._names = known or names
            return False
        both = known | names if known.row == names.row else None
        if both is None or (both == known and self._varied is not None):
            return False
        self._learned += 1
        self._names = both
        shape = varied_shape(both, self._rehearse)
        if shape is None or not reads(shape, row, record):
            return False
        if self._varied in self._shapes:
            self._shapes.remove(self._varied)
        self._varied = shape
        self._keep(shape)
        return True

    def _keep(self, shape: Shape) -> None:
        self._shapes.insert(0, shape)
        del self._shapes[_MOST:]
