"""One manifest at a time, for those who are called for it and go: try it, or settle it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime

from headwater.errors import EngineDied
from headwater.flow.attempt import Failed, attempt, failed
from headwater.flow.commit import already
from headwater.flow.settle import settle
from headwater.flow.world import World
from headwater.model.ids import FeedName, ManifestId
from headwater.model.manifest import Claim, Manifest, ManifestState
from headwater.model.progress import Watch, nobody
from headwater.model.receipt import Receipt
from headwater.points import point
from headwater.ports.engine import Engine

_HINT = "see the log of the function or job that ran it"


@dataclass(frozen=True, slots=True)
class Step:
    """How a manifest stands behind a step, and what the step came to."""

    manifest: ManifestId
    feed: FeedName | None  # None: nobody knows this manifest
    state: ManifestState | None
    until: datetime | None  # when the lease ends, or the next attempt is due
    error: str | None
    came_to: Receipt | Failed | None  # None: it was not this step's to do


def try_one(world: World, engine: Engine, manifest: ManifestId, watch: Watch = nobody) -> Step:
    """Claim this manifest alone, if it is due, and try it once."""
    claim = _claim(world, manifest)
    came_to = attempt(world, engine, claim, watch) if claim is not None else None
    return _step(world, manifest, came_to)


def settle_one(world: World, manifest: ManifestId, why: str) -> Step:
    """Settle what an attempt elsewhere committed; record its failure if it did not.

    The manifest is claimed for that: nothing is done while somebody holds it, nor once it has
    ended. A failure counts as any other: it is tried again, or given up.
    """
    claim = _claim(world, manifest)
    came_to = _settled(world, claim, why) if claim is not None else None
    return _step(world, manifest, came_to)


def _settled(world: World, claim: Claim, why: str) -> Receipt | Failed | None:
    committed = already(world, claim.manifest)
    if committed is None:
        return failed(world, claim, EngineDied(why, hint=_HINT))
    settle(world, claim, committed)
    return committed.receipt


def _claim(world: World, manifest: ManifestId) -> Claim | None:
    point("claim.pre")
    worker = f"{socket.gethostname()}-{os.getpid()}"
    return world.ledger.claim(worker, world.clock(), world.lease, only=manifest)


def _step(world: World, manifest: ManifestId, came_to: Receipt | Failed | None) -> Step:
    found: Manifest | None = world.ledger.manifest(manifest)
    if found is None:
        return Step(manifest, None, None, None, None, None)
    until = found.lease_until or found.retry_at
    return Step(manifest, found.feed, found.state, until, found.error, came_to)
