"""A manifest's files become parts: one job for all, or one each where a file kills the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from headwater.errors import EngineDied
from headwater.flow.world import World
from headwater.model.arrival import Arrival, Cause
from headwater.model.ids import AttemptId
from headwater.model.manifest import Claim
from headwater.model.part import Snapshot
from headwater.model.progress import Watch
from headwater.model.types import Schema
from headwater.points import point
from headwater.ports.engine import (
    Conversion,
    Engine,
    Fate,
    Input,
    InputResult,
    Job,
    Rewriting,
    Rewritten,
)
from headwater.shape.table import row_schema


def convert(
    world: World,
    engine: Engine,
    claim: Claim,
    members: Sequence[Arrival],
    snapshot: Snapshot | None,
    watch: Watch,
) -> Conversion:
    """Convert a manifest's files; the files of one whose last attempt killed the engine, singly."""
    feed = world.feed(claim.manifest.feed)
    job = Job(
        attempt=claim.attempt_id,
        feed=feed,
        inputs=tuple(_input(world, arrival) for arrival in members),
        table_schema=row_schema(feed, snapshot.schema) if snapshot else Schema(),
        table_location=world.tables.location(feed.table),
        refusals_location=str(Path(world.zones.quarantine.locate(feed.name))),
        scratch=str(world.scratch / claim.attempt_id),
        limits=world.limits,
    )
    point("src.open")
    if (claim.manifest.error or "").startswith(EngineDied.code):
        return _singly(engine, job, watch)
    return engine.convert(job, watch)


def rewrite(
    world: World,
    engine: Engine,
    claim: Claim,
    snapshot: Snapshot,
    replaced: Sequence[Arrival],
) -> Rewritten:
    """Write the parts that hold rows of replaced arrivals anew, without these rows."""
    feed = world.feed(claim.manifest.feed)
    ids = tuple(arrival.id for arrival in replaced)
    parts = tuple(
        part
        for part in snapshot.parts
        if part.first_arrival is None
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
            limits=world.limits,
        )
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


def _singly(engine: Engine, job: Job, watch: Watch) -> Conversion:
    """One job a file, so that the file that kills the engine is known and its neighbours go on."""
    results: list[InputResult] = []
    whole = Conversion(results=(), parts=(), schema=job.table_schema, refusals=(), engine="")
    for number, each in enumerate(job.inputs):
        single = replace(
            job,
            attempt=AttemptId(f"{job.attempt}i{number}"),
            inputs=(each,),
            table_schema=whole.schema,
        )
        try:
            one = engine.convert(single, watch)
        except EngineDied as death:
            results.append(_poison(each, death))
            continue
        results += one.results
        whole = Conversion(
            results=(),
            parts=whole.parts + one.parts,
            schema=one.schema,
            refusals=whole.refusals + one.refusals,
            engine=f"{one.engine}, one file at a time",
            notes=tuple(dict.fromkeys(whole.notes + one.notes)),
        )
    return replace(whole, results=tuple(results))


def _poison(each: Input, death: EngineDied) -> InputResult:
    """The second death on the same bytes: the file is refused whole."""
    return InputResult(
        arrival=each.arrival,
        fate=Fate.REFUSED,
        cause=Cause("engine_died", f"reading it ended the engine twice: {death.message}"),
    )
