"""A manifest's files become parts: one job for all, or one each where the engine fails."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from headwater.errors import (
    CommitConflict,
    EngineDied,
    EngineError,
    EngineRefused,
    HeadwaterError,
    TypesDiffer,
)
from headwater.flow.isolate import convert_in_turns, convert_singly
from headwater.flow.landed import follows, order_of
from headwater.flow.lookups import OWN, lookups, secrets
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.ids import ArrivalId, AttemptId, ManifestId
from headwater.model.manifest import Claim
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch
from headwater.model.types import Schema, Widened
from headwater.points import point
from headwater.ports.engine import (
    UNDATED,
    Conversion,
    Engine,
    Input,
    Job,
    Rewriting,
    Rewritten,
)
from headwater.shape.lookups import is_across
from headwater.shape.single import is_apart
from headwater.shape.table import row_schema

_ENGINE_ERRORS = (EngineError, EngineDied, EngineRefused, TypesDiffer)
_ENGINE_CODES = frozenset(each.code for each in _ENGINE_ERRORS)


def convert(
    world: World,
    engine: Engine,
    claim: Claim,
    members: Sequence[Arrival],
    watch: Watch,
    *,
    anew: bool = False,
) -> Conversion:
    """Convert a manifest's files; one by one where together they were too much for the engine.

    Where the table is made anew, the columns are kept that files have brought, and others
    get the types that are declared by now. Parts have names of their own then: the same attempt
    may have written some for the table as it is, which a sweep finds.
    """
    feed = world.feed_of(claim.manifest)
    job = job_of(world, feed, claim.attempt_id, members, anew=anew)
    if anew:
        job = replace(job, attempt=AttemptId(f"{job.attempt}i0"), scratch=f"{job.scratch}/anew")
    watch = _in_full(job, watch)
    watch(_begun(job))
    point("src.open")
    conversion = _converted(world, engine, job, claim, watch)
    if anew or not is_across(feed):
        return conversion
    own = next((each.snapshot for each in job.lookups if each.name == OWN), None)
    return replace(conversion, seen=tuple(part.path for part in own.parts) if own else ())


def _converted(world: World, engine: Engine, job: Job, claim: Claim, watch: Watch) -> Conversion:
    if _is_isolating(claim):
        return convert_singly(engine, job, watch)
    if not is_apart(job.feed):  # rows of one file decide about those of another
        return engine.convert(job, watch)
    made = convert_in_turns(engine, job, watch, job.feed.batch, world.staging)
    return convert_singly(engine, job, watch) if _is_refused_together(made) else made


def _is_refused_together(made: Conversion) -> bool:
    """Whether one file may be to blame for the refusal of others.

    A column of several files is text where one of them has a text in it.
    """
    causes = [each.cause for each in made.results if each.cause is not None]
    return sum(cause.code == UNDATED for cause in causes) > 1


def job_of(
    world: World, feed: Feed, attempt: AttemptId, members: Sequence[Arrival], *, anew: bool
) -> Job:
    """These files, and what there is to know for reading them."""
    snapshot = world.tables.snapshot(feed.table)
    columns = _columns(feed, snapshot, anew=anew) if snapshot else Schema()
    before = follows(world, members) if feed.takes else {}
    return Job(
        attempt=attempt,
        feed=feed,
        inputs=tuple(_input(world, arrival, before.get(arrival.id, ())) for arrival in members),
        table_schema=columns,
        table_location=world.tables.location(feed.table),
        refusals_location=world.zones.quarantine.locate(feed.name),
        scratch=str(world.scratch / attempt),
        limits=world.limits,
        usual=tuple(world.ledger.manners(feed.name)),
        source_schema=world.ledger.source(feed.name) if feed.steps else Schema(),
        lookups=lookups(world, feed, None if anew else snapshot, members),
        secrets=secrets(world, feed),
        at=world.clock(),
        order=order_of(world, feed, members),
    )


def _columns(feed: Feed, snapshot: Snapshot, *, anew: bool) -> Schema:
    """The table's columns; where it is made anew, those that are declared as they are declared."""
    if not anew:
        return row_schema(feed, snapshot.schema)
    if feed.steps:
        return Schema()  # they say what the columns are
    columns = row_schema(feed, snapshot.schema, snapshot.partition_by).columns
    return Schema(tuple(feed.schema.find(column.name) or column for column in columns))


