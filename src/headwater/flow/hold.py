"""Which batches wait for a person, because they would pass their feed's budget."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from headwater.flow.forecast import Experience, experience, forecast, guess
from headwater.flow.world import World
from headwater.model.budget import Bound
from headwater.model.feed import Feed
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import Manifest, ManifestState
from headwater.model.price import Money

_LIVE = (ManifestState.OPEN, ManifestState.CLAIMED, ManifestState.STAGED)


@dataclass(frozen=True, slots=True)
class Held:
    """A batch that is not begun before a person says so: what it would cost, and what it may."""

    feed: FeedName
    manifest: ManifestId
    files: int
    size_bytes: int
    cost: Money
    bound: Bound
    limit: Money
    spent: Money  # this month, by batches that were begun before it


def held(
    world: World, feeds: Iterable[Feed] = (), over_budget: Collection[FeedName] = ()
) -> list[Held]:
    """The batches that wait for a person; those of feeds that may pass their budget do not."""
    found: list[Held] = []
    for feed in feeds or world.feeds:
        if feed.budget.is_set and feed.name not in over_budget:
            found += _of_feed(world, feed)
    return found


def spent_this_month(world: World, feed: Feed) -> int:
    """What the feed's batches of this month cost, with those that are begun."""
    manifests = world.ledger.manifests(states=_LIVE, feed=feed.name)
    return _spent(world, feed, manifests, experience(world, feed))


def month_of(world: World) -> str:
    """This month, in UTC."""
    return world.clock().astimezone(UTC).strftime("%Y-%m")


def _of_feed(world: World, feed: Feed) -> Iterator[Held]:
    manifests = world.ledger.manifests(states=_LIVE, feed=feed.name)
    waiting = [each for each in manifests if not each.attempt]
    if not waiting:
        return
    currency = world.prices.currency
    known = experience(world, feed)
    spent = _spent(world, feed, manifests, known)
    for manifest in waiting:
        nanos = _cost(world, feed, manifest, known)
        passed = feed.budget.passed(nanos, spent)
        if passed is None:
            # It is claimed before those behind it, which have to do with what it leaves.
            spent += nanos
            continue
        bound, limit = passed
        yield Held(
            feed=feed.name,
            manifest=manifest.id,
            files=len(manifest.arrivals),
            size_bytes=manifest.size_bytes,
            cost=Money(nanos, currency),
            bound=bound,
            limit=limit,
            spent=Money(spent, currency),
        )


def _spent(
    world: World, feed: Feed, manifests: Iterable[Manifest], known: Experience | None
) -> int:
    settled = world.ledger.spent(feed.name, month_of(world), world.prices.currency)
    begun = (_cost(world, feed, each, known) for each in manifests if each.attempt)
    return settled + sum(begun)


def _cost(world: World, feed: Feed, manifest: Manifest, known: Experience | None) -> int:
    members = world.ledger.members(manifest.id)
    known = known or guess((each.raw, each.size_bytes) for each in members)
    sizes = [each.size_bytes for each in members]
    return forecast(world, feed, sizes, known).cost.nanos
