"""What a replay is about, and what one would change: files, partitions, columns."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.flow.choice import Passed
from headwater.flow.rehearse import ColumnChange, FileChange, PartitionChange, Rehearsal
from headwater.flow.reread import Replayed
from headwater.show.figures import clean, count, counted
from headwater.show.page import (
    BLANK,
    Heading,
    Line,
    Mark,
    Page,
    Piece,
    Span,
    Tone,
    dim,
    line,
    sheet,
)

_LISTED = 50
_LONGEST = 60


def replayed_page(replayed: Replayed) -> Page:
    """How many files are to be read again, and which cannot be."""
    head = line(Mark.GOOD, f" {counted(len(replayed), 'file')} to be read again")
    return (head, *left_out(replayed.passed, len(replayed.waiting)))


def left_out(passed: Sequence[Passed], waiting: int) -> tuple[Line, ...]:
    """Files that were chosen and are not read again, each with its reason."""
    lines = [
        line(Mark.BAD, f" {clean(each.arrival.key)}  ", Span(clean(each.why), Tone.BAD))
        for each in passed[:_LISTED]
    ]
    if len(passed) > _LISTED:
        lines.append(line(dim(f"   ... {count(len(passed) - _LISTED)} more cannot be read again")))
    if waiting:
        files = counted(waiting, "file waits", "files wait")
        lines.append(line(Mark.WAIT, f" {files} to be read already"))
    return tuple(lines)


def rehearsal_page(rehearsal: Rehearsal) -> Page:
    """Files, partitions and columns that would change; figures before and after."""
    if not rehearsal.files:
        nothing = line(dim("no file is meant that can be read again"))
        return (nothing, *left_out(rehearsal.passed, len(rehearsal.waiting)))
    changed = [each for each in rehearsal.files if each.differs]
    blocks: list[Page] = [_head(rehearsal, changed)]
    if changed:
        blocks.append(_files(changed))
    if rehearsal.partition_by is not None:
        by = f", laid out by {', '.join(rehearsal.partition_by)}" if rehearsal.partition_by else ""
        blocks.append((line(Mark.WARN, f" {rehearsal.table} would be made anew{by}"),))
    if any(each.partition for each in rehearsal.partitions):
        blocks.append(_partitions(rehearsal.partitions))
    if rehearsal.columns:
        blocks.append(tuple(_column(each) for each in rehearsal.columns))
    out = left_out(rehearsal.passed, len(rehearsal.waiting))
    blocks += [out] if out else []
    page: list[Piece | object] = []
    for block in blocks:
        page += [*([BLANK] if page else []), *block]
    return tuple(page)  # type: ignore[arg-type]


def _head(rehearsal: Rehearsal, changed: Sequence[FileChange]) -> Page:
    files = rehearsal.files
    before = sum(each.rows_before for each in files), sum(each.refused_before for each in files)
    after = sum(each.rows_after for each in files), sum(each.refused_after for each in files)
    words = (
        f" {counted(len(files), 'file')} would be read again, {count(len(changed))} with other "
        f"figures: rows {_step(before[0], after[0])}, refused {_step(before[1], after[1])}"
    )
    lost = any(each.whole_after and not each.whole_before for each in files)
    mark = Mark.WARN if lost else Mark.GOOD
    return (line(mark, words), line("  ", dim("nothing was changed")))


def _files(changed: Sequence[FileChange]) -> Page:
    headings = [Heading("file"), Heading("rows", right=True), Heading("refused", right=True)]
    headings.append(Heading(""))
    shown = sheet(headings, [_file(each) for each in changed[:_LISTED]])
    if len(changed) <= _LISTED:
        return (shown,)
    return (shown, line(dim(f"... {count(len(changed) - _LISTED)} more files")))


def _file(each: FileChange) -> list[Piece]:
    refused = [
        "whole" if whole else count(rows)
        for whole, rows in (
            (each.whole_before, each.refused_before),
            (each.whole_after, each.refused_after),
        )
    ]
    why = Span(clean(each.cause.message, 2 * _LONGEST), Tone.BAD) if each.cause else ""
    worse = each.whole_after or each.refused_after > each.refused_before
    tone = Tone.BAD if worse else Tone.PLAIN
    return [
        clean(each.key, _LONGEST),
        _step(each.rows_before, each.rows_after),
        Span(" -> ".join(dict.fromkeys(refused)), tone),
        why,
    ]


def _partitions(partitions: Sequence[PartitionChange]) -> Page:
    headings = [Heading("partition"), Heading("rows of these files", right=True)]
    rows = [
        (
            clean("/".join(f"{name}={value}" for name, value in each.partition), _LONGEST)
            or dim("no partition"),
            _step(each.rows_before, each.rows_after),
        )
        for each in partitions[:_LISTED]
    ]
    if len(partitions) <= _LISTED:
        return (sheet(headings, rows),)
    more = f"... {count(len(partitions) - _LISTED)} more partitions"
    return (sheet(headings, rows), line(dim(more)))


def _column(each: ColumnChange) -> Line:
    name = clean(each.column)
    if each.before is None:
        return line(Mark.WAIT, f" column {name} would come: {each.after}")
    if each.after is None:
        return line(Mark.WARN, f" column {name} would go")
    return line(Mark.WARN, f" column {name} would become {each.after}, it is {each.before}")


def _step(before: int, after: int) -> str:
    return count(after) if before == after else f"{count(before)} -> {count(after)}"
