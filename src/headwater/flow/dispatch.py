"""What is due is handed out: batches are closed, and whoever converts elsewhere is told which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from headwater.flow.batch import batch
from headwater.flow.hold import held
from headwater.flow.models.look import Lookout
from headwater.flow.world import World
from headwater.model.cost import AwsEngine, engine_for
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import ENDED, Manifest, ManifestState


@dataclass(frozen=True, slots=True)
class Dispatched:
    """A manifest that waits to be tried, and where it is to be."""

    manifest: ManifestId
    attempt: int  # that whoever tries it will be
    feed: FeedName  # or the model
    size_bytes: int
    engine: AwsEngine


def dispatch(world: World, *, flush: bool = False) -> list[Dispatched]:
    """Close the batches that are due, and tell of every manifest that waits for an attempt.

    Those are open and due, or their lease has run out. It is told of them until somebody has
    claimed them: whoever starts something for each does so once for a manifest and attempt.
    """
    batch(world, flush=flush)
    Lookout(world, world.models).look()
    return list(_waiting(world, world.clock()))


def _waiting(world: World, now: datetime) -> Iterator[Dispatched]:
    live = [state for state in ManifestState if state not in ENDED]
    aside = {each.manifest for each in held(world)}
    for manifest in world.ledger.manifests(states=live):
        if manifest.id not in aside and _is_due(manifest, now) and _is_declared(world, manifest):
            yield Dispatched(
                manifest.id,
                manifest.attempt + 1,
                manifest.feed,
                manifest.size_bytes,
                _engine(world, manifest),
            )


def _is_due(manifest: Manifest, now: datetime) -> bool:
    until = manifest.lease_until or manifest.retry_at
    return until is None or until <= now


def _is_declared(world: World, manifest: Manifest) -> bool:
    """What waits for a feed that is no longer declared goes on waiting: see docs/states.md."""
    feed = world.find_feed(manifest.feed)
    return feed is not None or world.find_model(manifest.feed) is not None


def _engine(world: World, manifest: Manifest) -> AwsEngine:
    feed = world.find_feed(manifest.feed)
    if feed is None:  # a model: its inputs are tables
        return AwsEngine.LAMBDA
    return engine_for(manifest.size_bytes, feed.lambda_below_bytes)
