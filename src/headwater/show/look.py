"""A look at a file: what it is, its columns and first rows, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headwater.look.content import Content
from headwater.ports.peek import Flaw, FoundFile, Peeked
from headwater.show.figures import clean, count, counted, duration, size
from headwater.show.found import facts, mark, spelling
from headwater.show.page import (
    BLANK,
    Heading,
    Line,
    Mark,
    Page,
    Piece,
    Sheet,
    Span,
    Tone,
    dim,
    line,
    sheet,
    strong,
)
from headwater.show.rows import cell, rows_sheet

SHOWN = 10
FLAWS = 10
"""Most flaws that a page lists."""

_LONGEST_RAW = 200
_GAP = 2  # between columns
_APART = frozenset({"xml", "sqldump"})  # what is read of it is not as long as it is there


def look_page(content: Content, rows: Sequence[Sequence[Any]] | None = None) -> Page:
    """What a notebook shows of a file."""
    first = content.first(SHOWN) if rows is None else rows
    peeked = content.peeked
    return (
        *what_page(content.name, peeked),
        BLANK,
        table(peeked, first),
        extent(peeked, len(first)),
        *flaws_page(peeked),
    )


def what_page(name: str, peeked: Peeked, seconds: float | None = None) -> Page:
    """What the file is, and why it is taken to be that."""
    found = peeked.found
    sign = Mark.WARN if peeked.books.quarantined else Mark.GOOD
    told = [*facts(found)]
    if peeked.size_bytes is not None:
        told.append(size(peeked.size_bytes))
    if seconds is not None:
        told.append(f"looked at in {duration(seconds)}")
    head = line(sign, " ", strong(clean(name)), "  ", dim("  ".join(told)))
    alone = len(peeked.schema.columns) == 1
    spelled = (line("  ", words) for words in (spelling(found, alone=alone),) if words)
    reasons = (line(dim(f"  {clean(reason)}")) for reason in found.reasons)
    notes = (line(Mark.WARN, f" {clean(each)}") for each in found.notes)
    return (head, *spelled, *reasons, *notes)


def why_page(found: FoundFile) -> Page:
    """What each delimiter that was tried makes of the file."""
    if not found.choices:
        return ()
    headings = [
        Heading("delimiter"),
        Heading("score", right=True),
        Heading("fields", right=True),
        Heading("what it does"),
    ]
    rows = [
        (mark(each.delimiter), _score(each.score), count(each.width), clean(each.told))
        for each in found.choices
    ]
    return (BLANK, sheet(headings, rows))


def table(peeked: Peeked, rows: Sequence[Sequence[Any]]) -> Sheet:
    """The first rows below the names and types of all columns."""
    names = [column.name for column in peeked.schema.columns]
    return rows_sheet(names, _kinds(peeked), rows)


def upright(peeked: Peeked, rows: Sequence[Sequence[Any]], width: int, most: int) -> Sheet:
    """The columns one below the other, each with its type and as many values as fit."""
    columns = peeked.schema.columns[:most]
    names = [clean(column.name, width // 3) for column in columns]
    kinds = [clean(kind, width // 4) for kind in _kinds(peeked)[:most]]
    taken = max(map(len, [*names, "column"])) + max(map(len, [*kinds, "type"])) + 2 * _GAP
    lines = []
    for at, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        values = ", ".join(cell(row[at]) for row in rows)
        lines.append((strong(name), dim(kind), clean(clean(values), width - taken)))
    return sheet([Heading("column"), Heading("type"), Heading("first values")], lines)


def extent(peeked: Peeked, shown: int) -> Line:
    """How much of the file the page speaks of."""
    columns = (
        counted(len(peeked.schema.columns), "column") if peeked.schema.columns else "no columns"
    )
    if peeked.head_bytes is not None:
        rows = counted(peeked.books.written, "row")
        part = f"the first {size(peeked.head_bytes)}: {rows}{_total(peeked)}"
        return line(dim(f"{columns}; read were {part}; --all reads every row"))
    if not peeked.schema.columns:
        return line(dim(f"no columns in {counted(peeked.books.counted, 'record')}"))
    if not peeked.books.written:
        return line(dim(f"{columns}, no rows"))
    rows = counted(peeked.books.written, "row")
    shows = f", the first {count(shown)} shown" if shown < peeked.books.written else ""
    return line(dim(f"{columns}, {rows}{shows}; the types hold for every row"))


def flaws_page(peeked: Peeked, most: int = FLAWS) -> Page:
    """Records that are refused, each with its line, what is wrong with it, and its text."""
    refused = peeked.books.quarantined
    if not refused:
        return ()
    reasons = ", ".join(f"{clean(code)} {count(number)}" for code, number in peeked.reasons)
    records = f"{count(refused)} of {counted(peeked.books.counted, 'record')} refused: {reasons}"
    flaws = peeked.flaws[:most]
    page: Page = (BLANK, line(Mark.BAD, f" {records}"), _flaws(flaws))
    if refused > len(flaws):
        more = count(refused - len(flaws))
        page += (line(dim(f"... {more} more; --refused OUT.csv writes all of them")),)
    return page


def _flaws(flaws: Sequence[Flaw]) -> Sheet:
    rows: list[tuple[str | Span, ...]] = []
    said = ""
    for each in flaws:
        place = "" if each.line is None else count(each.line)
        words = clean(f"{each.code}: {each.message}")
        raw = None if each.raw is None else dim(clean(each.raw, _LONGEST_RAW))
        if words != said or raw is None:
            rows.append((place, Span(words, Tone.WARN)))
            place, said = "", words
        if raw is not None:
            rows.append((place, raw))
    return sheet([Heading("line", right=True), Heading("what is wrong")], rows)


def _kinds(peeked: Peeked) -> list[str]:
    empty = set(peeked.empty)
    return [
        "no value" if column.name in empty else str(column.type) for column in peeked.schema.columns
    ]


def _total(peeked: Peeked) -> str:
    """How many rows there may be in all."""
    if peeked.total_rows is not None:
        return f" of {count(peeked.total_rows)}"
    found = peeked.found
    alike = found.compression == "none" and found.encoding == "utf-8" and found.format not in _APART
    if not alike or not peeked.head_bytes or not peeked.size_bytes:
        return ""
    about = peeked.books.counted * peeked.size_bytes // peeked.head_bytes
    return f" of about {count(round(about, 2 - len(str(about))))}"


def _score(score: float) -> Piece:
    return f"{score:.2f}" if score else dim("alone")  # one that has no rival is not scored
