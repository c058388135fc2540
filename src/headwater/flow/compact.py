"""Small parts of a table become large ones, while others read and write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import count

from headwater.errors import CommitConflict, CommitUnknown, UnknownTable
from headwater.flow.forecast import reckoned_within
from headwater.flow.world import World
from headwater.model.codec import to_plain
from headwater.model.compaction import DEFAULT_BYTES, Group, first_round, groups
from headwater.model.feed import Feed, PartitionBy
from headwater.model.ids import AttemptId, FeedName, TableName, compaction_id
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch, nobody
from headwater.points import point
from headwater.ports.engine import Compacted, Compacting, Engine, Joined
from headwater.ports.ledger import Upkeep
from headwater.ports.tables import CommitOutcome, CommitResult, Compaction, EntryKind

LOOKS = 3
"""How often a commit whose reply was lost is asked for again."""

CONFLICTS = 20
"""How often parts may be taken away under a compaction before it leaves the rest for later."""


@dataclass(frozen=True, slots=True)
class CompactedTable:
    """What a compaction did to a table."""

    table: TableName
    joined: int = 0  # parts that were
    parts: int = 0  # that took their place
    rows: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    version: int | None = None  # of its last commit
    damaged: tuple[str, ...] = ()  # parts that were left alone, and others with them
    busy: bool = False  # somebody else is at it


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a table is compacted."""

    least: int = 2  # small parts that a partition has at least
    rounds: int | None = None  # commits at most; None: as many as it takes


def named_tables(world: World, names: Sequence[str]) -> list[TableName]:
    """The tables, feeds and models of these names, as tables; all, where none is given."""
    there = world.tables.names()
    written = {feed.name: feed.table for feed in world.feeds}
    written |= {FeedName(model.name): model.table for model in world.models}
    found = [TableName(name) if name in there else written.get(FeedName(name)) for name in names]
    for name, table in zip(names, found, strict=True):
        if table is None:
            known = sorted({*there, *written})
            meant, listed = get_close_matches(name, known, n=1), ", ".join(known) or "none"
            raise UnknownTable(
                f"there is no table, feed or model {name!r}; there are {listed}",
                hint=f"did you mean {meant[0]!r}?" if meant else "see `headwater tables`",
            )
    return list(dict.fromkeys(table for table in found if table is not None)) or there


def compact(
    world: World, tables: Sequence[TableName], *, watch: Watch = nobody
) -> list[CompactedTable]:
    """Compact these tables, one after the other, all of their small parts."""
    with closing(world.engine()) as engine:
        return [compact_table(world, engine, table, watch=watch) for table in tables]


def compact_table(
    world: World,
    engine: Engine,
    table: TableName,
    bounds: Bounds | None = None,
    *,
    watch: Watch = nobody,
) -> CompactedTable:
    """Join a table's small parts, partition by partition, in commits of a bounded size."""
    with world.tables.compacting(table) as mine:
        if not mine:
            return CompactedTable(table, busy=True)
        return _Work(world, engine, table, watch).run(bounds or Bounds())


def target(feed: Feed) -> int:
    """About how large the parts of a feed's table become."""
    return feed.file_size_bytes or DEFAULT_BYTES


def writer_of(world: World, table: TableName) -> Feed:
    """The feed or model that says how a table's parts are written; of no one's, the usual way."""
    feeds = [feed for feed in world.feeds if feed.table == table]
    feeds += [model.layout for model in world.models if model.table == table]
    return feeds[0] if feeds else Feed(FeedName(table), (), table)


def part_hashes(world: World, table: TableName) -> dict[str, str]:
    """What parts were hashed to when they were written, as ledger and log know it."""
    known = {part.path: part.sha256 for part in world.ledger.parts(table) if part.sha256}
    for entry in world.tables.log(table):
        if entry.kind is EntryKind.COMPACTION:
            known.update(entry.hashes)
    return known


