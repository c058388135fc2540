"""Several readings of a delimited text, scored: even widths first, then types down the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from headwater.reading.delimited.candidates import (
    IN_TEXT,
    Candidate,
    bare_texts,
    between_digits,
    candidates,
    shown,
)
from headwater.reading.delimited.dialect import DELIMITERS
from headwater.reading.delimited.grammar import Marks
from headwater.reading.delimited.layout import lay_out
from headwater.reading.delimited.optional import LINES, may_be_optional, with_optional
from headwater.reading.delimited.samplelines import Line, read_lines
from headwater.reading.told import Sample, Told

_RIVALS = 6
_SHOWN = 3
_LINES = 40
_FIRST_LINES = 5_000
_COMMENTED_BYTES = 64 * 1024
_TYPED = 0.3  # for columns of numbers and dates, and for records without a quote out of place
_USUAL, _LONG, _WIDTH = 0.05, 0.08, 0.01
_LATER, _TITLES = 0.04, 5
_BLANK, _ODD = 0.2, 0.5
_DECLARED, _WIDE_ALONE = 0.5, 0.4
_FILLED = 0.2  # of the fields that blanks part, which may be empty
_NEAR = 0.15  # what the delimiter of the feed's other files may lack
_INSIDE = {",": 0.2, ":": 0.5}  # of numbers and times


def ranked(sample: Sample, quote: str, newline: str, known: Told) -> list[Candidate]:
    """The delimiters that the text may have, the best first; one of one column if it has none."""
    told = known.delimiter or ""
    text = without_comments(sample.text, known.comment or "")
    found = candidates(bare_texts(text, quote.encode()), whole=sample.whole, told=told)
    found = [_widened(each, sample, Marks(each.delimiter, quote), newline) for each in found]
    if len(found) > 1:
        scored = [
            replace(
                each,
                score=_score(each, sample, Marks(each.delimiter, quote), newline, known),
            )
            for each in found[:_RIVALS]
        ]
        usual = _usual(known)
        scored.sort(key=lambda each: -each.score - _NEAR * (each.delimiter == usual))
        found = [each for each in scored if each.score > 0]
    if found and not told and _is_odd(found[0], sample, Marks(found[0].delimiter, quote), newline):
        found = []
    return found or [Candidate(told or _usual(known) or DELIMITERS[0], 1, 1, 1, 0)]


def _widened(each: Candidate, sample: Sample, marks: Marks, newline: str) -> Candidate:
    """The candidate, and the last columns with it that many rows leave out."""
    if not may_be_optional(each):
        return each
    limit = min(each.first, _FIRST_LINES) + LINES
    lines = read_lines(sample.text, marks, newline, limit, whole=sample.whole)
    return with_optional(each, lines)


def _is_odd(best: Candidate, sample: Sample, marks: Marks, newline: str) -> bool:
    """Whether a mark that stands in text as well cuts the first line otherwise than the others.

    In lines with times in them, say; in one column nothing of them is refused. Blanks that
    leave many fields empty part none: they fill columns up.
    """
    if best.delimiter not in IN_TEXT:
        return False
    lines = first_lines(sample, marks, newline, best.first, Told())
    if best.delimiter == " ":
        cells = [cell for line in lines for cell in line.cells]
        if sum(not cell for cell in cells) > _FILLED * len(cells):
            return True
    return not lines or lay_out(lines, best.width, lacking=best.lacking).width != best.width


def usual_reason(ranking: Sequence[Candidate], known: Told) -> tuple[str, ...]:
    """That the feed's other files have decided, if they have."""
    best, *others = ranking
    open_ = any(each.score >= best.score for each in others)
    if known.delimiter or best.delimiter != _usual(known) or not open_:
        return ()
    return (f"{shown(best.delimiter)} is what the feed's other files have",)


def _usual(known: Told) -> str | None:
    return known.usual.delimiter if known.usual is not None else None


def reason(ranking: Sequence[Candidate], told: str) -> str:
    """Why the best is taken to be it."""
    if told:
        return f"{shown(told)} is told to be the delimiter"
    if ranking[0].width == 1:
        return "no delimiter is in it as often in every record: it has one column"
    return "; ".join(each.told for each in ranking[:_SHOWN])


def first_lines(sample: Sample, marks: Marks, newline: str, first: int, known: Told) -> list[Line]:
    """The records up to the table's first, if it is that far, and some of its rows."""
    limit = min(first, _FIRST_LINES) + _LINES
    comment = known.comment or ""
    if comment:
        limit += sample.text.count(comment.encode(), 0, _COMMENTED_BYTES)
    return read_lines(sample.text, marks, newline, limit, whole=sample.whole, comment=comment)


def without_comments(text: bytes, comment: str) -> bytes:
    """The text without the lines that begin so."""
    if not comment or comment.encode() not in text:
        return text
    return re.sub(
        rb"(?m)^" + re.escape(comment.encode()) + rb"[^\r\n]*(?:\r\n|\r|\n|\Z)", b"", text
    )


def _score(candidate: Candidate, sample: Sample, marks: Marks, newline: str, known: Told) -> float:
    """How well the delimiter explains the sample; nothing for one that leaves one column."""
    lines = first_lines(sample, marks, newline, candidate.first, known)
    if not lines:
        return 0.0
    layout = lay_out(lines, candidate.width, lacking=candidate.lacking)
    if layout.width == 1:
        return 0.0
    typed = len(layout.telling) / layout.width
    sound = sum(line.sound for line in lines) / len(lines)
    score = candidate.even + _TYPED * (typed + sound) + _WIDTH * min(layout.width, 9)
    score += _USUAL * (candidate.delimiter[0] in DELIMITERS)
    score += _LONG * (len(candidate.delimiter) > 1)  # it explains all places of a shorter one
    score -= _LATER * min(layout.first, _TITLES) + _BLANK * (candidate.delimiter == " ")
    score += _DECLARED * _declared(lines[layout.first].cells, known.columns)
    if between_digits(candidate.delimiter, [line.raw for line in lines]):
        score -= _INSIDE.get(candidate.delimiter, 0.0)
    return round(score - _ODD * (layout.width != candidate.width), 3)


def _declared(row: Sequence[str], columns: Sequence[str]) -> float:
    """How many of the declared columns a row names, or could be a row of, as a share."""
    if not columns:
        return 0.0
    names = {cell.strip().casefold() for cell in row}
    named = sum(name.casefold() in names for name in columns) / len(columns)
    return named or _WIDE_ALONE * (len(row) == len(columns))
