"""Receipts and landings: the books of each file as an equation, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from headwater.errors import HeadwaterError
from headwater.flow.attempt import Failed
from headwater.flow.land import Landing, LandingOutcome
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.manner import Manner, in_words
from headwater.model.receipt import Books, FileBooks, Receipt
from headwater.show.built import built_page
from headwater.show.figures import clean, count, counted, duration, size
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
    toned,
)

SHOWN = 20
"""Most files of a receipt that are listed; those with something to tell come first."""

_LONGEST = 60
_ALWAYS = ("written", "quarantined")
_TERMS = ("written", "quarantined", "filtered", "deduplicated", "aggregated")
_MADE = "exploded"  # what stands beside the rows that were read


def receipts_page(receipts: Sequence[Receipt]) -> Page:
    """Receipts one below the other."""
    pages = [receipt_page(receipt) for receipt in receipts]
    return tuple(block for page in pages for block in (*page, BLANK))[:-1]


def receipt_page(receipt: Receipt) -> Page:
    """What was done in one line, and the books of the files, or what a model was made from."""
    if receipt.build is not None:
        return built_page(receipt, receipt.build)
    mark = Mark.WARN if receipt.refused_anything else Mark.GOOD
    committed = f"version {receipt.version}" if receipt.version is not None else "no new version"
    took = duration(receipt.finished_at - receipt.started_at)
    facts = [
        committed,
        counted(len(receipt.files), "file"),
        f"{size(receipt.size_bytes_in)} in",
        f"{size(receipt.size_bytes_out)} out, {counted(receipt.parts, 'part')}",
        took,
    ]
    head = line(
        mark, " ", strong(receipt.feed), " ", Mark.ARROW, " ", strong(receipt.table), "  ",
        dim("  ".join(facts)),
    )  # fmt: skip
    return (head, _files(receipt), *_remarks(receipt))


def equation(books: Books) -> str:
    """The books in one line: read 1,000 = written 990 + quarantined 10."""
    terms = [f"{term} {count(getattr(books, term))}" for term in _terms([books])]
    made = f" + {_MADE} {count(books.exploded)}" if books.exploded else ""
    return f"read {count(books.counted)}{made} = {' + '.join(terms)}"


def _terms(every: Sequence[Books]) -> list[str]:
    """Terms that are always named, and those that say something."""
    return [
        term for term in _TERMS if term in _ALWAYS or any(getattr(books, term) for books in every)
    ]


def _files(receipt: Receipt) -> Sheet:
    telling = sorted(receipt.files, key=lambda file: not _tells(file))
    shown = telling[:SHOWN]
    terms = _terms([file.books for file in receipt.files])
    headings = [Heading(""), Heading("file"), Heading("size", right=True)]
    headings.append(Heading("read", right=True))
    made = any(file.books.exploded for file in receipt.files)
    if made:
        headings += [Heading("+"), Heading(_MADE, right=True)]
    for number, term in enumerate(terms):
        headings += [Heading("+" if number else "="), Heading(term, right=True)]
    headings.append(Heading(""))
    rows = [_row(file, terms, made=made) for file in shown]
    hidden = telling[SHOWN:]
    if hidden:
        rows.append(_sum(f"{counted(len(hidden), 'more file')}", hidden, terms, made=made))
    if len(receipt.files) > 1:
        rows.append(_sum("together", receipt.files, terms, tone=Tone.STRONG, made=made))
    return sheet(headings, rows)


def _tells(file: FileBooks) -> bool:
    return file.state is not ArrivalState.COMPLETED or bool(file.books.quarantined or file.notes)


def _row(file: FileBooks, terms: Sequence[str], *, made: bool) -> list[Piece]:
    whole = file.state is not ArrivalState.COMPLETED
    mark = Mark.BAD if whole else Mark.WARN if file.books.quarantined else Mark.GOOD
    name = clean(file.key, _LONGEST)
    books = _equation(file.books, terms, made=made)
    return [mark, name, dim(size(file.size_bytes)), *books, _told(file)]


def _sum(
    name: str,
    files: Sequence[FileBooks],
    terms: Sequence[str],
    tone: Tone = Tone.DIM,
    *,
    made: bool,
) -> list[Piece]:
    books = sum((file.books for file in files), Books())
    total = sum(file.size_bytes for file in files)
    return ["", Span(name, tone), dim(size(total)), *_equation(books, terms, tone, made=made)]


def _equation(
    books: Books, terms: Sequence[str], tone: Tone = Tone.PLAIN, *, made: bool
) -> Iterator[Piece]:
    yield Span(count(books.counted), tone)
    if made:
        yield dim("+")
        yield Span(count(books.exploded), tone if books.exploded else Tone.DIM)
    for number, term in enumerate(terms):
        figure: int = getattr(books, term)
        yield dim("+" if number else "=")
        lost = term == "quarantined" and figure > 0
        yield Span(count(figure), Tone.WARN if lost else tone if figure else Tone.DIM)


def _told(file: FileBooks) -> Piece:
    """Why rows, or the file, were refused; what was normalised."""
    if file.cause is not None:
        return Span(clean(file.cause.code), Tone.BAD)
    reasons = [f"{clean(code)} {count(rows)}" for code, rows in file.reasons]
    if file.state is not ArrivalState.COMPLETED:
        return Span(", ".join([file.state.value, *reasons]), Tone.BAD)
    if reasons:
        return Span(", ".join(reasons), Tone.WARN)
    return dim(clean("; ".join(file.notes), _LONGEST))


def _remarks(receipt: Receipt) -> Iterator[Line]:
    refused = [file for file in receipt.files if file.cause is not None]
    for file in refused[:SHOWN]:
        message = clean(file.cause.message) if file.cause else ""
        yield line(Mark.BAD, " ", clean(file.key, _LONGEST), "  ", Span(message, Tone.BAD))
    for kind, each in groupby(receipt.changes, key=lambda change: change.kind):
        columns = ", ".join(clean(change.column, _LONGEST) for change in each)
        yield line("  ", dim(f"columns {kind}: {columns}"))
    yield from _manners(receipt.manners)
    if receipt.replaced:
        yield line("  ", dim(f"replaced {counted(len(receipt.replaced), 'earlier version')}"))
    if receipt.taken:
        rows, files = counted(receipt.rows_taken, "row"), counted(len(receipt.taken), "file")
        yield line("  ", dim(f"took the place of {rows} of {files}"))
    for note in receipt.notes:
        yield line("  ", dim(clean(note)))


def _manners(manners: Sequence[Manner]) -> Iterator[Line]:
    """In which ways files are spelled, where there are several; quotes that one lacks are none."""
    files: dict[str, int] = {}
    for each in manners:
        files[in_words(each)] = files.get(in_words(each), 0) + each.files
    if len(files) > 1:
        told = "; ".join(f"{counted(n, 'file')} {words}" for words, n in files.items())
        yield line("  ", dim(clean(f"spelled otherwise: {told}")))


def failed_page(failed: Failed) -> Page:
    """An attempt that came to nothing, and what follows."""
    manifest = failed.claim.manifest
    follows = "given up" if failed.dead else "will be tried again"
    head = line(
        Mark.BAD if failed.dead else Mark.WARN, " ", strong(manifest.feed), "  ",
        toned(f"attempt {failed.claim.attempt} failed: {clean(failed.error.message)}", Tone.BAD),
        dim(f"  ({counted(len(manifest.arrivals), 'file')}, {follows})"),
    )  # fmt: skip
    hint = failed.error.hint
    return (head, line("   try: ", dim(clean(hint)))) if hint else (head,)


def landings_page(landings: Sequence[Landing]) -> Page:
    """What became of files that were handed in: those with something to tell, and how many."""
    telling = [each for each in landings if each.outcome is not LandingOutcome.LANDED]
    plain = [each for each in landings if each.outcome is LandingOutcome.LANDED]
    shown = (telling + plain)[:SHOWN]
    blocks = [_landing(each) for each in shown]
    if len(landings) > len(shown):
        blocks.append(line("  ", dim(f"... {count(len(landings) - len(shown))} more files")))
    return tuple(blocks)


_SAID = {
    LandingOutcome.LANDED: (Mark.GOOD, "landed"),
    LandingOutcome.REWRITE: (Mark.GOOD, "landed, a new version"),
    LandingOutcome.DUPLICATE: (Mark.WAIT, "here already, with the same bytes"),
    LandingOutcome.REFUSED: (Mark.BAD, "refused"),
}


def _landing(landing: Landing) -> Line:
    mark, words = _SAID[landing.outcome]
    name = clean(str(landing.source), _LONGEST)
    if landing.error is not None:
        return line(mark, " ", name, "  ", Span(clean(landing.error.message), Tone.BAD))
    facts = f"{size(landing.arrival.size_bytes)}  {landing.arrival.key}" if landing.arrival else ""
    return line(mark, " ", name, "  ", words, "  ", dim(clean(facts)))


def ended_page(arrivals: Sequence[Arrival], errors: Sequence[HeadwaterError] = ()) -> Page:
    """Files that did not reach the table, each with its cause."""
    lines = [
        line(
            Mark.BAD,
            " ",
            clean(each.key, _LONGEST),
            "  ",
            Span(each.state.value, Tone.BAD),
            "  ",
            clean(each.cause.message) if each.cause else "",
        )
        for each in arrivals
    ]
    lines += [line(Mark.BAD, " ", Span(clean(error.message), Tone.BAD)) for error in errors]
    return tuple(lines)
