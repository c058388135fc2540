"""A version whose key has rows in the table already is refused, where the feed says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from headwater.flow.followed import version_of
from headwater.flow.world import World
from headwater.model.arrival import Arrival, Cause
from headwater.model.feed import Feed, OnRewrite
from headwater.model.ids import ArrivalId
from headwater.ports.engine import Conversion, Fate, InputResult

REJECTED = "rewrite_rejected"


def rejected(world: World, feed: Feed, members: Sequence[Arrival]) -> dict[ArrivalId, InputResult]:
    """Those of the files that may not follow what is in the table, and what they get."""
    if feed.on_rewrite is not OnRewrite.REJECT:
        return {}
    later = {each.key for each in members if each.generation > 1}
    visible = {each.key: each for each in world.ledger.visible(feed.name, later)}
    return {
        each.id: InputResult(each.id, Fate.REFUSED, cause=_cause(visible[each.key]))
        for each in members
        if each.key in visible and version_of(visible[each.key]) != version_of(each)
    }


def with_rejected(
    members: Sequence[Arrival], conversion: Conversion, refused: Mapping[ArrivalId, InputResult]
) -> Conversion:
    """The conversion of the other files, with these in their places."""
    read = iter(conversion.results)
    results = tuple(refused.get(each.id) or next(read) for each in members)
    return replace(conversion, results=results)


def _cause(before: Arrival) -> Cause:
    return Cause(
        REJECTED,
        f"other bytes came under a known name, and the feed takes none (on_rewrite: reject); "
        f"the rows of arrival {before.id} stay",
    )
