"""How models stand: fresh, stale since when, failed why; and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from headwater.errors import CheckFailed
from headwater.flow.commit import given_up
from headwater.flow.models.inputs import first_change, versions_of
from headwater.flow.models.plan import Asked, Decision, Need, decide
from headwater.flow.world import World
from headwater.model.curated import Mode, Model, ModelName, Refresh, When
from headwater.model.ids import TableName
from headwater.model.receipt import Receipt

_UNITS = (
    ("w", timedelta(weeks=1)),
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


class ModelState(StrEnum):
    """How a model stands."""

    NEVER = "never built"
    FRESH = "fresh"
    STALE = "stale"  # a table that it reads, or its definition, is another by now
    BUILDING = "building"  # or waiting for its next try
    FAILED = "failed"  # and not tried again before something changes, or somebody asks
    HALTED = "halted"  # a check stopped the build; as failed
    HELD = "held"  # it reads the table of a model that is not fresh
    WAITING = "waiting"  # a table that it reads is not there yet


@dataclass(frozen=True, slots=True)
class InputStanding:
    """A table that a model reads."""

    table: TableName
    model: ModelName | None  # that writes it
    built: int | None  # the version that was read
    version: int | None  # the newest one


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """A model as it is."""

    model: ModelName
    table: TableName
    order: int  # of building, from 1
    state: ModelState
    since: datetime | None  # when it became stale
    why: str | None
    refresh: str
    mode: Mode
    partition_by: tuple[str, ...]
    inputs: tuple[InputStanding, ...]
    feeds: tuple[ModelName, ...]  # models that read its table
    last: Receipt | None
    description: str
    sql: str


def models(world: World) -> list[ModelStanding]:
    """Every model, in the order of building."""
    found: list[ModelStanding] = []
    unsettled: dict[TableName, ModelName] = {}
    for number, model in enumerate(world.models, start=1):
        decision = decide(world, model, Asked(by_hand=True))
        if decision.need is Need.BUILD:  # a person may try again what has failed: it has, though
            decision = _failed(world, model) or decision
        upstream = next((unsettled[table] for table in model.reads if table in unsettled), None)
        standing = _standing(world, model, decision, number, upstream)
        found.append(standing)
        if standing.state is not ModelState.FRESH:
            unsettled[model.table] = model.name
    return found


def readers(world: World, table: TableName) -> tuple[ModelName, ...]:
    """The models that read a table."""
    return tuple(model.name for model in world.models if table in model.reads)


def downstream(world: World, tables: Iterable[TableName]) -> tuple[ModelName, ...]:
    """The models that are made of these tables, whether at first or at tenth hand."""
    reached = set(tables)
    found = []
    for model in world.models:  # each behind those that it reads
        if reached.intersection(model.reads):
            found.append(model.name)
            reached.add(model.table)
    return tuple(found)


def told(refresh: Refresh) -> str:
    """When it is built anew, as one writes it."""
    if refresh.when is When.EVERY:
        return f"every {_spelled(refresh.every)}"
    if refresh.when is When.CRON and refresh.cron is not None:
        return f'cron "{refresh.cron.text}"'
    return " ".join((refresh.when, ", ".join(refresh.after))).strip()


def _spelled(time: timedelta) -> str:
    """In the greatest unit that it is a whole number of, as one writes it."""
    for unit, length in _UNITS:
        if not time % length:
            return f"{time // length}{unit}"
    return f"{time.total_seconds():g}s"


def _failed(world: World, model: Model) -> Decision | None:
    decision = decide(world, model)
    return decision if decision.need is Need.REPAIR else None


def _standing(
    world: World, model: Model, decision: Decision, number: int, upstream: ModelName | None
) -> ModelStanding:
    state, why = _state(world, decision, upstream)
    return ModelStanding(
        model=model.name,
        table=model.table,
        order=number,
        state=state,
        since=_since(world, decision) if state is not ModelState.FRESH else None,
        why=why,
        refresh=told(model.refresh),
        mode=model.mode,
        partition_by=tuple(by.name for by in model.partition),
        inputs=tuple(_inputs(world, model, decision)),
        feeds=readers(world, model.table),
        last=decision.last,
        description=model.description,
        sql=model.sql.strip(),
    )


def _state(
    world: World, decision: Decision, upstream: ModelName | None
) -> tuple[ModelState, str | None]:
    error = decision.manifest.error if decision.manifest is not None else None
    if decision.need is Need.REPAIR:
        return (ModelState.HALTED if _is_halted(world, decision) else ModelState.FAILED), error
    if decision.need is Need.UNDERWAY:
        return ModelState.BUILDING, error
    if upstream is not None:
        return ModelState.HELD, f"it is made of {upstream}"
    if decision.lacking is not None:
        return ModelState.WAITING, f"there is no table {decision.lacking} yet"
    if decision.need is Need.NOTHING:
        return ModelState.FRESH, None
    return (ModelState.STALE if decision.last is not None else ModelState.NEVER), None


def _is_halted(world: World, decision: Decision) -> bool:
    cause = given_up(world, decision.manifest) if decision.manifest is not None else None
    return cause is not None and cause.code == CheckFailed.code


def _since(world: World, decision: Decision) -> datetime | None:
    """When rows first came or went that it has not seen."""
    before = versions_of(decision.last)
    times = (
        first_change(world, each.table, before[each.table])
        for each in decision.inputs
        if each.table in before and before[each.table] != each.version
    )
    return min((time for time in times if time is not None), default=None)


def _inputs(world: World, model: Model, decision: Decision) -> Iterator[InputStanding]:
    writers = {each.table: each.name for each in world.models}
    before = versions_of(decision.last)
    for table in model.reads:
        yield InputStanding(
            table, writers.get(table), before.get(table), world.tables.version(table)
        )
