"""What work came to: the answer, the exit code, and what a person does next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.cli.voice import Voice
from headwater.errors import EXIT_DONE, EXIT_FAILED, EXIT_REFUSED
from headwater.flow.attempt import Failed
from headwater.flow.hold import Held
from headwater.flow.land import Landing, LandingOutcome
from headwater.flow.undecided import NEW
from headwater.lake import Lake
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.change import ChangeKind
from headwater.model.codec import to_plain
from headwater.model.receipt import FileBooks, Receipt
from headwater.show.costs import held_line
from headwater.show.figures import counted
from headwater.show.page import BLANK, Line, Mark, Page, Span, Tone, dim, line
from headwater.show.receipts import (
    ended_page,
    failed_page,
    landings_page,
    receipts_page,
)

LOST = frozenset(
    {ArrivalState.QUARANTINED, ArrivalState.DEAD, ArrivalState.MISSING, ArrivalState.UNROUTED}
)
"""Ends that are not in a table."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work came to."""

    receipts: Sequence[Receipt]
    failures: Sequence[Failed] = ()
    landings: Sequence[Landing] = ()
    arrivals: Sequence[Arrival] = ()  # of the files that were asked for, as they ended
    held: Sequence[Held] = ()  # batches that wait for a person

    @property
    def files(self) -> list[FileBooks]:
        """Of the files that were asked for, or of all; a batch may hold others, too."""
        asked = {each.id for each in self.arrivals}
        told = [file for receipt in self.receipts for file in receipt.files]
        return [file for file in told if not asked or file.arrival in asked]

    @property
    def lost(self) -> list[Arrival]:
        """Files that reached no table, and that no receipt tells of."""
        told = {file.arrival for receipt in self.receipts for file in receipt.files}
        return [each for each in self.arrivals if each.state in LOST and each.id not in told]

    @property
    def code(self) -> int:
        """Failed if no file could be taken; refused if a row or a file was, or a batch waits."""
        untaken = [each for each in self.landings if each.outcome is LandingOutcome.REFUSED]
        if untaken and len(untaken) == len(self.landings):
            return EXIT_FAILED
        refused = (
            untaken
            or self.held
            or self.lost
            or any(file.refused_anything for file in self.files)
            or any(failure.dead for failure in self.failures)
        )
        return EXIT_REFUSED if refused else EXIT_DONE


def conclude(voice: Voice, outcome: Outcome, error: Mapping[str, Any]) -> int:
    """Give the answer, say what to do next, and answer the exit code."""
    voice.answer(_page(outcome), {**_document(outcome), **error})
    return advise(voice, outcome)


def advise(voice: Voice, outcome: Outcome) -> int:
    """Say what to do next, and answer the exit code."""
    if not voice.as_json:
        voice.say(tuple(_next(outcome)))
    return outcome.code


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """A receipt as programs get it: with the sum of its books."""
    return {**to_plain(receipt), "books": to_plain(receipt.books)}


def failure_document(failed: Failed) -> dict[str, Any]:
    """An attempt that came to nothing, as programs get it."""
    manifest = failed.claim.manifest
    return {
        "manifest": manifest.id,
        "feed": manifest.feed,
        "attempt": failed.claim.attempt,
        "dead": failed.dead,
        "error": to_plain(failed.error),
    }


def settled_elsewhere(
    lake: Lake, feed: str | None, receipts: Sequence[Receipt], arrivals: Sequence[Arrival]
) -> list[Receipt]:
    """Receipts of these files, also those that another worker wrote meanwhile."""
    mine = {receipt.manifest for receipt in receipts}
    others = {each.manifest for each in arrivals if each.manifest} - mine
    if not others:
        return list(receipts)
    limit = len(others) + 1_000  # as many as may have been written since
    theirs = [each for each in lake.receipts(feed=feed, limit=limit) if each.manifest in others]
    return [*receipts, *theirs]


def _page(outcome: Outcome) -> Page:
    telling = [each for each in outcome.landings if each.outcome is not LandingOutcome.LANDED]
    blocks = [
        landings_page([each for each in telling if each.error is None]),
        receipts_page(outcome.receipts),
        *(failed_page(failed) for failed in outcome.failures if failed.dead),
        ended_page([each for each in outcome.lost if not outcome.failures]),
        tuple(map(held_line, outcome.held)),
    ]
    page: list[Any] = []
    for block in filter(None, blocks):
        page += [*([BLANK] if page else []), *block]
    if not page and not outcome.landings:
        page = [line(Mark.GOOD, " nothing was to do")]
    return tuple(page) or landings_page(outcome.landings)


def _document(outcome: Outcome) -> dict[str, Any]:
    return {
        "landings": to_plain(list(outcome.landings)),
        "receipts": [receipt_document(receipt) for receipt in outcome.receipts],
        "failures": [failure_document(failed) for failed in outcome.failures],
        "arrivals": to_plain(list(outcome.arrivals)),
        "held": to_plain(list(outcome.held)),
        "refused_anything": outcome.code != EXIT_DONE,
    }


def _next(outcome: Outcome) -> Iterator[Line]:
    rows = sum(file.books.quarantined for file in outcome.files)
    refused = {file.arrival for file in outcome.files if file.refused_anything}
    feeds = {
        receipt.feed
        for receipt in outcome.receipts
        if any(file.arrival in refused for file in receipt.files)
    }
    if rows:
        only = f" {feeds.pop()}" if len(feeds) == 1 else ""
        command = Span(f"headwater quarantine show{only}", Tone.COMMAND)
        yield line(Mark.WARN, f" {counted(rows, 'row')} refused: ", command)
    elif feeds or outcome.lost:
        command = Span("headwater quarantine list", Tone.COMMAND)
        yield line(Mark.WARN, " files refused: ", command)
    for feed in sorted({receipt.feed for receipt in outcome.receipts if _is_to_decide(receipt)}):
        yield line(dim("new columns: "), Span(f"headwater schema {feed}", Tone.COMMAND))
    written = [receipt for receipt in outcome.receipts if receipt.version is not None]
    tables = list(dict.fromkeys(receipt.table for receipt in written))
    if tables:
        select = f'"select * from {tables[0]}"'  # noqa: S608 - words for a person
        command = Span(f"headwater query {select}", Tone.COMMAND)
        yield line(dim("next: "), command)


def _is_to_decide(receipt: Receipt) -> bool:
    """Whether columns came that the table did not take, or one came where another is missing."""
    kinds = {change.kind for change in receipt.changes}
    return bool(kinds & NEW) or {ChangeKind.ADDED, ChangeKind.MISSING} <= kinds
