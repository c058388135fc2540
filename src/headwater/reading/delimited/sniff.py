"""A delimited text told from its content: how it is spelled, where its table lies, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from headwater.reading.delimited.candidates import Candidate
from headwater.reading.delimited.dialect import Dialect, first_record, newline_byte, newline_of
from headwater.reading.delimited.footer import Footer, footer_of
from headwater.reading.delimited.grammar import Grammar, Marks
from headwater.reading.delimited.heading import joined_names
from headwater.reading.delimited.kinds import COMMA_DECIMAL, POINT_DECIMAL
from headwater.reading.delimited.layout import Layout, is_first_odd, lay_out
from headwater.reading.delimited.marks import MarksFinder
from headwater.reading.delimited.prose import NOTE, is_by_chance, is_remark, told_prose
from headwater.reading.delimited.ranking import first_lines, ranked, reason, usual_reason
from headwater.reading.delimited.samplelines import Line
from headwater.reading.delimited.usual import usual_heads
from headwater.reading.told import Sample, Told

ROW_NAME = "row_name"
_SHOWN = 3
_SHOWN_BYTES = 60
_SEPARATOR = re.compile(rb"sep=([^\r\n]{1,4})(?:\r\n|\n|\r)", re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A dialect, the names of its columns, and why it is taken to be so."""

    dialect: Dialect
    names: tuple[str, ...]  # as the file has them, or column_1 and so on
    notes: tuple[str, ...]
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def told_from_content(sample: Sample, told: Told) -> Delimited:
    """Find out how a delimited text is spelled; Unreadable if its header cannot be read."""
    text, skipped = sample.text, 0
    separator = _SEPARATOR.match(text)
    if separator and told.delimiter is None:
        told = replace(told, delimiter=separator[1].decode("utf-8", "replace"))
        skipped = separator.end()
    skipped = _behind_lines(text, skipped, told.skip_lines or 0)
    body = Sample(text[skipped:], sample.whole, sample.tail) if skipped else sample
    found = _Finder(body, told).find()
    if not skipped:
        return found
    dialect = replace(
        found.dialect,
        skip_bytes=found.dialect.skip_bytes + skipped,
        skip_lines=found.dialect.skip_lines + _line_count(text[:skipped]),
    )
    notes = ("the first line names the delimiter",) if separator else ()
    return replace(found, dialect=dialect, notes=(*notes, *found.notes))


