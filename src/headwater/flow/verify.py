"""Every invariant that can be checked from outside, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from headwater.errors import BrokenInvariant, HeadwaterError
from headwater.flow.commit import already, from_entry
from headwater.flow.inspect import Finding, counted, parts, raw_objects, rows
from headwater.flow.replay import pages
from headwater.flow.sweep import garbage
from headwater.flow.world import World
from headwater.model.arrival import SETTLED, ArrivalState
from headwater.model.curated import Build
from headwater.model.ids import ArrivalId, FeedName, ManifestId, TableName
from headwater.model.manifest import ENDED, ManifestState
from headwater.model.part import Snapshot
from headwater.model.progress import Progress, Watch, nobody
from headwater.model.receipt import Receipt
from headwater.ports.tables import EntryKind, LogEntry


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification looked at, and what it found."""

    tables: int
    rows: int
    parts: int
    arrivals: int
    raw_bytes: int
    findings: tuple[Finding, ...]
    garbage: int  # files that a sweep would remove: no fault

    @property
    def holds(self) -> bool:
        """Whether everything checked holds."""
        return not self.findings


@dataclass(slots=True)
class _Tally:
    """What is added up on the way."""

    rows: int = 0
    parts: int = 0
    arrivals: int = 0
    raw_bytes: int = 0
    garbage: int = 0
    committed: set[ManifestId] = field(default_factory=set)  # in some log
    unsettled: set[ManifestId] = field(default_factory=set)  # of these, whose work goes on
    visible: dict[ArrivalId, int] = field(default_factory=dict)  # rows that the logs say
    left: set[ArrivalId] = field(default_factory=set)  # of these, in tables that no feed writes


def verify(world: World, *, watch: Watch = nobody) -> Verdict:
    """Look at logs, parts, books, ledger and raw bytes; change nothing."""
    tally = _Tally()
    findings: list[Finding] = []
    names = world.tables.names()
    for table in names:
        watch(Progress("verifying", table, 0, 0))
        findings += _checked(table, _table(world, table, tally))
    findings += _checked("ledger", _manifests(world, tally))
    findings += _checked("ledger", _arrivals(world, tally))
    findings += _checked("raw", _raw(world, tally, watch))
    findings += _checked("parts", _garbage(world, tally))
    return Verdict(
        tables=len(names),
        rows=tally.rows,
        parts=tally.parts,
        arrivals=tally.arrivals,
        raw_bytes=tally.raw_bytes,
        findings=tuple(dict.fromkeys(findings)),
        garbage=tally.garbage,
    )


def _checked(subject: str, check: Iterator[Finding]) -> list[Finding]:
    """A check that breaks off has found something, too."""
    found: list[Finding] = []
    try:
        found.extend(check)
    except BrokenInvariant as broken:
        found.append(Finding("I7 monotone log", subject, broken.message))
    except HeadwaterError as error:
        found.append(Finding("unreadable", subject, error.message))
    return found


def _table(world: World, table: TableName, tally: _Tally) -> Iterator[Finding]:
    """A table's parts and rows against its log; the log's manifests against the ledger."""
    snapshot = world.tables.snapshot(table)
    if snapshot is None:
        return
    written: dict[ArrivalId, int] = {}
    rows_of: dict[str, int] = {}
    curated: Build | None = None
    for entry in world.tables.log(table):
        if entry.version > snapshot.version:  # committed while we looked
            break
        rows_of.update((part.path, part.rows) for part in entry.added)
        if entry.kind is EntryKind.COMPACTION:
            yield from _compaction(table, entry, rows_of)
        if entry.manifest is not None and entry.receipt is not None:
            receipt = from_entry(entry.receipt, entry.version, entry.added).receipt
            yield from _entry(world, table, entry, receipt, tally)
            _write_up(written, receipt)
            curated = receipt.build or curated
    tally.visible.update({arrival: count for arrival, count in written.items() if count})
    if table not in {feed.table for feed in world.feeds}:
        tally.left.update(written)
    tally.parts += len(snapshot.parts)
    damaged = list(parts(world, snapshot))
    yield from damaged
    if damaged:  # rows of parts that are missing or damaged cannot be counted
        return
    if curated is not None:
        yield from _rows_built(world, snapshot, curated, tally)
    else:
        yield from _rows_converted(world, snapshot, written, tally)


def _write_up(written: dict[ArrivalId, int], receipt: Receipt) -> None:
    """What a commit adds to the rows that each arrival shows, and takes from them."""
    for each in receipt.replaced:
        written.pop(each, None)
    for each, rows_taken in receipt.taken:
        written[each] = written.get(each, 0) - rows_taken
    written.update({file.arrival: file.books.written for file in receipt.files})


def _rows_converted(
    world: World, snapshot: Snapshot, written: dict[ArrivalId, int], tally: _Tally
) -> Iterator[Finding]:
    """Of each arrival a reader sees the rows that its receipt says."""
    table, there = snapshot.table, rows(world, snapshot)
    tally.rows += sum(there.values())
    for arrival in sorted({*there, *written}, key=str):
        shown, said = there.get(arrival, 0), written.get(arrival, 0) if arrival else 0
        if shown != said:
            text = f"{table} shows {shown} rows of arrival {arrival}, its receipt says {said}"
            yield Finding("I1 no double" if shown > said else "I0 no loss", table, text)


