"""Other tools are told which tables there are: after commits, and again whenever one looks."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from headwater.errors import HeadwaterError
from headwater.flow.world import World
from headwater.model.ids import TableName
from headwater.ports.catalogue import Catalogue, Entry, Shown

LAG = 50
"""So many versions may pass before a table is shown anew whose columns are as they were."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What was done to make the catalogue say what is so."""

    shown: tuple[TableName, ...] = ()
    dropped: tuple[TableName, ...] = ()
    failed: tuple[str, ...] = ()  # what could not be, each with why


def show_committed(world: World, table: TableName) -> None:
    """Show a table that was just committed to, if it has other columns than are shown.

    The rows are in, whatever becomes of this: what goes wrong is told, and the next commit to
    the table, or the next look at the raw zone, does it again.
    """
    if world.catalogue is None:
        return
    try:
        shown = world.catalogue.find(table)
        if shown is None or _is_due(world, shown):
            _show(world, world.catalogue, table, shown)
    except HeadwaterError as error:
        _logger.warning("the catalogue does not show %s as it is: %s", table, error)


def catalogued(world: World) -> Catalogued:
    """Show every table as it is, and none that is no more; what goes wrong is told."""
    catalogue = world.catalogue
    if catalogue is None:
        return Catalogued()
    done: dict[bool, list[TableName]] = {True: [], False: []}
    failed: list[str] = []
    try:
        shown = {each.table: each for each in catalogue.shown()}
        there = world.tables.names()
    except HeadwaterError as error:
        return Catalogued(failed=(_told(error),))
    for table in sorted({*shown, *there}):
        lives = table in there
        try:
            if _made_so(world, catalogue, table, shown.get(table), lives=lives):
                done[lives].append(table)
        except HeadwaterError as error:
            failed.append(_told(error))
    return Catalogued(tuple(done[True]), tuple(done[False]), tuple(failed))


def _made_so(
    world: World, catalogue: Catalogue, table: TableName, shown: Shown | None, *, lives: bool
) -> bool:
    """Show a table that lives, or drop one that does not; whether anything had to be done."""
    location = world.tables.location(table)
    is_ours = shown is not None and shown.location == location
    if not lives:  # another lake's of that name, in the same catalogue, may
        return is_ours and catalogue.drop(table, location)
    is_so = is_ours and shown is not None and shown.version == world.tables.version(table)
    return not is_so and _show(world, catalogue, table, shown)


def _is_due(world: World, shown: Shown) -> bool:
    """Whether columns or partitions may have changed since, or much else has."""
    newest = world.tables.version(shown.table)
    if newest is None or not shown.version <= newest <= shown.version + LAG:
        return True
    since = world.tables.log(shown.table, shown.version + 1)
    return any(entry.columns_changed for entry in since)


def _show(world: World, catalogue: Catalogue, table: TableName, shown: Shown | None) -> bool:
    snapshot = world.tables.snapshot(table)
    if snapshot is None:
        return False
    location = world.tables.location(table)
    if shown is not None and shown.version > snapshot.version:
        # A log only grows: this is another table, made since in the place of the one shown.
        catalogue.drop(table, location)
    rows = sum(part.rows for part in snapshot.parts)
    return catalogue.show(
        Entry(
            table=table,
            version=snapshot.version,
            location=location,
            schema=snapshot.schema,
            partition_by=snapshot.partition_by,
            rows=rows,
            comment=_comment(world, table),
        )
    )


def _comment(world: World, table: TableName) -> str:
    feeds = [f"feed {feed.name}" for feed in world.feeds if feed.table == table]
    models = [f"model {model.name}" for model in world.models if model.table == table]
    writers = [*feeds, *models]
    return f"Headwater: {', '.join(writers)}" if writers else "Headwater"


def _told(error: HeadwaterError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message
