"""A manifest's files become parts: one job for all, or one each where the engine fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headwater.errors import CommitConflict, EngineDied, EngineError, EngineRefused, HeadwaterError
from headwater.flow.isolate import convert_singly
from headwater.flow.lookups import lookups, secrets
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.manifest import Claim
from headwater.model.part import Snapshot
from headwater.model.progress import Progress, Watch
from headwater.model.types import Schema, Widened
from headwater.points import point
from headwater.ports.engine import (
    Conversion,
    Engine,
    Input,
    Job,
    Rewriting,
    Rewritten,
)
from headwater.shape.lookups import is_across
from headwater.shape.table import row_schema

_ENGINE_CODES = frozenset({EngineError.code, EngineDied.code, EngineRefused.code})


def convert(
    world: World,
    engine: Engine,
    claim: Claim,
    members: Sequence[Arrival],
    watch: Watch,
) -> Conversion:
    """Convert a manifest's files; one by one where together they were too much for the engine."""
    feed = world.feed_of(claim.manifest)
    snapshot = world.tables.snapshot(feed.table)
    _require_layout(feed, snapshot)
    job = Job(
        attempt=claim.attempt_id,
        feed=feed,
        inputs=tuple(_input(world, arrival) for arrival in members),
        table_schema=row_schema(feed, snapshot.schema) if snapshot else Schema(),
        table_location=world.tables.location(feed.table),
        refusals_location=str(Path(world.zones.quarantine.locate(feed.name))),
        scratch=str(world.scratch / claim.attempt_id),
        limits=world.limits,
        usual=tuple(world.ledger.manners(feed.name)),
        source_schema=world.ledger.source(feed.name) if feed.steps else Schema(),
        lookups=lookups(world, feed, snapshot, members),
        secrets=secrets(world, feed),
        at=world.clock(),
    )
    watch = _in_full(job, watch)
    watch(_begun(job))
    point("src.open")
    isolating = _is_isolating(claim)
    conversion = convert_singly(engine, job, watch) if isolating else engine.convert(job, watch)
    if not is_across(feed):
        return conversion
    return replace(conversion, seen=tuple(part.path for part in snapshot.parts) if snapshot else ())


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
    of: tuple[Sequence[Arrival], Sequence[Widened]],
) -> Rewritten:
    """Write parts anew: without rows of replaced arrivals, and with columns that become wider.

    CommitConflict where such a column is no longer what the conversion saw.
    """
    feed = world.feed_of(claim.manifest)
    replaced, widened = of
    _require_types(snapshot, widened)
    ids = tuple(arrival.id for arrival in replaced)
    parts = tuple(
        part
        for part in snapshot.parts
        if widened
        or part.first_arrival is None
        or part.last_arrival is None
        or any(part.first_arrival <= each <= part.last_arrival for each in ids)
    )
    return engine.rewrite(
        Rewriting(
            attempt=claim.attempt_id,
            feed=feed,
            table_location=world.tables.location(feed.table),
            schema=snapshot.schema,
            parts=parts,
            without=ids,
            widened=tuple(widened),
            limits=world.limits,
        )
    )


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


def _require_layout(feed: Feed, snapshot: Snapshot | None) -> None:
    """Refuse before the work what the commit could not take."""
    wanted = tuple(by.name for by in feed.partition)
    if snapshot is not None and snapshot.partition_by != wanted:
        raise EngineRefused(
            f"table {feed.table} is laid out by {', '.join(snapshot.partition_by) or 'nothing'}, "
            f"but feed {feed.name} wants {', '.join(wanted) or 'nothing'}",
            hint=f"put feeds.{feed.name}.partition back, or name another `table`; "
            "then headwater quarantine replay",
        )


def _input(world: World, arrival: Arrival) -> Input:
    return Input(
        arrival=arrival.id,
        key=arrival.key,
        location=world.zones.raw.locate(arrival.raw),
        size_bytes=arrival.size_bytes,
        stamp=arrival.stamp,
        records=arrival.records,
        landed_at=arrival.landed_at,
    )
