"""What files brought, or did not bring, that nobody has decided about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.flow.likeness import Coming, Going, Likely, likely
from headwater.model.change import Change, ChangeKind
from headwater.model.feed import Feed
from headwater.model.ids import Key
from headwater.model.types import Schema, parse_type
from headwater.ports.ledger import Brought
from headwater.reading.names import clean_name

NEW = frozenset({ChangeKind.IGNORED, ChangeKind.RESCUED, ChangeKind.REFUSED})
"""What may become of a column that the table does not have."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A column that files brought and the table does not have, or the other way round."""

    column: str
    kind: ChangeKind  # ignored, rescued or refused, as the last file was; or missing
    types: tuple[str, ...]  # as the files had it; of one that is missing, the table's
    first: Key | None  # the first file
    files: int  # how often a file was read that had it, or had it not
    since: datetime
    last: datetime
    likely: Likely | None = None


def undecided(
    feed: Feed, there: Schema, brought: Sequence[Brought], *, lacking: Collection[str]
) -> tuple[Undecided, ...]:
    """Every column that neither the table nor the configuration has settled, in their order.

    `lacking` are the columns, in lower case, that the newest files do not have: one that
    came back is not missing.
    """
    pairs = likely(_comings(feed, brought), _goings(feed, there, brought))
    by_name = {pair.name.lower(): pair for pair in pairs}
    by_column = {pair.column.lower(): pair for pair in pairs}
    waiting = []
    for each in _gathered(brought):
        name = each.column.lower()
        if each.kind in NEW:
            if there.find(name) is None and not _decided(feed, name):
                waiting.append(replace(each, likely=by_name.get(name)))
            continue
        column = there.find(name)
        pair = by_column.get(name)
        if column is None or _is_target(feed, name):
            continue
        # A column that is declared may be missing; that it has another name is not yet said.
        if pair is None and (_decided(feed, name) or name not in lacking):
            continue
        waiting.append(replace(each, types=(str(column.type),), likely=pair))
    return tuple(waiting)


def _decided(feed: Feed, name: str) -> bool:
    """Whether the configuration says what is to become of a column of that name."""
    named = (*(known for known, _ in feed.rename), *feed.refuse)
    folded = {clean_name(each).lower() for each in named}
    return feed.schema.find(name) is not None or clean_name(name).lower() in folded


def _is_target(feed: Feed, name: str) -> bool:
    return name in {column.lower() for _, column in feed.rename}


def _gathered(brought: Sequence[Brought]) -> Iterator[Undecided]:
    """One for each column and each of the two ways, over all batches; the oldest first."""
    found: dict[tuple[str, bool], Undecided] = {}
    for each in brought:
        for change in each.changes:
            if change.kind in NEW or change.kind is ChangeKind.MISSING:
                same = change.column.lower(), change.kind is ChangeKind.MISSING
                found[same] = _together(found.get(same), change, each.at)
    yield from found.values()


def _together(known: Undecided | None, change: Change, at: datetime) -> Undecided:
    types = (change.type,) if change.type is not None else ()
    if known is None:
        return Undecided(change.column, change.kind, types, change.first, change.files, at, at)
    return replace(
        known,
        kind=change.kind,
        types=tuple(dict.fromkeys((*known.types, *types))),
        files=known.files + change.files,
        last=at,
    )


def _comings(feed: Feed, brought: Sequence[Brought]) -> Iterator[Coming]:
    for each in brought:
        for change in each.changes:
            new = change.kind in NEW or change.kind is ChangeKind.ADDED
            if new and change.first is not None and not _decided(feed, change.column.lower()):
                kind = parse_type(change.type) if change.type else None
                yield Coming(change.column, kind, change.first, each.manifest)


def _goings(feed: Feed, there: Schema, brought: Sequence[Brought]) -> Iterator[Going]:
    for each in brought:
        for change in each.changes:
            column = there.find(change.column)
            if change.kind is not ChangeKind.MISSING or change.first is None or column is None:
                continue
            if not _is_target(feed, column.name.lower()):
                yield Going(column.name, column.type, change.first, each.manifest)