def to_be_isolated(claim: Claim, error: HeadwaterError) -> bool:
    """Whether the next attempt should find out which file it was that the engine failed on."""
    if not isinstance(error, EngineError) or _is_isolating(claim):
        return False
    return isinstance(error, EngineDied) or len(claim.manifest.arrivals) > 1


def rewrite(
    world: World,
    engine: Engine,
    claim: Claim,
    snapshot: Snapshot,
    of: tuple[Sequence[Arrival], Sequence[Widened], Sequence[Part]],
) -> Rewritten:
    """Write parts anew: without rows of replaced arrivals, and with columns that become wider.

    Without those, too, that rows of new parts take the place of, where the feed's mode says so.
    CommitConflict where such a column is no longer what the conversion saw.
    """
    feed = world.feed_of(claim.manifest)
    replaced, widened, against = of
    _require_types(snapshot, widened)
    ids = sorted(arrival.id for arrival in replaced)
    known = set(ids)
    parts = [part for part in snapshot.parts if widened or against or _may_hold(part, ids)]
    whole = [part for part in parts if part.first_arrival in known and _is_of_one(part)]
    gone = {part.path for part in whole}
    task = Rewriting(
        attempt=claim.attempt_id,
        feed=feed,
        table_location=world.tables.location(feed.table),
        schema=snapshot.schema,
        parts=tuple(part for part in parts if part.path not in gone),
        without=tuple(ids),
        widened=tuple(widened),
        against=tuple(against),
        limits=world.limits,
    )
    left = engine.rewrite(task) if task.parts else Rewritten((), (), 0, (), tuple(widened))
    return replace(
        left,
        removed=(*(part.path for part in whole), *left.removed),
        rows_removed=sum(part.rows for part in whole) + left.rows_removed,
        seen=tuple(part.path for part in parts) if widened else None,
    )


def _may_hold(part: Part, ids: Sequence[ArrivalId]) -> bool:
    """Whether rows of one of these, which are sorted, may be in the part."""
    if part.first_arrival is None or part.last_arrival is None:
        return True
    return bisect_left(ids, part.first_arrival) < bisect_right(ids, part.last_arrival)


def _is_of_one(part: Part) -> bool:
    """Whether one arrival's rows are in it and nobody else's: they need not be looked for."""
    return part.first_arrival is not None and part.first_arrival == part.last_arrival


def _require_types(snapshot: Snapshot, widened: Sequence[Widened]) -> None:
    """Spare the work whose commit would be refused."""
    for each in widened:
        found = snapshot.schema.find(each.column)
        if found is None or found.type != each.before:
            raise CommitConflict(
                f"{snapshot.table}: {each.column} is {found.type if found else 'not there'} by "
                f"now, and the rows were made for {each.before}",
                hint="convert again with the table's columns",
            )


def _begun(job: Job) -> Progress:
    """What can be said before the engine says anything."""
    total = sum(each.size_bytes for each in job.inputs)
    return Progress("converting", job.feed.name, 0, total, total_files=len(job.inputs))


def _in_full(job: Job, watch: Watch) -> Watch:
    """A watch that is told of rows and files, too: of as large a share as bytes have been read."""
    counts = [each.records for each in job.inputs if each.records is not None]
    records = sum(counts) if len(counts) == len(job.inputs) else 0

    def tell(progress: Progress) -> None:
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
        rows = progress.rows or int(records * share)
        files = progress.done_files or int(progress.total_files * share)
        watch(replace(progress, rows=rows, done_files=files))

    return tell


def _is_isolating(claim: Claim) -> bool:
    code, _, _ = (claim.manifest.error or "").partition(":")
    return code in _ENGINE_CODES and (code == EngineDied.code or len(claim.manifest.arrivals) > 1)


def expect(world: World, manifest: ManifestId) -> None:
    """Say that this manifest's files are converted next, where they have to be brought."""
    if world.staging is not None:
        members = world.ledger.members(manifest)
        world.staging.expect([_input(world, each, ()) for each in members])


def _input(world: World, arrival: Arrival, before: tuple[ArrivalId, ...]) -> Input:
    return Input(
        arrival=arrival.id,
        key=arrival.key,
        location=world.zones.raw.locate(arrival.raw),
        size_bytes=arrival.size_bytes,
        stamp=arrival.stamp,
        records=arrival.records,
        landed_at=arrival.landed_at,
        follows=before,
    )