class _Finder:
    """Finds the dialect of one sample."""

    def __init__(self, sample: Sample, told: Told) -> None:
        self._sample = sample
        self._text = sample.text
        self._told = told
        self._reasons: list[str] = []
        self._notes: list[str] = []

    def find(self) -> Delimited:
        finder = MarksFinder(self._sample, self._told, self._reasons)
        quote = finder.quote()
        newline = newline_of(self._text, quote.encode(), self._told.escape)
        told = self._told.delimiter or ""
        ranking = ranked(self._sample, quote, newline, self._told)
        best = ranking[0]
        self._reasons.append(reason(ranking, told))
        self._reasons += usual_reason(ranking, self._told)
        marks = finder.marks(best.delimiter, best.width, quote, newline)
        lines = first_lines(self._sample, marks, newline, best.first, self._told)
        layout = self._layout(lines, best)
        if not layout.telling and (best.width == 1 or is_by_chance(lines, layout)):
            prose = told_prose(self._sample, marks, newline, self._told)
            if prose is not None:
                seen = _Finder(self._sample, prose).find()
                reasons = (self._reasons[0], *seen.reasons[1:])
                return replace(seen, notes=(NOTE, *seen.notes), reasons=reasons)
        dialect = self._dialect(marks, newline, lines, layout)
        nulls = finder.nulls(best.delimiter)
        if nulls and self._told.nulls is None:
            self._reasons.append(f"{nulls[0]} stands alone in fields, as databases write null")
        names = self._names(dialect, layout.width)
        behind = footer_of(self._sample, dialect, layout)
        dialect = replace(dialect, nulls=nulls, drop_bytes=behind.size)
        self._note_lines(lines[: layout.first], behind)
        return Delimited(dialect, names, tuple(self._notes), tuple(self._reasons), tuple(ranking))

    def _layout(self, lines: list[Line], best: Candidate) -> Layout:
        if not lines:
            return Layout(0, 1, 1, (), ())
        is_start = self._told.skip_lines is not None
        laid_out = partial(lay_out, lines, best.width, lacking=best.lacking, is_start=is_start)
        layout = laid_out(heads=self._told.header_rows)
        if not layout.header_rows and not best.lacking and is_first_odd(lines, layout, best.width):
            layout = laid_out(heads=0, is_width=True)
        heads = usual_heads(layout, lines, self._told)
        if heads is None:
            lone = layout.width == 1 and not layout.telling and self._told.header_rows is None
            if lone and is_remark(lines[layout.first].raw.decode("utf-8", "replace")):
                return laid_out(heads=0)
            return layout
        what = "names" if heads else "data"
        self._reasons.append(f"its first row is taken for {what}, as in the feed's other files")
        return laid_out(heads=heads)

    def _dialect(
        self, marks: Marks, newline: str, lines: Sequence[Line], layout: Layout
    ) -> Dialect:
        start = lines[layout.first].offset if layout.first else 0
        return Dialect(
            marks.delimiter,
            marks.quote,
            header=layout.header_rows > 0,
            newline=newline,
            skip_bytes=start,
            skip_lines=_line_count(self._text[:start]),
            header_rows=max(1, layout.header_rows),
            escape=marks.escape,
            letters=marks.letters,
            comment=self._comment(layout),
            row_names=layout.row_names,
            shows_quote=bool(marks.quote) and marks.quote.encode() in self._text,
            comment_is_told=bool(self._told.comment),
            decimal=self._told.decimal or self._decimal(layout),
        )

    def _comment(self, layout: Layout) -> str:
        if self._told.comment is not None:
            return self._told.comment
        usual = self._told.usual.comment if self._told.usual is not None else None
        return layout.comment or (usual or "" if layout.width > 1 else "")

    def _names(self, dialect: Dialect, width: int) -> tuple[str, ...]:
        """The columns' names; of a table without any, as many as it is wide."""
        text, end = self._text[dialect.skip_bytes :], 0
        rows = []
        for _ in range(max(1, dialect.heads)):
            reading = first_record(text, dialect, whole=self._sample.whole, start=end)
            end = reading.end
            rows.append(Grammar(dialect.marks, 1, newline_byte(dialect.newline)).values(reading))
        if dialect.row_names:
            first = ROW_NAME if ROW_NAME not in rows[0] else f"{ROW_NAME}_1"
            self._notes.append(
                f"its header has one name fewer than rows have fields: the first is {first}"
            )
            return (first, *rows[0])
        if dialect.header:
            if len(rows) > 1:
                self._reasons.append(f"its first {len(rows)} rows name columns of numbers")
            return joined_names(rows) if len(rows) > 1 else rows[0]
        if self._told.header_rows is None:
            self._notes.append("no header: its first record looks like data")
        return tuple(f"column_{place}" for place in range(1, width + 1))

    def _decimal(self, layout: Layout) -> str:
        cells = [line.cells[place].strip() for line in layout.body for place in layout.telling]
        commas = [cell for cell in cells if "," in cell and COMMA_DECIMAL.fullmatch(cell)]
        if not any(not _THOUSANDS.fullmatch(cell) for cell in commas):
            return "."
        if any(POINT_DECIMAL.fullmatch(cell) for cell in cells):
            return "."
        self._reasons.append(f"numbers such as {commas[0]} have a decimal comma")
        return ","

    def _note_lines(self, before: Sequence[Line], behind: Footer) -> None:
        titles = [line.raw for line in before if line.raw]
        if titles:
            self._notes.insert(0, _passed_over(titles, "before"))
        if behind.size:
            self._notes.append(_passed_over(behind.lines, "behind"))


def _passed_over(lines: Sequence[bytes], where: str) -> str:
    some = (
        repr(line[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")) for line in lines[:_SHOWN]
    )
    what = "line" if len(lines) == 1 else "lines"
    return f"{len(lines)} {what} {where} the table passed over: {', '.join(some)}"


def _behind_lines(text: bytes, start: int, count: int) -> int:
    """The offset behind so many lines more."""
    for _ in range(count):
        end = _LINE_END.search(text, start)
        if end is None:
            return len(text)
        start = end.end()
    return start


def _line_count(text: bytes) -> int:
    return len(_LINE_END.findall(text))
