"""What is to be built next: from which versions, under which id, written down before any work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from headwater.errors import ObjectExists
from headwater.flow.commit import given_up
from headwater.flow.models.inputs import inputs_at, last_built, versions_of
from headwater.flow.records import FORGOTTEN
from headwater.flow.world import World
from headwater.model.codec import from_plain, to_plain
from headwater.model.curated import Build, BuiltFrom, Mode, Model, When, build_id
from headwater.model.ids import FeedName, TableName
from headwater.model.manifest import ENDED, Manifest, ManifestState
from headwater.model.receipt import Receipt
from headwater.points import point


class Need(StrEnum):
    """What a model needs."""

    NOTHING = "nothing"  # its rows are those of its tables as they are
    BUILD = "build"
    UNDERWAY = "underway"  # a build is written down and has not ended
    REPAIR = "repair"  # the build from these versions failed
    TABLE = "table"  # a table that it reads is not there


@dataclass(frozen=True, slots=True)
class Decision:
    """What a model needs, and the build that would give it."""

    need: Need
    last: Receipt | None = None
    inputs: tuple[BuiltFrom, ...] = ()
    manifest: Manifest | None = None  # the build that is to be, goes on, or failed
    lacking: TableName | None = None
    full: bool = False

    @property
    def settled(self) -> bool:
        """Whether models that read its table may be built upon it."""
        return self.need is Need.NOTHING


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody asks for it: by the clock and what has changed; or by hand, now."""

    by_hand: bool = False
    full: bool = False  # every row anew, changed or not


_BY_ITSELF = Asked()


def decide(world: World, model: Model, asked: Asked = _BY_ITSELF) -> Decision:
    """Look at a model's tables and at what it was built from."""
    now = world.clock()
    last = last_built(world, model)
    refresh = model.refresh
    if refresh.when is When.MANUAL and not asked.by_hand:
        return Decision(Need.NOTHING, last)
    at = None if asked.by_hand else refresh.latest(now)
    known = versions_of(last)
    underway = _underway(world, model)
    if underway is not None:  # one at a time: what has changed since is built behind it
        return Decision(Need.UNDERWAY, last, manifest=underway)
    inputs = inputs_at(world, model, known, at)
    if isinstance(inputs, str):
        return Decision(Need.TABLE, last, lacking=TableName(inputs))
    counting = model.reads if asked.by_hand else model.triggers
    if not asked.full and _is_fresh(model, last, inputs, counting):
        return Decision(Need.NOTHING, last, inputs)
    return _turn(world, model, last, inputs, asked)


def write_down(world: World, model: Model, decision: Decision) -> bool:
    """Write the build down, its inputs first; False where another worker has done it."""
    manifest = decision.manifest
    if manifest is None:
        return False
    _publish(world, model, manifest, decision)
    written = world.ledger.write_down(manifest)
    point("man.assigned")
    return written


def planned(world: World, manifest: Manifest) -> Build:
    """What the build was written down to be made from."""
    said = json.loads(world.zones.manifests.read(f"{manifest.feed}/{manifest.id}.json"))
    return from_plain(Build, said["build"])


def ancestors(models: Sequence[Model], names: Iterable[str]) -> list[Model]:
    """These models, and those whose tables they are made of, in the order of building."""
    wanted = set(names)
    tables: set[TableName] = set()
    found = []
    for model in reversed(models):  # they stand behind those that they read
        if model.name in wanted or model.table in tables:
            found.append(model)
            tables.update(model.reads)
    return found[::-1]


def _is_fresh(
    model: Model,
    last: Receipt | None,
    inputs: Sequence[BuiltFrom],
    counting: Sequence[TableName],
) -> bool:
    if last is None or last.build is None or last.build.definition != model.definition:
        return False
    before = {each.table: each.version for each in last.build.inputs}
    return all(before.get(each.table) == each.version for each in inputs if each.table in counting)


def _underway(world: World, model: Model) -> Manifest | None:
    live = [state for state in ManifestState if state not in ENDED]
    found = world.ledger.manifests(states=live, feed=FeedName(model.name))
    return found[0] if found else None


def _turn(
    world: World, model: Model, last: Receipt | None, inputs: tuple[BuiltFrom, ...], asked: Asked
) -> Decision:
    """The first try at these inputs that has not ended, or has ended as nobody wants it to."""
    for turn in count():
        manifest = _manifest(world, model, inputs, turn)
        known = world.ledger.manifest(manifest.id)
        if known is not None and known.state not in ENDED:
            return Decision(Need.UNDERWAY, last, manifest=known)
        if known is None:
            cause = given_up(world, manifest)
            if cause is None:
                return Decision(Need.BUILD, last, inputs, manifest, full=asked.full)
            if cause == FORGOTTEN or asked.by_hand:
                continue
            return Decision(Need.REPAIR, last, inputs, manifest)
        if known.state is ManifestState.DEAD and not asked.by_hand:
            return Decision(Need.REPAIR, last, inputs, known)
        if known.state is ManifestState.COMMITTED and not asked.full:
            # It may have been committed while we looked: then there is nothing left to do.
            newest = last_built(world, model)
            if newest is not None and newest.manifest == known.id:
                return Decision(Need.NOTHING, newest, inputs)
    raise AssertionError  # a count does not end


def _manifest(world: World, model: Model, inputs: tuple[BuiltFrom, ...], turn: int) -> Manifest:
    return Manifest(
        id=build_id(model, inputs, turn),
        feed=FeedName(model.name),
        table=model.table,
        arrivals=(),
        size_bytes=0,
        created_at=world.clock(),
    )


def _publish(world: World, model: Model, manifest: Manifest, decision: Decision) -> None:
    name = f"{manifest.feed}/{manifest.id}.json"
    build = Build(model.definition, Mode.FULL if decision.full else model.mode, decision.inputs)
    body = {
        "manifest": manifest.id,
        "feed": manifest.feed,
        "table": manifest.table,
        "created_at": to_plain(manifest.created_at),
        "arrivals": [],
        "build": to_plain(build),
    }
    point("man.tmp")
    with suppress(ObjectExists):
        world.zones.manifests.create(name, json.dumps(body, indent=1).encode())
    point("man.published")
