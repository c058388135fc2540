"""One table closely: its figures, history, partitions, parts by size, columns, and advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from headwater.flow.advice import Advice, spelled
from headwater.flow.table import Deed, TableStory, TableVersion
from headwater.model.layout import PartitionStanding, SizeClass
from headwater.show.figures import clean, count, counted, size
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
from headwater.show.standing import table_page

VERSIONS = 12
"""The last versions that are shown."""

PARTITIONS = 3
"""So many of the largest, and of the smallest."""

_LONGEST = 34
_BAR = 24
_QUIET = frozenset({Deed.FENCE, Deed.COLUMNS, Deed.MADE})


def table_story_page(story: TableStory) -> Page:
    """What a table is, what became of it, and what would do it good."""
    figures, *read, blank, columns = table_page(story.standing)
    blocks: list[Line | Sheet] = [
        figures,
        *read,
        *_history(story),
        *_partitions(story),
        *_sizes(story),
    ]
    blocks += [blank, columns, BLANK]
    if story.advice:
        return (*blocks, line(strong("Advice")), *_advised(story.advice))
    return (*blocks, line(Mark.GOOD, " in good shape"))


def _history(story: TableStory) -> Iterator[Line | Sheet]:
    yield BLANK
    yield line(strong("History"), dim(f"  {_kept(story)}"))
    headings = [
        Heading("at", right=True),
        Heading("UTC"),
        Heading("did"),
        Heading("rows", right=True),
        Heading("parts", right=True),
        Heading("made by"),
    ]
    yield sheet(headings, map(_version, story.history[:VERSIONS]))
    earlier = len(story.history) - VERSIONS
    if earlier > 0:
        yield line(dim(f"... {counted(earlier, 'earlier version')}; --json lists all"))


def _kept(story: TableStory) -> str:
    ranges = [
        f"{first} to {last}" if last > first else f"{first}" for first, last in story.readable
    ]
    there = f"read with --at: {', '.join(ranges[-3:])}"
    if not story.kept_parts:
        return there
    return f"{there}; {counted(story.kept_parts, 'part')} ({size(story.kept_bytes)}) kept for it"


def _version(each: TableVersion) -> tuple[Piece, ...]:
    tone = Tone.DIM if each.deed in _QUIET else Tone.PLAIN
    return (
        str(each.version),
        Span(each.committed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"), Tone.DIM),
        Span(each.deed.value, tone),
        _change(each.rows_added, each.rows_removed) if each.changes_rows else dim("-"),
        _change(each.parts_added, each.parts_removed),
        Span(each.manifest or (each.attempt or "").rpartition("-")[0], Tone.DIM),
    )


def _change(added: int, removed: int) -> Piece:
    words = [f"+{count(added)}"] if added else []
    words += [f"-{count(removed)}"] if removed else []
    return " ".join(words) or dim("-")


def _partitions(story: TableStory) -> Iterator[Line | Sheet]:
    if not story.standing.partition_by:
        return
    found = story.partitions
    yield BLANK
    total = sum(each.size_bytes for each in found)
    words = f"  {count(len(found))}, {size(total / max(len(found), 1))} on average"
    if len(found) > 1 and total:
        words += f"; the largest is {found[0].size_bytes * len(found) / total:.1f} times as large"
    yield line(strong("Partitions"), dim(words))
    shown: Sequence[PartitionStanding | None] = found
    if len(found) > 2 * PARTITIONS:
        shown = (*found[:PARTITIONS], None, *found[-PARTITIONS:])
    headings = [Heading("partition"), *(Heading(n, right=True) for n in ("rows", "parts", "size"))]
    yield sheet(headings, map(_partition, shown))


def _partition(each: PartitionStanding | None) -> tuple[Piece, ...]:
    if each is None:
        return (dim("..."),)
    name = clean(spelled(each), _LONGEST)
    return (name, count(each.rows), count(each.parts), size(each.size_bytes))


def _sizes(story: TableStory) -> Iterator[Line | Sheet]:
    yield BLANK
    yield line(strong("Parts by size"), dim(f"  about {size(story.target_bytes)} are wanted"))
    most = max((each.parts for each in story.sizes), default=0)
    headings = [Heading("size"), Heading("parts", right=True), Heading("bytes", right=True)]
    yield sheet([*headings, Heading("")], (_size(each, most) for each in story.sizes))


def _size(each: SizeClass, most: int) -> tuple[Piece, ...]:
    name = f"below {size(each.to_bytes)}" if each.to_bytes else f"{size(each.from_bytes)} and more"
    if not each.parts:
        return (name, dim("-"), dim("-"))
    bar = "#" * max(1, round(_BAR * each.parts / most))
    return (name, count(each.parts), size(each.size_bytes), Span(bar, Tone.DIM))


def _advised(found: Sequence[Advice]) -> Iterator[Line]:
    for each in found:
        yield line(Mark.WARN, " ", clean(each.message))
        tone = Tone.COMMAND if each.is_command else Tone.DIM
        yield line("    ", Span(clean(each.action), tone))
