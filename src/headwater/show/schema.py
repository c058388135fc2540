"""A feed's columns: what they are, the versions that changed them, what waits for a person."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from headwater.flow.columnversions import ColumnChange, ColumnVersion
from headwater.flow.schema import ColumnStanding, ColumnStory, Origin
from headwater.flow.undecided import Undecided
from headwater.model.change import ChangeKind
from headwater.model.ids import Key
from headwater.show.figures import clean, count, counted, moment
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

LISTED = 20
"""Most changes of a version that are listed; a table may begin with a thousand columns."""

_LONGEST = 40
_BECAME = {
    ChangeKind.IGNORED: "left out",
    ChangeKind.RESCUED: "kept in _rescued",
    ChangeKind.REFUSED: "files refused",
    ChangeKind.MISSING: "missing",
}


def schema_page(story: ColumnStory) -> Page:
    """The columns, then their history, then what is to be decided."""
    table = f"version {story.version}" if story.version is not None else "there is no table yet"
    head = line(strong(story.feed), " ", Mark.ARROW, " ", strong(story.table), dim(f"  {table}"))
    blocks: list[Line | Sheet] = [head]
    if story.columns:
        blocks += [BLANK, _columns(story)]
    if story.versions:
        blocks += [BLANK, line(strong("Versions")), *_versions(story)]
    if story.waiting:
        return (*blocks, BLANK, line(strong("Waits for a decision")), *_waiting(story))
    return (*blocks, BLANK, line(Mark.GOOD, " no column waits for a decision"))


def _columns(story: ColumnStory) -> Sheet:
    headings = [Heading("column"), Heading("type"), Heading("from"), Heading("")]
    return sheet(
        headings,
        [
            (
                strong(clean(each.name, _LONGEST)),
                Span(clean(each.type, _LONGEST), Tone.DIM),
                each.origin.value,
                _remark(each, is_there=story.version is not None),
            )
            for each in story.columns
        ],
    )


def _remark(column: ColumnStanding, *, is_there: bool) -> Piece:
    words = []
    if not column.nullable and column.origin is Origin.DECLARED:
        words.append("not null")
    if not column.there and is_there:
        words.append("in the table from the next file on")
    if column.spellings:
        words.append(f"also {clean(', '.join(column.spellings), _LONGEST)}")
    if column.absent:
        words.append(f"not in {counted(column.absent, 'file')}")
    return dim(", ".join(words))


def _versions(story: ColumnStory) -> Iterator[Line | Sheet]:
    for each in story.versions:
        yield from _version(each, story)


def _version(version: ColumnVersion, story: ColumnStory) -> Iterator[Line | Sheet]:
    facts = [moment(version.at)]
    if version.feed is not None and version.feed != story.feed:
        facts.append(f"feed {version.feed}")
    if version.manifest is not None:
        facts.append(f"manifest {version.manifest}")
    if version.foreign:
        facts.append("by another tool")
    yield line("version ", strong(str(version.version)), dim("  " + "  ".join(facts)))
    if version.version == 0:
        first = next((each for each in version.changes if each.first is not None), None)
        files = _files(first.files, first.first) if first else ""
        columns = counted(len(version.changes), "column")
        yield line("  + ", columns, dim(f"  {files}"))
        return
    rows = [(_sign(each), clean(each.column, _LONGEST), *_type(each)) for each in version.changes]
    headings = [Heading("") for _ in range(5)]
    yield sheet(headings, [("  ", *row) for row in rows[:LISTED]])
    if len(rows) > LISTED:
        yield line(dim(f"  ... {count(len(rows) - LISTED)} more"))


def _sign(change: ColumnChange) -> Piece:
    if change.before is None:
        return Span("+", Tone.GOOD)
    return Span("-", Tone.BAD) if change.after is None else Span("~", Tone.WARN)


def _type(change: ColumnChange) -> tuple[Piece, Piece]:
    kinds = [kind for kind in (change.before, change.after) if kind is not None]
    arrow = f" {Mark.ARROW.ascii} "
    files = _files(change.files, change.first) if change.files else ""
    return Span(clean(arrow.join(kinds), _LONGEST), Tone.DIM), dim(files)


def _waiting(story: ColumnStory) -> Iterator[Line | Sheet]:
    told: set[tuple[str, str]] = set()
    for each in story.waiting:
        yield from _undecided(each)
        pair = (each.likely.name, each.likely.column) if each.likely else None
        if pair in told:
            continue  # the other end of a rename that was suggested already
        if each.likely is not None and pair is not None:
            told.add(pair)
            is_new = each.kind is not ChangeKind.MISSING
            guess = each.likely.column if is_new else f"called {each.likely.name} by now"
            yield line("    ", f"perhaps {clean(guess, _LONGEST)}: {each.likely.why}")
        yield line("    ", dim("try: "), Span(_command(story, each), Tone.COMMAND))


def _undecided(each: Undecided) -> Iterator[Line]:
    mark = Mark.WAIT if each.kind is ChangeKind.MISSING else Mark.WARN
    kinds = clean(", ".join(each.types), _LONGEST) or "no value yet"
    yield line(
        mark, " ", strong(clean(each.column, _LONGEST)), "  ", dim(kinds), "  ",
        Span(_BECAME[each.kind], mark.tone if mark is Mark.WARN else Tone.PLAIN), "  ",
        _files(each.files, each.first),
    )  # fmt: skip
    when = moment(each.since)
    if each.last != each.since:
        when = f"from {when} to {moment(each.last)}"
    yield line("    ", dim(when))


def _command(story: ColumnStory, each: Undecided) -> str:
    """What settles it: the likely rename, or the column taken as it is."""
    said = ["--accept", each.column]
    if each.likely is not None:
        said = ["--map", f"{each.likely.name}={each.likely.column}"]
    return clean(shlex.join(["headwater", "schema", story.feed, *said]))


def _files(files: int, first: Key | None) -> str:
    if first is None:
        return counted(files, "file")
    name = clean(first, _LONGEST)
    return name if files == 1 else f"{counted(files, 'file')} from {name} on"
