"""Whether a feed's rows fit the table that is there; if not, whether it can be made anew."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.errors import EngineRefused
from headwater.flow.followed import followed_by, version_of
from headwater.flow.replace import rows_in, rows_left
from headwater.flow.world import World
from headwater.model.arrival import Arrival
from headwater.model.feed import Feed
from headwater.model.part import Snapshot
from headwater.ports.engine import Conversion, Fate

_ALL = "headwater replay {} --as-one reads all its files again and makes the table anew"


def is_made_anew(
    world: World, feed: Feed, members: Sequence[Arrival], snapshot: Snapshot | None
) -> bool:
    """Whether the table is not what the feed says by now, and every row of it is read again.

    EngineRefused where it is not what the feed says, and other rows than these are in it.
    """
    if snapshot is None or (wrong := _misfit(feed, snapshot)) is None:
        return False
    if is_all_read_again(world, members, snapshot):
        return True
    raise EngineRefused(
        f"table {feed.table} {wrong[0]}, but feed {feed.name} wants {wrong[1]}",
        hint=f"{_ALL.format(feed.name)}; or put {wrong[2]} back, or name another `table`; "
        "then headwater quarantine replay",
    )


def is_all_read_again(world: World, members: Sequence[Arrival], snapshot: Snapshot) -> bool:
    """Whether every row of the table is of a file that these are in the place of."""
    before = followed_by(world, members)
    versions = {version_of(each) for each in members}
    again = [each for each in before if version_of(each) in versions]
    there = sum(part.rows for part in snapshot.parts)
    return len(again) == len(before) and rows_left(world, snapshot, again) == there


def require_all_read(
    world: World, feed: Feed, members: Sequence[Arrival], conversion: Conversion
) -> None:
    """Refuse to empty a table of rows that would not come back."""
    results = {each.arrival: each for each in conversion.results}
    unread = [each for each in members if results[each.id].fate is not Fate.READ]
    before = followed_by(world, unread)
    if not rows_in(world, feed.table, before):
        return
    keys = {each.key for each in before}
    first = next(each for each in unread if each.key in keys)
    cause = results[first.id].cause
    why = cause.message if cause else "its raw object is not what it was"
    raise EngineRefused(
        f"table {feed.table} cannot be made anew: {first.key} would be refused: {why}",
        hint=f"nothing was changed; mend the feed, then headwater replay {feed.name} --as-one",
    )


def _misfit(feed: Feed, snapshot: Snapshot) -> tuple[str, str, str] | None:
    """What the table is, what the feed wants, and which key says so."""
    wanted = tuple(by.name for by in feed.partition)
    if snapshot.partition_by != wanted:
        is_ = f"is laid out by {', '.join(snapshot.partition_by) or 'nothing'}"
        return is_, ", ".join(wanted) or "nothing", f"feeds.{feed.name}.partition"
    # Behind steps, columns are what these make; what is declared is of the files.
    for column in feed.schema.columns if not feed.steps else ():
        found = snapshot.schema.find(column.name)
        if found is not None and (found.name, found.type) != (column.name, column.type):
            is_ = f"has {found.name} as {found.type}"
            return is_, f"{column.name} as {column.type}", f"feeds.{feed.name}.schema"
    return None
