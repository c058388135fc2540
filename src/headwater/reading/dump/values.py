"""The rows behind VALUES: literals between brackets, read as cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from headwater.reading.dump.calls import CALL, behind_text, text_of
from headwater.reading.dump.heads import Dump

QUOTES = bytes.maketrans(b"'", b'"')
_ESCAPED = rb"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
_PLAIN = (
    rb"(?:0x[0-9A-Fa-f]++|[-+]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?+|"
    rb"(?i:true|false)\b)"
)
# Bytes that stand for others while a row is one text; rows that have them go cell by cell.
_BACKSLASH, _QUOTE_MARK, _DOUBLE = _MARKS = b"\x01", b"\x02", b"\x03"
_BETWEEN = b"\x05"
_MARKED = (
    (rb"\\", _BACKSLASH),
    (rb"\'", _QUOTE_MARK),
    (rb"\"", _DOUBLE),
    (rb"\n", b"\n"),
    (rb"\r", b"\r"),
    (rb"\t", b"\t"),
)
_UNMARKED = bytes.maketrans(b"'" + _BACKSLASH + _QUOTE_MARK + _BETWEEN, b"\"\\'\t")
_SEPARATOR = re.compile(rb"\s*+([,)])")
_BLANKS = re.compile(rb"\s*+")
_BEHIND = re.compile(rb"\s*+(?:[,;]|(?i:ON|AS|RETURNING)\b)")
_NEAR_BYTES = 40
_LOOK_BYTES = 64 * 1024
_MYSQL_LETTERS = {
    b"0": b"\0",
    b"b": b"\b",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"Z": b"\x1a",
    b"%": rb"\%",
    b"_": rb"\_",
}
_POSTGRES_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))|''", re.DOTALL)
_MYSQL_ESCAPE = re.compile(rb"\\(.)|''", re.DOTALL)


class Cut(Exception):
    """The row goes on behind what is at hand."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A row that cannot be read."""

    why: str


