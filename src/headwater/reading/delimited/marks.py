"""Quotes, escapes and null marks of a delimited text, told from where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from headwater.model.amount import counted
from headwater.reading.delimited.candidates import bare_texts, candidates
from headwater.reading.delimited.grammar import Marks
from headwater.reading.delimited.samplelines import read_lines
from headwater.reading.told import Sample, Told

_RIVALS = 6
_LINES = 260
_LITERAL_QUOTES = 5  # records with a quote inside a field, where no field opens with one
_NULL = r"\N"
_HIVES = "\x01"  # whose files have nulls as databases write them, and no escapes
_APOSTROPHE = re.compile(rb"(?:\A|[^\w ])'")


@dataclass(slots=True)
class MarksFinder:
    """Looks at one sample, and says why."""

    sample: Sample
    told: Told
    reasons: list[str] = field(default_factory=list)

    def quote(self) -> str:
        """The quote mark, as far as it can be told without the delimiter."""
        text = self.sample.text
        if self.told.quote is not None:
            return self.told.quote
        usual = self.told.usual
        if usual is not None and usual.quote and b'"' not in text:
            return usual.quote
        if b"'" not in text or not _APOSTROPHE.search(text):
            return '"'
        texts = bare_texts(text, b"'")
        found = candidates(texts, whole=self.sample.whole, told=self.told.delimiter or "")
        for each in found[:_RIVALS]:
            if self._is_quoted(each.delimiter, b"'") and not self._is_quoted(each.delimiter, b'"'):
                self.reasons.append("fields stand between apostrophes, opened and closed in pairs")
                return "'"
        return '"'

    def marks(self, delimiter: str, width: int, quote: str, newline: str) -> Marks:
        """The marks in full, once the delimiter is known."""
        marks = Marks(delimiter, quote, self.told.escape or "")
        text, mark = self.sample.text, quote.encode()
        is_export = _NULL in self.nulls(delimiter)
        if self.told.quote is None and mark and (is_export or mark in text):
            marks = self._without_quote(marks, is_export=is_export)
        if self.told.escape is not None:
            letters = self.told.escape == "\\" and not marks.quote
            letters = letters and _NULL in self.nulls(delimiter)
            return replace(marks, letters=letters)
        usual = self.told.usual
        if usual is not None and usual.escape and marks.quote and b"\\" + mark not in text:
            return replace(marks, escape=usual.escape)
        if b"\\" not in text:
            return marks
        if not marks.quote:
            escapes = is_export and delimiter != _HIVES
            return replace(marks, escape="\\", letters=True) if escapes else marks
        if b"\\" + mark in text and self._escapes(marks, width, newline):
            self.reasons.append("a backslash before a quote gives more whole records than without")
            return replace(marks, escape="\\")
        return marks

    def nulls(self, delimiter: str) -> tuple[str, ...]:
        """What stands for null besides an empty field."""
        if self.told.nulls is not None:
            return self.told.nulls
        if _NULL.encode() not in self.sample.text:
            usual = self.told.usual
            return (_NULL,) if usual is not None and _NULL in usual.nulls else ()
        edge = re.escape(delimiter.encode())
        alone = rb"(?:^|[\r\n]|" + edge + rb")\\N(?=$|[\r\n]|" + edge + b")"
        return (_NULL,) if re.search(alone, self.sample.text) else ()

    def _is_quoted(self, delimiter: str, quote: bytes) -> bool:
        """Whether fields open with the mark, and as many close with it."""
        text, edge = self.sample.text, re.escape(delimiter.encode())
        opening = len(re.findall(rb"(?:^|[\r\n]|" + edge + b")" + quote, text))
        closing = len(re.findall(quote + rb"(?=$|[\r\n]|" + edge + b")", text))
        doubled = quote * 2 in text
        fewest, most = sorted((opening, closing))
        return fewest > (not doubled) and fewest * 10 >= most * 9

    def _without_quote(self, marks: Marks, *, is_export: bool) -> Marks:
        """The marks with no quote, if it is in the text and never opens a field."""
        mark, edge = marks.quote.encode(), re.escape(marks.delimiter.encode())
        text = self.sample.text
        if re.search(rb"(?:\A|[\r\n]|" + edge + b") *" + mark, text):
            return marks
        inside = sum(mark in line for line in text.splitlines())
        usual = self.told.usual
        is_usual = usual is not None and not usual.quote and usual.quote is not None
        if inside < _LITERAL_QUOTES and not (is_export or is_usual):
            return marks
        if inside:
            self.reasons.append(
                f"`{marks.quote}` stands inside fields of {counted(inside, 'line')} and opens "
                "none: it is no quote"
            )
        return replace(marks, quote="")

    def _escapes(self, marks: Marks, width: int, newline: str) -> bool:
        """Whether more records are whole with the backslash than without."""

        def whole(tried: Marks) -> int:
            lines = read_lines(self.sample.text, tried, newline, _LINES, whole=self.sample.whole)
            return sum(line.sound and len(line.cells) == width for line in lines)

        return whole(replace(marks, escape="\\")) > whole(marks)