class _Work:
    """The compaction of one table."""

    def __init__(self, world: World, engine: Engine, table: TableName, watch: Watch) -> None:
        self._world = world
        self._engine = engine
        self._watch = watch
        self._feed = writer_of(world, table)
        self._done = CompactedTable(table)
        self._passed: set[str] = set()  # parts that another look is not to take up

    def run(self, bounds: Bounds) -> CompactedTable:
        # What comes while it works is the next compaction's: this one has an end.
        snapshot = self._snapshot()
        there = {part.path for part in snapshot.parts} if snapshot else set()
        conflicts = 0
        for rounds in count():
            if snapshot is None or rounds == bounds.rounds or conflicts > CONFLICTS:
                break
            found = self._planned(snapshot, there, bounds.least)
            if not found:
                break
            conflicts += not self._round(snapshot, found)
            snapshot = self._snapshot()
        return self._done

    def _snapshot(self) -> Snapshot | None:
        return self._world.tables.snapshot(self._done.table)

    def _planned(self, snapshot: Snapshot, there: set[str], least: int) -> list[Group]:
        candidates = (
            part for part in snapshot.parts if part.path in there and part.path not in self._passed
        )
        return first_round(groups(candidates, target(self._feed), least))

    def _round(self, snapshot: Snapshot, found: Sequence[Group]) -> bool:
        """Join some groups and commit them; False where others were quicker with all of them."""
        world, table = self._world, self._done.table
        point("cmp.planned")
        attempt = compaction_id(int(world.clock().timestamp()))
        hashes = part_hashes(world, table)
        made = self._engine.compact(
            Compacting(
                attempt=attempt,
                feed=_of(self._feed, snapshot),
                table_location=world.tables.location(table),
                schema=snapshot.schema,
                groups=tuple(_hashed(group, hashes) for group in found),
                limits=world.limits,
            ),
            self._watch,
        )
        if made.damaged:
            self._leave_aside(made.damaged)
        point("cmp.pre_commit")
        committed = self._commit(attempt, snapshot, made)
        point("cmp.post_commit")
        return committed or bool(made.damaged)

    def _leave_aside(self, damaged: Sequence[str]) -> None:
        """Go on without damaged parts: the others of their groups are joined the next time.

        One that was replaced and swept meanwhile is merely gone.
        """
        self._passed.update(damaged)
        snapshot = self._snapshot()
        live = {part.path for part in snapshot.parts} if snapshot else set()
        found = (path for path in damaged if path in live)
        self._done = replace(self._done, damaged=(*self._done.damaged, *found))

    def _commit(self, attempt: AttemptId, snapshot: Snapshot, made: Compacted) -> bool:
        """Commit what is still to be had of it: others may have taken parts away meanwhile."""
        world, table = self._world, self._done.table
        joined: Sequence[Joined] = made.joined
        took = self._took(attempt, snapshot, made)
        size_bytes = {part.path: part.size_bytes for part in snapshot.parts}
        while joined:
            self._watch(Progress("committing", table, 0, 0))
            wanted = Compaction(
                table=table,
                attempt=attempt,
                add=tuple(each.part for each in joined),
                remove=tuple(path for each in joined for path in each.removed),
                schema=snapshot.schema,
                upkeep=to_plain(took),
            )
            try:
                result = _ask(world, wanted)
            except CommitConflict:
                joined = _still(self._snapshot(), snapshot, joined)
                continue
            if result.outcome is CommitOutcome.FENCED:
                return False
            world.ledger.upkeep([took])
            self._note(wanted, sum(size_bytes[path] for path in wanted.remove), result)
            return True
        return False

    def _took(self, attempt: AttemptId, snapshot: Snapshot, made: Compacted) -> Upkeep:
        """What was spent, whatever of it is committed in the end."""
        size_bytes = {part.path: part.size_bytes for part in snapshot.parts}
        read = [size_bytes[path] for each in made.joined for path in each.removed]
        written = [each.part.size_bytes for each in made.joined]
        cost = reckoned_within(self._world, self._feed, (read, written), made.cpu_seconds)
        name, now = self._feed.name, self._world.clock()
        return Upkeep(attempt, name, now, sum(read), sum(written), made.cpu_seconds, cost)

    def _note(self, wanted: Compaction, bytes_before: int, result: CommitResult) -> None:
        done = self._done
        self._passed.update(part.path for part in wanted.add)
        self._done = replace(
            done,
            joined=done.joined + len(wanted.remove),
            parts=done.parts + len(wanted.add),
            rows=done.rows + sum(part.rows for part in wanted.add),
            bytes_before=done.bytes_before + bytes_before,
            bytes_after=done.bytes_after + sum(part.size_bytes for part in wanted.add),
            version=result.version,
        )


def _of(feed: Feed, snapshot: Snapshot) -> Feed:
    """The feed's way of writing, in the folders that the table has."""
    folders = tuple(PartitionBy(name, "column", name) for name in snapshot.partition_by)
    return replace(feed, table=snapshot.table, partition=folders)


def _hashed(group: Group, hashes: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(replace(part, sha256=hashes.get(part.path)) for part in group)


def _still(now: Snapshot | None, before: Snapshot, joined: Sequence[Joined]) -> tuple[Joined, ...]:
    """What was joined of parts that are all still there, with columns as they were."""
    if now is None or any(now.schema.find(c.name) != c for c in before.schema.columns):
        return ()
    live = {part.path for part in now.parts}
    left = tuple(each for each in joined if live.issuperset(each.removed))
    return left if len(left) < len(joined) else ()


def _ask(world: World, wanted: Compaction) -> CommitResult:
    for _ in range(LOOKS - 1):
        try:
            return world.tables.compact(wanted)
        except CommitUnknown:
            point("log.no_reply")
    return world.tables.compact(wanted)