class RowGrammar:
    """How the rows of one dump are spelled. Expressions are made when they are first asked for."""

    def __init__(self, dump: Dump, width: int) -> None:
        self._width = width
        self._mysql = dump is Dump.MYSQL
        self._calls = rb"|" + CALL if dump is Dump.SQLITE else b""
        self._literal = _ESCAPED if self._mysql else rb"'[^']*+(?:''[^']*+)*+'"
        self._value = re.compile(rb"\s*+" + self._any_literal, re.DOTALL)
        self._token = re.compile(rb"[^'()]++|[()]|" + self._literal, re.DOTALL)

    @property
    def _any_literal(self) -> bytes:
        prefixed = rb"(?:[nN]|_[a-z0-9]++\s*+)?+" + self._literal + rb"|[eE]" + _ESCAPED
        bits = rb"[xX]'[0-9A-Fa-f]*+'|[bB]'[01]*+'"
        return (
            rb"(?:(?i:NULL|DEFAULT)\b|("
            + prefixed
            + rb"|"
            + bits
            + rb"|"
            + _PLAIN
            + self._calls
            + rb"))"
        )

    @cached_property
    def quick(self) -> re.Pattern[bytes]:
        """Matches rows whose texts need nothing but other quotes around them."""
        special = rb"'\"\\" if self._mysql else rb"'\""
        return self._row_of(rb"(?:NULL|('[^" + special + rb"]*+'|" + _PLAIN + rb"))")

    @cached_property
    def texts(self) -> re.Pattern[bytes]:
        """Matches rows of numbers and texts without anything before their quotes."""
        return self._row_of(rb"(?:NULL|(" + self._literal + rb"|" + _PLAIN + rb"))")

    @cached_property
    def full(self) -> re.Pattern[bytes]:
        """Matches all rows of literals; its groups are those that are not null, as spelled."""
        return self._row_of(self._any_literal)

    def _row_of(self, value: bytes) -> re.Pattern[bytes]:
        values = rb"\s*+,\s*+".join([value] * self._width)
        return re.compile(rb"\(\s*+" + values + rb"\s*+\)", re.DOTALL)

    def width_at(self, text: bytes, start: int, *, final: bool = False) -> int | Damage:
        """How many literals the row has that starts there; Cut if it may go on.

        Final: nothing follows the text, so that only what is not closed may be cut.
        """
        width, at = 0, start + 1
        while True:
            value = self._value.match(text, at)
            if value is None:
                return self._damage(text, at, width + 1, final=final)
            width += 1
            follows = _SEPARATOR.match(text, value.end())
            if follows is None:
                return self._damage(text, value.end(), width, final=final)
            at = follows.end()
            if follows[1] == b")":
                return width

    def end_of_row(self, text: bytes, start: int, limit: int) -> int | None:
        """Where the row ends, if its brackets and texts, at least, are whole; else None.

        The limit is where another statement seems to begin.
        """
        depth, at = 0, start
        while at < min(limit, start + _LOOK_BYTES) and (token := self._token.match(text, at)):
            at = token.end()
            if token[0][:1] == b"'" and (b"),(" in token[0] or b";\n" in token[0]):
                return None  # more likely a quote that was not closed
            depth += {b"(": 1, b")": -1}.get(token[0], 0)
            if not depth:
                return at if _BEHIND.match(text, at) else None
        return None

    def respelled(self, spellings: tuple[bytes, ...]) -> bytes | None:
        """The record of a row that `texts` matches, made as one text; None if that cannot be."""
        row = _BETWEEN.join(spellings)
        if row.count(_BETWEEN) >= len(spellings) or any(mark in row for mark in _MARKS):
            return None
        if self._mysql and b"\\" in row:
            for old, new in _MARKED:
                row = row.replace(old, new)
            if b"\\" in row:
                return None
        if b"''" in row:
            row = _BETWEEN.join(map(_undoubled, row.split(_BETWEEN)))
        row = row.replace(b'"', b'""').translate(_UNMARKED)
        return row.replace(_DOUBLE, b'""')

    def cell(self, spelling: bytes | None) -> bytes:
        """A literal as a record has it: null as nothing, a text in quotes, all else as it is."""
        if spelling is None:
            return b""
        if spelling[:1] == b"'":
            return _quoted(self._text(spelling[1:-1]))
        if spelling.endswith(b")"):
            return _quoted(text_of(spelling))
        return self._prefixed(spelling) if spelling.endswith(b"'") else spelling

    def _prefixed(self, spelling: bytes) -> bytes:
        """A text with something before its quote that says how it is meant."""
        mark = spelling.index(b"'")
        kind, inner = spelling[:mark].rstrip().lower(), spelling[mark + 1 : -1]
        if kind == b"b":
            return inner
        if kind == b"x":
            return b"0x" + inner.upper()
        if kind == b"e":
            return _quoted(_ESCAPE.sub(_postgres_letter, inner))
        text = self._text(inner)
        return b"0x" + text.hex().upper().encode() if kind == b"_binary" else _quoted(text)

    def _text(self, inner: bytes) -> bytes:
        if self._mysql and b"\\" in inner:
            return _MYSQL_ESCAPE.sub(_mysql_letter, inner)
        return inner.replace(b"''", b"'")

    def _damage(self, text: bytes, at: int, place: int, *, final: bool) -> Damage:
        blanks = _BLANKS.match(text, at)
        behind = blanks.end() if blanks else at
        # A word, or a text that is not closed, may be whole once more is at hand.
        inside = behind_text(text, behind) if self._calls else behind
        near_end = len(text) - inside < _NEAR_BYTES and not final
        if near_end or self._token.match(text, inside) is None:
            raise Cut
        near = text[behind : behind + _NEAR_BYTES].decode("utf-8", "replace")
        return Damage(f"value {place} of the row is no literal, at {near!r}")


@lru_cache(maxsize=16)
def grammar_of(dump: Dump, width: int) -> RowGrammar:
    """The grammar of rows of that width; those of wide tables take a while to make."""
    return RowGrammar(dump, width)


def _undoubled(spelling: bytes) -> bytes:
    if spelling[:1] != b"'":
        return spelling
    return b"'%b'" % spelling[1:-1].replace(b"''", _QUOTE_MARK)


def _quoted(text: bytes) -> bytes:
    return b'"%b"' % text.replace(b'"', b'""')


def _mysql_letter(escape: re.Match[bytes]) -> bytes:
    letter = escape[1]
    return b"'" if letter is None else _MYSQL_LETTERS.get(letter, letter)


def _postgres_letter(escape: re.Match[bytes]) -> bytes:
    point, code, octal, letter = escape.groups()
    if point is not None:
        return chr(int(point, 16)).encode("utf-8", "surrogatepass")
    if code is not None or octal is not None:
        return bytes([int(code, 16) if code else int(octal, 8) & 0xFF])
    return b"'" if letter is None else _POSTGRES_LETTERS.get(letter, letter)
