"""Pending arrivals become manifests, written down before any work starts."""

from __future__ import annotations

import json
from collections.abc import Iterable

from headwater.errors import ObjectExists
from headwater.flow.world import World
from headwater.model.codec import to_plain
from headwater.model.feed import Feed
from headwater.model.manifest import Manifest
from headwater.points import point


def batch(world: World, *, flush: bool = False, feeds: Iterable[Feed] = ()) -> list[Manifest]:
    """Close every batch that is due, or with flush every batch there is."""
    written = []
    for feed in feeds or world.feeds:
        while manifest := world.ledger.batch(feed, world.clock(), flush=flush):
            point("man.assigned")
            publish(world, manifest)
            written.append(manifest)
    return written


def publish(world: World, manifest: Manifest) -> None:
    """Write the manifest object from what the ledger has fixed; repeatable.

    Whoever claims the manifest makes sure of it: a rebuild learns from these objects which
    manifests somebody may be working on.
    """
    name = f"{manifest.feed}/{manifest.id}.json"
    if world.zones.manifests.stat(name) is not None:
        return
    body = json.dumps(
        {
            "manifest": manifest.id,
            "feed": manifest.feed,
            "table": manifest.table,
            "created_at": to_plain(manifest.created_at),
            "arrivals": list(manifest.arrivals),
        },
        indent=1,
    )
    point("man.tmp")
    try:
        world.zones.manifests.create(name, body.encode())
    except ObjectExists:
        return
    point("man.published")
