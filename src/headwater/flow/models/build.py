"""One try at a build: read what was written down, make the parts, account, commit."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headwater.errors import TableError, Unbalanced
from headwater.flow.commit import (
    Committed,
    already,
    entry_of,
    given_up,
    receipt_object,
    say,
    without_table,
)
from headwater.flow.forecast import reckoned_within
from headwater.flow.lying import parts_there
from headwater.flow.models.inputs import (
    Standing,
    built_in_log,
    inputs_at,
    joined_since,
    last_built,
    versions_of,
)
from headwater.flow.models.plan import planned
from headwater.flow.world import World
from headwater.model.checks import Exists
from headwater.model.cost import Cost
from headwater.model.curated import Build, BuiltFrom, Mode, Model
from headwater.model.ids import TableName
from headwater.model.manifest import Claim
from headwater.model.part import Part, Snapshot
from headwater.model.progress import Progress, Watch
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.building import Building, Changed, Edifice, Reading
from headwater.ports.engine import Engine
from headwater.ports.tables import Commit

_TOKENS = 10**12


@dataclass(frozen=True, slots=True)
class _Site:
    """What a build stands on."""

    model: Model
    plan: Build
    base: Snapshot | None  # the model's table as it is
    standing: Standing | None  # the build that it holds
    readings: tuple[Reading, ...]


def build(world: World, engine: Engine, claim: Claim, watch: Watch) -> Committed | None:
    """Make it true, or find that it is; None: this attempt was fenced, nothing was committed."""
    started_at = world.clock()
    plan = planned(world, claim.manifest)
    model = world.find_model(claim.manifest.feed)
    base = world.tables.snapshot(claim.manifest.table)
    standing = built_in_log(world, base.table, base.version) if base is not None else None
    if model is None or _is_overtaken(world, model, claim, plan, standing):
        return _overtaken(world, claim, plan, started_at)
    site = _Site(model, plan, base, standing, tuple(_readings(world, model, plan)))
    rows_in = sum(part.rows for each in site.readings for part in each.snapshot.parts)
    watch(Progress("building", claim.manifest.feed, 0, 0, rows_in))
    point("src.open")
    edifice = engine.build(_task(world, claim, site), watch)
    receipt = _account(claim, site, edifice, (started_at, world.clock()))
    receipt = replace(receipt, cost=_cost(world, site, edifice))
    point("stage.pre")
    world.ledger.stage(claim, receipt, edifice.parts)
    point("stage.post")
    return _commit(world, claim, site, edifice, receipt)


def _is_overtaken(
    world: World, model: Model, claim: Claim, plan: Build, standing: Standing | None
) -> bool:
    """Whether the table has newer rows already, or others are wanted by now."""
    if model.table != claim.manifest.table or model.definition != plan.definition:
        return True
    built = standing.receipt.build if standing is not None else None
    if built is not None and built.definition == plan.definition:
        before = {each.table: each.version for each in built.inputs}
        if any(before.get(each.table, 0) > each.version for each in plan.inputs):
            return True
    if claim.attempt == 1:
        return False
    known = versions_of(last_built(world, model))
    wanted = inputs_at(world, model, known, model.refresh.latest(world.clock()))
    if isinstance(wanted, str):
        return False
    before = {each.table: each.version for each in plan.inputs}
    return any(each.version > before.get(each.table, 0) for each in wanted)


def _overtaken(world: World, claim: Claim, plan: Build, started_at: datetime) -> Committed | None:
    """End it with a receipt that says so, and see to it that no late attempt commits it."""
    receipt = Receipt(
        manifest=claim.manifest.id,
        feed=claim.manifest.feed,
        table=claim.manifest.table,
        attempt=claim.attempt,
        files=(),
        parts=0,
        size_bytes_out=0,
        engine="none",
        started_at=started_at,
        finished_at=world.clock(),
        notes=("overtaken: a build from later versions is wanted, or there already",),
        build=replace(plan, overtaken=True),
    )
    committed = without_table(world, claim.manifest, receipt)
    if committed is not None and world.tables.snapshot(claim.manifest.table) is not None:
        world.tables.fence(claim.manifest.table, [claim.manifest.id])
    return already(world, claim.manifest) if committed is not None else None


def _readings(world: World, model: Model, plan: Build) -> Sequence[Reading]:
    found = []
    for each in plan.inputs:
        snapshot = _snapshot(world, each)
        if snapshot is None:
            raise TableError(
                f"model {model.name}: table {each.table} has no version {each.version}",
                hint="it is built from the versions that are there: headwater refresh",
            )
        found.append(Reading(snapshot, world.tables.location(each.table)))
    return found


def _snapshot(world: World, of: BuiltFrom) -> Snapshot | None:
    """The rows of a version, in the parts that hold them by now."""
    return world.tables.snapshot(of.table, joined_since(world, of.table, of.version))


def _task(world: World, claim: Claim, site: _Site) -> Building:
    return Building(
        # A ledger that is made anew counts attempts anew, and no file is written twice.
        attempt=f"{claim.attempt_id}i{secrets.randbelow(_TOKENS)}",
        layout=site.model.layout,
        sql=site.model.sql,
        readings=site.readings,
        table_location=world.tables.location(site.model.table),
        scratch=str(world.scratch / claim.attempt_id / str(secrets.randbelow(_TOKENS))),
        changed=_changed(world, site),
        limits=world.limits,
        checks=site.model.checks,
        base=site.base,
        lookups=tuple(_lookups(world, site)),
        at=world.clock(),
    )


def _lookups(world: World, site: _Site) -> Iterator[Reading]:
    """Tables that checks look into: as they are read, or else as they are."""
    read = {each.snapshot.table: each for each in site.readings}
    for name in sorted({c.rule.table for c in site.model.checks if isinstance(c.rule, Exists)}):
        table = TableName(name)
        snapshot = read[table].snapshot if table in read else world.tables.snapshot(table)
        if snapshot is None:
            raise TableError(
                f"a check of model {site.model.name} looks into table {table}, which is not there",
                hint=f"land what makes {table} first, then headwater refresh {site.model.name}",
            )
        yield Reading(snapshot, world.tables.location(table))


def _changed(world: World, site: _Site) -> Changed | None:
    """What came and went since the build that the table holds; None: everything is built."""
    model, since = site.model, site.model.since
    built = site.standing.receipt.build if site.standing is not None else None
    if since is None or site.plan.mode is not Mode.INCREMENTAL or site.base is None:
        return None
    if built is None or site.standing is None or not site.standing.untouched:
        return None
    before = {each.table: each for each in built.inputs}
    others = [each for each in site.plan.inputs if each.table != since.table]
    if built.definition != model.definition or any(
        each.table not in before or before[each.table].version != each.version for each in others
    ):
        return None
    old = _snapshot(world, before[since.table]) if since.table in before else None
    new = next(each for each in site.readings if each.snapshot.table == since.table)
    if old is None or not _is_read_alike(old, new.snapshot):
        return None
    was, now = _by_path(old), _by_path(new.snapshot)
    removed = tuple(part for path, part in was.items() if path not in now)
    there = parts_there(world, new.snapshot.table)
    if any(there(part.path) is None for part in removed):
        return None  # swept since: nobody can say any more which rows have gone
    added = tuple(part for path, part in now.items() if path not in was)
    return Changed(since, removed, added, site.base.schema)


def _is_read_alike(old: Snapshot, new: Snapshot) -> bool:
    """Whether old parts have what new ones have: a table that was made anew may have other."""
    kinds = {column.name: column.type for column in new.schema.columns}
    return old.partition_by == new.partition_by and all(
        kinds.get(column.name) == column.type for column in old.schema.columns
    )


def _by_path(snapshot: Snapshot) -> dict[str, Part]:
    return {part.path: part for part in snapshot.parts}


def _replaced(site: _Site, edifice: Edifice) -> tuple[Part, ...]:
    """Parts of the table that those take the place of that were built."""
    there = site.base.parts if site.base is not None else ()
    if edifice.partitions is None:
        return there
    touched = set(edifice.partitions)
    return tuple(part for part in there if tuple(value for _, value in part.partition) in touched)


def _account(
    claim: Claim, site: _Site, edifice: Edifice, times: tuple[datetime, datetime]
) -> Receipt:
    written = sum(part.rows for part in edifice.parts)
    if written != edifice.rows_told:
        raise Unbalanced(
            f"model {site.model.name}: {edifice.rows_told} rows were to be written, "
            f"and its parts hold {written}",
            hint="nothing was committed; run it again, and report the model if it persists",
        )
    before = sum(part.rows for part in site.base.parts) if site.base is not None else 0
    gone = sum(part.rows for part in _replaced(site, edifice))
    read = tuple(
        replace(
            each,
            rows=sum(part.rows for part in reading.snapshot.parts),
            size_bytes=sum(part.size_bytes for part in reading.snapshot.parts),
        )
        for each, reading in zip(site.plan.inputs, site.readings, strict=True)
    )
    return Receipt(
        manifest=claim.manifest.id,
        feed=claim.manifest.feed,
        table=claim.manifest.table,
        attempt=claim.attempt,
        files=(),
        parts=len(edifice.parts),
        size_bytes_out=sum(part.size_bytes for part in edifice.parts),
        engine=edifice.engine,
        started_at=times[0],
        finished_at=times[1],
        checks=edifice.checks,
        notes=edifice.notes,
        cpu_seconds=edifice.cpu_seconds,
        build=Build(
            definition=site.plan.definition,
            mode=Mode.FULL if edifice.partitions is None else Mode.INCREMENTAL,
            inputs=read,
            rows=before - gone + written,
            rows_written=written,
            partitions=None if edifice.partitions is None else len(edifice.partitions),
        ),
    )


def _cost(world: World, site: _Site, edifice: Edifice) -> Cost:
    sizes = [part.size_bytes for each in site.readings for part in each.snapshot.parts]
    written = [part.size_bytes for part in edifice.parts]
    return reckoned_within(world, site.model.layout, (sizes, written), edifice.cpu_seconds)


def _commit(
    world: World, claim: Claim, site: _Site, edifice: Edifice, receipt: Receipt
) -> Committed | None:
    model, base = site.model, site.base
    layout = tuple(by.name for by in model.partition)
    if base is None:
        world.tables.ensure(model.table, edifice.schema, layout)
    # As for files: asked after the table is there, so that whoever ends it without one is seen.
    if given_up(world, claim.manifest) is not None:
        return None
    if receipt_object(world, claim.manifest) is not None:
        return already(world, claim.manifest)
    return say(
        world,
        claim,
        receipt,
        Commit(
            table=model.table,
            manifest=claim.manifest.id,
            attempt=claim.attempt_id,
            add=edifice.parts,
            remove=tuple(part.path for part in _replaced(site, edifice)),
            receipt=entry_of(receipt, edifice.parts),
            schema=edifice.schema,
            onto=0 if base is None else base.version,
            anew=layout if edifice.partitions is None else None,
        ),
    )
