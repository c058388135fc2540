"""Every invariant that can be checked from outside, checked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from headwater.errors import BrokenInvariant, HeadwaterError, InputError
from headwater.flow.replay import pages
from headwater.flow.sweep import garbage
from headwater.flow.world import World
from headwater.model.arrival import Arrival, ArrivalState
from headwater.model.ids import TableName
from headwater.model.manifest import ManifestState
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch, nobody
from headwater.reading.measure import measure
from headwater.shape.table import PROVENANCE

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which invariant, of what, how."""

    invariant: str
    subject: str
    message: str


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


def verify(world: World, *, watch: Watch = nobody) -> Verdict:
    """Look at logs, parts, books, ledger and raw bytes; change nothing."""
    tally = _Tally()
    findings: list[Finding] = []
    names = world.tables.names()
    for table in names:
        watch(Progress("verifying", table, 0, 0))
        findings += _checked(table, _table(world, table, tally))
    findings += _checked("ledger", _ledger(world, tally))
    findings += _checked("raw", _raw(world, tally, watch))
    return Verdict(
        tables=len(names),
        rows=tally.rows,
        parts=tally.parts,
        arrivals=tally.arrivals,
        raw_bytes=tally.raw_bytes,
        findings=tuple(findings),
        garbage=garbage(world),
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
    entries = list(world.tables.log(table))
    seen = Counter(entry.manifest for entry in entries if entry.manifest is not None)
    for manifest, times in seen.items():
        if times > 1:
            yield Finding("I1 no double", table, f"manifest {manifest} is committed {times} times")
        known = world.ledger.manifest(manifest)
        if known is None or known.state is not ManifestState.COMMITTED:
            state = known.state if known else "unknown"
            text = f"manifest {manifest} is in the log, but {state} in the ledger"
            yield Finding("I8 ledger follows log", table, text)
    snapshot = world.tables.snapshot(table)
    if snapshot is None:
        return
    hashes = {part.path: part for part in world.ledger.parts(table)}
    tally.parts += len(snapshot.parts)
    broken = False
    for part in snapshot.parts:
        for finding in _part(world, table, part, hashes.get(part.path)):
            broken = True
            yield finding
    if not broken:  # rows of parts that are missing or damaged cannot be counted
        yield from _rows(world, snapshot, tally)


def _part(world: World, table: TableName, part: Part, known: Part | None) -> Iterator[Finding]:
    path = Path(world.tables.location(table)) / part.path
    if not path.is_file():
        yield Finding("I6 reachable", str(part.path), f"{table} names it, but it is not there")
        return
    size = path.stat().st_size
    if size != part.size_bytes:
        text = f"{size} bytes, but the log says {part.size_bytes}"
        yield Finding("I6 reachable", part.path, text)
    elif known is not None and known.sha256 is not None and _sha256(path) != known.sha256:
        yield Finding("I6 reachable", part.path, "its bytes are not those that were written")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _rows(world: World, snapshot: Snapshot, tally: _Tally) -> Iterator[Finding]:
    """Rows in the snapshot, arrival by arrival, against what the receipts say."""
    name = snapshot.table
    sql = f'select {PROVENANCE}, count(*) from "{name}" group by 1'  # noqa: S608 - names are checked
    answer = world.asker.ask(sql, [(snapshot, world.tables.location(name))])
    there: dict[str | None, int] = dict(answer.rows())
    tally.rows += sum(there.values())
    expected = _expected(world, name)
    for arrival in sorted({*there, *expected}, key=str):
        rows, written = there.get(arrival, 0), expected.get(arrival, 0)
        if rows != written:
            text = f"{name} shows {rows} rows of arrival {arrival}, its receipt says {written}"
            yield Finding("I1 no double" if rows > written else "I0 no loss", name, text)


def _expected(world: World, table: TableName) -> dict[str | None, int]:
    """Rows that should be visible: of completed arrivals, by their receipts."""
    feeds = {feed.name for feed in world.feeds if feed.table == table}
    completed = {
        arrival.id
        for feed in sorted(feeds)
        for arrival in pages(world, feed, (ArrivalState.COMPLETED,))
    }
    return {
        file.arrival: file.books.written
        for receipt in world.ledger.receipts(limit=10_000_000)
        if receipt.table == table
        for file in receipt.files
        if file.arrival in completed and file.books.written
    }


def _ledger(world: World, tally: _Tally) -> Iterator[Finding]:
    for receipt in world.ledger.receipts(limit=10_000_000):
        for file in receipt.files:
            if not file.books.balanced:
                text = f"{file.books.counted} counted, {file.books.accounted} accounted for"
                yield Finding("I4 conservation", file.key, text)
        known = world.tables.committed(receipt.table, receipt.manifest)
        if receipt.version is not None and known is None:
            text = f"manifest {receipt.manifest} is committed in the ledger, but not in the log"
            yield Finding("I8 ledger follows log", receipt.table, text)
    arrivals = pages(world, None, ())
    tally.arrivals += len(arrivals)
    yield from _one_version(arrivals)


def _one_version(arrivals: list[Arrival]) -> Iterator[Finding]:
    visible = Counter(
        (arrival.feed, arrival.key)
        for arrival in arrivals
        if arrival.state is ArrivalState.COMPLETED
    )
    for (_, key), count in visible.items():
        if count > 1:
            yield Finding("I3 one version", key, f"{count} versions are visible at once")


def _raw(world: World, tally: _Tally, watch: Watch) -> Iterator[Finding]:
    """Raw bytes against the content version, each object once."""
    newest = {arrival.raw: arrival for arrival in pages(world, None, ())}
    total = sum(arrival.size_bytes for arrival in newest.values())
    for raw, arrival in newest.items():
        if arrival.state is ArrivalState.MISSING:
            continue
        watch(Progress("verifying", raw, tally.raw_bytes, total))
        try:
            measured = measure(Path(world.zones.raw.locate(raw)), None)
        except InputError as error:
            yield Finding("I11 raw intact", raw, error.message)
            continue
        tally.raw_bytes += measured.size_bytes
        if measured.digest != arrival.version:
            text = "its bytes are not those that were registered"
            yield Finding("I11 raw intact", raw, text)
