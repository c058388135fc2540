"""Records of any dialect spelled as plain delimited text: one delimiter, doubled quotes, LF."""

from __future__ import annotations

import re

from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.grammar import Grammar

QUOTE = b'"'
_EMPTY = QUOTE * 2  # an empty text; an empty field is null


def _in_quotes(cell: re.Match[bytes]) -> bytes:
    return b'"%b"' % cell[0].replace(QUOTE, _EMPTY)


class Respelling:
    """From one dialect to plain text; many lines at once where nothing in them is special."""

    def __init__(self, dialect: Dialect, grammar: Grammar, other: bytes) -> None:
        """Take also the byte that ends no line by itself: a bare cell that has it gets quotes."""
        self._grammar = grammar
        self._other = other
        self._standard = dialect.is_standard
        self._nulls = tuple(null.encode() for null in dialect.nulls)
        self._keeps_empty = dialect.letters
        self._source = grammar.delimiter
        self.delimiter = dialect.piece_delimiter.encode()
        self._swap = bytes.maketrans(grammar.quote + QUOTE, QUOTE + grammar.quote)
        ends = b"[" + re.escape(self._source[:1]) + b"\n]"
        within = b"[^" + ends[1:]
        self._quoting = re.compile(
            b"(?<=" + ends + b")" + within[:-1] + b'"]*+"' + within + b"*+"
        )  # a cell with a quote in it
        self._special = re.compile(b'["\r\n' + re.escape(self.delimiter) + b"]").search

    @property
    def changes_nothing(self) -> bool:
        """Whether sound records are spelled plainly as they are."""
        return self._standard

    def lines(self, records: list[bytes]) -> list[bytes] | None:
        """Sound records of one line each, spelled plainly; None if they are so already."""
        if self._standard or not records:
            return None
        grammar, text = self._grammar, b"\n".join(records)
        if (self._nulls or self._keeps_empty) and not (grammar.quote and grammar.quote in text):
            return self._exported(records, text)
        if not self._nulls and self._is_bare(text):
            return text.replace(self._source, self.delimiter).split(b"\n")
        if self._nulls or self._keeps_empty or not self._may_replace(text):
            return [self.record(line) for line in records]
        quote, escape = grammar.quote or QUOTE, grammar.escape or QUOTE
        return [
            self._line(line)
            if QUOTE in line or quote in line or escape in line
            else line.replace(self._source, self.delimiter)
            for line in records
        ]

    def record(self, source: bytes) -> bytes:
        """One sound record, spelled plainly."""
        if self._standard:
            return self._with_quoted_ends(source)
        return self.delimiter.join(map(self._cell, self._grammar.read(source).cells))

    def spelled(self, values: tuple[bytes, ...]) -> bytes:
        """A record of these values; an empty one is null."""
        return self.delimiter.join(map(self._quoted, values))

    def _is_bare(self, text: bytes) -> bool:
        """Whether there is nothing to respell in it but delimiters."""
        fits = self.delimiter == self._source or self.delimiter not in text
        return fits and QUOTE not in text and self._grammar.is_plain(text)

    def _line(self, line: bytes) -> bytes:
        """One record on a line with marks, cell by cell only if bare cells have some."""
        if not self._grammar.quote:
            return self._split(line)
        if self._is_swapped_whole(line):
            return line.translate(self._swap).replace(self._source, self.delimiter)
        between, quoted = self._grammar.split_at_quotes(line)
        if not self._is_bare(b"\n".join(between)):
            return self.record(line)
        if self.delimiter != self._source:
            between = [bare.replace(self._source, self.delimiter) for bare in between]
        value = self._grammar.value
        between[1:] = [
            b'"%b"%b' % (value(cell).replace(QUOTE, _EMPTY), bare)
            for cell, bare in zip(quoted, between[1:], strict=True)
        ]
        return b"".join(between)

    def _is_swapped_whole(self, line: bytes) -> bool:
        """Whether its quotes need but be others, and each delimiter in it is one."""
        grammar = self._grammar
        if grammar.escape and grammar.escape in line:
            return False
        if grammar.quote != QUOTE and (QUOTE in line or grammar.quote * 2 in line):
            return False
        if self.delimiter == self._source:
            return True
        return self.delimiter not in line and line.count(self._source) == grammar.width - 1

    def _split(self, line: bytes) -> bytes:
        """One record where nothing is quoted."""
        escape = self._grammar.escape or QUOTE
        if (escape + self._source[:1] in line) or not self._may_replace(line):
            return self.record(line)
        odd = (*self._nulls, b"") if self._keeps_empty else self._nulls
        return self.delimiter.join(
            [
                self._cell(cell) if cell in odd or QUOTE in cell or escape in cell else cell
                for cell in line.split(self._source)
            ]
        )

    def _exported(self, records: list[bytes], text: bytes) -> list[bytes]:
        """Records without quotes, of which some cells are null and empty ones may not be."""
        escape, mark = self._grammar.escape, self._source
        text = b"\n" + text + b"\n"
        if not self._may_replace(text) or len(mark) > 1:
            return [self._split(source) for source in records]
        respelled = self._quoting.sub(_in_quotes, text) if QUOTE in text else text
        if self._keeps_empty:
            for _ in range(2):  # two empty cells side by side share what is between
                respelled = respelled.replace(mark * 2, mark + _EMPTY + mark)
            respelled = respelled.replace(b"\n" + mark, b"\n" + _EMPTY + mark)
            respelled = respelled.replace(mark + b"\n", mark + _EMPTY + b"\n")
        for null in self._nulls:
            if null in respelled:
                respelled = self._without(null, respelled)
        lines = respelled[1:-1].replace(mark, self.delimiter).split(b"\n")
        if not escape or escape not in respelled:
            return lines
        return [
            self._split(source) if escape in line else line
            for source, line in zip(records, lines, strict=True)
        ]

    def _may_replace(self, text: bytes) -> bool:
        return self.delimiter == self._source or self.delimiter not in text

    def _without(self, null: bytes, text: bytes) -> bytes:
        """The text with null cells empty."""
        mark = self._source
        for _ in range(2):
            text = text.replace(mark + null + mark, mark * 2)
        text = text.replace(b"\n" + null + mark, b"\n" + mark)
        text = text.replace(mark + null + b"\n", mark + b"\n")
        for _ in range(2):  # of records of one cell
            text = text.replace(b"\n" + null + b"\n", b"\n\n")
        return text

    def _cell(self, cell: bytes) -> bytes:
        if cell in self._nulls:
            return b""
        value = self._grammar.value(cell)
        if not value:
            was_quoted = bool(self._grammar.quote) and cell.startswith(self._grammar.quote)
            return _EMPTY if was_quoted or self._keeps_empty else b""
        return self._quoted(value)

    def _quoted(self, value: bytes) -> bytes:
        if self._special(value):
            return QUOTE + value.replace(QUOTE, _EMPTY) + QUOTE
        return value

    def _with_quoted_ends(self, source: bytes) -> bytes:
        """The record with quotes around cells that hold a line end and came without."""
        if self._other not in source:
            return source
        return self.delimiter.join(
            b'"%b"' % cell if self._other in cell and not cell.startswith(QUOTE) else cell
            for cell in self._grammar.read(source).cells
        )
