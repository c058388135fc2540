"""Takes XML text window by window: rows by their shape where that is known, else by expat."""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from headwater.reading.encoding.told import is_utf8
from headwater.reading.json.strictness import DEPTH
from headwater.reading.pieces.piece import shown
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.piece import XmlPieceBuilder
from headwater.reading.xml.shapes import Shapes
from headwater.reading.xml.tree import Row, XmlTree
from headwater.reading.xml.window import XmlWindow

_RAW_KEPT_BYTES = 64 * 1024 + 1
_NEAR_BYTES = 20
_PATIENCE = 64
_STRIDE_BYTES = 64 * 1024


class XmlReader:
    """Reads rows into a piece builder."""

    def __init__(self, row: str, record_bytes: int, window_bytes: int) -> None:
        """Take the row element's name or the end of its path, and the limits."""
        path = tuple(row.strip("/").split("/"))
        self.builder = XmlPieceBuilder()
        self.window_bytes = window_bytes
        self._record_bytes = record_bytes
        self._row = row
        self._tree = XmlTree(path)
        self._shapes = Shapes(self._tree.rehearse)
        self._window = XmlWindow()
        self._scope = 0
        self._unfit = 0  # feeds since a shape fitted
        end_tag = rb"</(?:[^\s<>/:]+:)?" + re.escape(path[-1].encode()) + rb"\s*>"
        self._ends = re.compile(end_tag)
        self._any_ends = self._bounds = re.compile(end_tag + b"|/>")
        self._between = False  # whether a row ended where the window is done
        self._long: tuple[int, bytes] | None = None  # line and beginning of a row too long to keep

    @property
    def held(self) -> int:
        """How much text waits for more."""
        return self._window.held

    def take(self, fresh: bytes) -> None:
        """Read all rows that end in the text so far."""
        window = self._window
        window.move(self._kept_from(), fresh)
        while True:
            while self._between and self._take_by_shape():
                pass
            bound = self._bound()
            if bound < 0:
                break
            self._feed(bound)
        if window.held >= self.window_bytes:
            self._feed(window.safe_end)

    def finish(self, *, required: bool) -> None:
        """Read the rest, which must end where the root does."""
        self._feed(len(self._window.text), final=True)
        if required and not self._tree.found and len(self._tree.beside) > 1:
            beside = ", ".join(self._tree.beside)
            raise Unreadable(
                "xml",
                f"it has no element {self._row!r}, and has {beside}; name one of them as `row`",
            )

    def _kept_from(self) -> int:
        """The offset of what has not ended: a tag, or a row, if that is not too long to keep."""
        window, tree = self._window, self._tree
        if not tree.in_row or self._long:
            return window.done - tree.unread
        start = tree.row_start - window.base
        if window.done - start <= self._record_bytes:
            return start
        self._long = (window.line_at(start), window.text[start : start + _RAW_KEPT_BYTES])
        tree.drop_open_row()
        return window.done - tree.unread

    def _bound(self) -> int:
        """Where the next row may end, or a later one where no shape fitted for long."""
        text, done = self._window.text, self._window.done
        if self._unfit < _PATIENCE:
            bound = self._bounds.search(text, done)
            return bound.end() if bound else -1
        end = -1
        for bound in self._bounds.finditer(text, done):
            end = bound.end()
            if end > done + _STRIDE_BYTES:
                break
        return end

    def _take_by_shape(self) -> bool:
        window, builder = self._window, self.builder
        start, end = window.done, min(window.sound_end, window.done + self._record_bytes)
        shape = self._shapes.next(window.text, start, end)
        if shape is None:
            return False
        taken = self._shapes.take(shape, window.text, (start, end), builder.count)
        if not taken.count:
            return False
        source = window.text[start : taken.end]
        where = (source, window.line_at(start), shape.rows)
        self._unfit = 0
        builder.take_rows(taken.numbered, taken.count, where)
        self._tree.skipped += len(source)
        window.done = taken.end
        return True

    def _feed(self, end: int, *, final: bool = False) -> None:
        window, tree = self._window, self._tree
        try:
            tree.feed(window.text[window.done : end], final=final)
        except expat.ExpatError as error:
            self._refuse(error, final=final)
        window.done = end
        self._unfit += 1
        self._between = False
        if tree.scope != self._scope:
            self._scope = tree.scope
            self._shapes.forget()
        for row in tree.rows:
            self._take(row)
        tree.rows.clear()
        if tree.unread > self._record_bytes:
            self._refuse_token()

    def _take(self, row: Row) -> None:
        text = self._window.text
        start, end = row.start - self._window.base, row.end - self._window.base
        is_empty = row.hollow and text[end - 2 : end] == b"/>"
        if not is_empty:
            end = text.index(b">", end) + 1
        self._bounds = self._any_ends if is_empty else self._ends
        self._between = end == self._window.done and not row.is_root
        if self._long:
            line, raw = self._long
            self._long = None
        else:
            line, raw = self._window.line_at(start), text[start:end]
        if end - start > self._record_bytes:
            message = f"the element is longer than {self._record_bytes >> 20} MiB"
            self.builder.refuse(line, raw[:_RAW_KEPT_BYTES], "line_too_long", message)
        elif row.too_deep:
            message = f"it is nested deeper than {DEPTH} levels; flatten it"
            self.builder.refuse(line, raw[:_RAW_KEPT_BYTES], "depth", message)
        else:
            self.builder.take_row(row.record, raw, line)
            if self._between:
                self._shapes.learn(raw, row.record)

    def _refuse(self, error: expat.ExpatError, *, final: bool) -> NoReturn:
        window = self._window
        place = max(self._tree.error_position - window.base, window.done)
        reason = expat.ErrorString(error.code) or "it is not well-formed"
        near = window.text[place : place + _NEAR_BYTES]
        line = window.line_at(min(place, len(window.text)))
        if final and reason in _CUT:
            inside = self._tree.open_path
            where = f"inside {inside}, " if inside else ""
            raise Unreadable(
                "xml", f"it ends {where}at line {line:,} ({reason}); send it again whole"
            ) from error
        if near and not _is_letter(near):
            reason = f"byte {near[0]:#04x} is not UTF-8, which its declaration says it is"
        raise Unreadable(
            "xml",
            f"{reason} at line {line:,}, where {shown(near)!r} stands; correct the file",
        ) from error

    def _refuse_token(self) -> NoReturn:
        line = self._window.line_at(self._window.done)
        raise Unreadable(
            "line_too_long",
            f"a tag or comment before line {line:,} is longer than "
            f"{self._record_bytes >> 20} MiB; look for one that is never closed",
        )


_CUT = frozenset({"no element found", "unclosed token", "unclosed CDATA section"})


def _is_letter(near: bytes) -> bool:
    """Whether a whole letter of UTF-8 stands at the beginning."""
    return any(is_utf8(near[:size]) for size in range(1, 5))
