"""The stretch of an XML text that is at hand, and the lines in it."""

from __future__ import annotations

from headwater.reading.encoding.told import is_utf8
from headwater.reading.xml.piece import line_ends

_NO_LETTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # UTF-8, and not allowed


class XmlWindow:
    """Moves over the text; `done` is the offset before which all is read."""

    def __init__(self) -> None:
        """Begin before the text."""
        self.text = b""
        self.base = 0  # bytes of the text before the window
        self.done = 0
        self.sound_end = 0  # behind the last tag, if all before it is UTF-8 that XML allows
        self._counted = 0
        self._line = 1

    @property
    def held(self) -> int:
        """How many bytes wait for more."""
        return len(self.text) - self.done

    @property
    def safe_end(self) -> int:
        """How far the bytes can be read whatever follows: a tag is left whole, and a line end."""
        tag = self.text.rfind(b"<")
        if tag > self.done:
            return tag
        return len(self.text) - self.text.endswith(b"\r")

    def move(self, keep: int, fresh: bytes) -> None:
        """Drop what is before an offset, and take more."""
        self.line_at(keep)
        self._counted -= keep
        self.text = self.text[keep:] + fresh
        self.base += keep
        self.done -= keep
        end = self.text.rfind(b">") + 1
        self.sound_end = end if _is_sound(self.text[self.done : end]) else 0

    def line_at(self, offset: int) -> int:
        """The line of an offset, not asked for one before the last."""
        self._line += line_ends(self.text[self._counted : offset])
        self._counted = offset
        return self._line


def _is_sound(text: bytes) -> bool:
    return text.isascii() or (is_utf8(text) and not any(each in text for each in _NO_LETTERS))