def _rows_built(world: World, snapshot: Snapshot, build: Build, tally: _Tally) -> Iterator[Finding]:
    """Of a model's table a reader sees the rows that its last build left."""
    table, shown = snapshot.table, counted(world, snapshot)
    tally.rows += shown
    if shown != build.rows:
        text = f"{table} shows {shown} rows, its last build left {build.rows}"
        yield Finding("I1 no double" if shown > build.rows else "I0 no loss", table, text)


def _compaction(table: TableName, entry: LogEntry, rows_of: dict[str, int]) -> Iterator[Finding]:
    """Parts that took the place of others have as many rows."""
    added = sum(part.rows for part in entry.added)
    removed = sum(rows_of.get(path, 0) for path in entry.removed)
    if added != removed:
        text = f"version {entry.version} put {added} rows in the place of {removed}, as compaction"
        yield Finding("I4 conservation", table, text)


def _entry(
    world: World, table: TableName, entry: LogEntry, receipt: Receipt, tally: _Tally
) -> Iterator[Finding]:
    """One commit: once in the log, its books balanced, known to the ledger."""
    manifest = receipt.manifest
    if manifest in tally.committed:
        yield Finding("I1 no double", table, f"manifest {manifest} is committed more than once")
    tally.committed.add(manifest)
    yield from _books(receipt)
    known = world.ledger.manifest(manifest)
    if known is not None and known.state not in ENDED:
        tally.unsettled.add(manifest)  # whoever claims it next finds the commit and settles it
    elif known is None or known.state is ManifestState.DEAD:
        text = f"manifest {manifest} is in the log, but {known.state if known else 'not'}"
        yield Finding("I8 ledger follows log", table, f"{text} in the ledger")
    else:
        settled = world.ledger.receipt(manifest)
        if settled is None or settled.books != receipt.books:
            text = f"the ledger's books of manifest {manifest} are not those of version"
            yield Finding("I8 ledger follows log", table, f"{text} {entry.version}")


def _books(receipt: Receipt) -> Iterator[Finding]:
    for file in receipt.files:
        if not file.books.balanced:
            text = f"{file.books.counted} counted, {file.books.accounted} accounted for"
            yield Finding("I4 conservation", file.key, text)


def _manifests(world: World, tally: _Tally) -> Iterator[Finding]:
    """What the ledger calls committed is in a log, or ended by a receipt of its own."""
    for manifest in world.ledger.manifests(states=[ManifestState.COMMITTED]):
        if manifest.id in tally.committed:
            continue
        found = already(world, manifest)
        if found is None:
            if _is_followed(world, manifest.id):
                continue  # its table was removed, and its files were read again
            text = f"manifest {manifest.id} is committed in the ledger, but not in the log"
            yield Finding("I8 ledger follows log", manifest.table, text)
        else:
            yield from _books(found.receipt)


def _is_followed(world: World, manifest: ManifestId) -> bool:
    """Whether a replay has taken the place of each file that it has completed."""
    states = {each.state for each in world.ledger.members(manifest)}
    return ArrivalState.SUPERSEDED in states and states <= SETTLED - {ArrivalState.COMPLETED}


def _arrivals(world: World, tally: _Tally) -> Iterator[Finding]:
    """Who is visible by the logs is completed in the ledger, and one version of each key."""
    completed: Counter[tuple[str | None, ...]] = Counter()
    apart: set[FeedName | None] = {feed.name for feed in world.feeds if feed.on_rewrite.apart}
    visible = dict(tally.visible)
    for arrival in pages(world, None, ()):
        tally.arrivals += 1
        written = visible.pop(arrival.id, 0)
        if arrival.state is ArrivalState.COMPLETED:
            own = (arrival.raw, arrival.version) if arrival.feed in apart else ()
            completed[arrival.feed, arrival.key, *own] += 1
        elif arrival.state is ArrivalState.SUPERSEDED and arrival.id in tally.left:
            continue  # the feed writes to another table by now, and was read again
        elif written and not _is_being_settled(arrival.manifest, tally):
            text = f"{written} rows of arrival {arrival.id} are visible, but it is {arrival.state}"
            yield Finding("I8 ledger follows log", arrival.key, text)
    for identity, written in visible.items():
        text = f"{written} rows are visible of an arrival that the ledger does not know"
        yield Finding("I8 ledger follows log", identity, text)
    for (_, key, *_), count in completed.items():
        if count > 1:
            yield Finding("I3 one version", str(key), f"{count} versions are visible at once")


def _is_being_settled(manifest: ManifestId | None, tally: _Tally) -> bool:
    return manifest is not None and manifest in tally.unsettled


def _raw(world: World, tally: _Tally, watch: Watch) -> Iterator[Finding]:
    for finding, size_bytes in raw_objects(world, watch):
        tally.raw_bytes += size_bytes
        if finding is not None:
            yield finding


def _garbage(world: World, tally: _Tally) -> Iterator[Finding]:
    tally.garbage = garbage(world)
    yield from ()
