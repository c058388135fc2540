"""What waits in quarantine: files, and rows with their line, column, text and reason."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.quarantine import RefusedFile, RefusedRow
from headwater.show.figures import clean, count, moment
from headwater.show.page import Heading, Mark, Page, Span, Tone, dim, line, sheet

_LONGEST = 60


def refused_files_page(files: Sequence[RefusedFile]) -> Page:
    """Files that were refused, whole or in part."""
    if not files:
        return (line(Mark.GOOD, " nothing is in quarantine"),)
    headings = [
        Heading(""),
        Heading("feed"),
        Heading("file"),
        Heading("rows", right=True),
        Heading("landed"),
        Heading("why"),
    ]
    return (sheet(headings, [_file(each) for each in files]),)


def _file(each: RefusedFile) -> tuple[Mark | str | Span, ...]:
    tone = Tone.DIM if not each.now else Tone.BAD if each.whole else Tone.WARN
    mark = Mark.WAIT if not each.now else Mark.BAD if each.whole else Mark.WARN
    rows = "whole" if each.whole else count(each.rows)
    why = ", ".join(f"{clean(code)} {count(number)}" for code, number in each.reasons)
    if each.cause is not None:
        why = clean(f"{each.cause.code}: {each.cause.message}", 2 * _LONGEST)
    if not each.now:
        why = f"(followed by a later version) {why}"
    return (
        mark,
        each.arrival.feed or "",
        clean(each.arrival.key, _LONGEST),
        Span(rows, tone),
        dim(moment(each.arrival.landed_at)),
        Span(why, tone),
    )


def refused_rows_page(rows: Sequence[RefusedRow]) -> Page:
    """Refused rows in the order of their lines."""
    if not rows:
        return (line(Mark.GOOD, " no row is in quarantine"),)
    headings = [
        Heading("file"),
        Heading("line", right=True),
        Heading("column"),
        Heading("reason"),
        Heading("raw text"),
    ]
    return (
        sheet(
            headings,
            [
                (
                    clean(row.key, _LONGEST),
                    count(row.line) if row.line is not None else dim("-"),
                    clean(row.column, _LONGEST) if row.column else dim("-"),
                    Span(clean(f"{row.code}: {row.message}", 2 * _LONGEST), Tone.WARN),
                    clean(row.raw, _LONGEST) if row.raw is not None else dim("-"),
                )
                for row in rows
            ],
        ),
    )
