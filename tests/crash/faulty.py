"""Ports whose replies get lost after their effect: "error after success"."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from headwater.errors import CommitUnknown, HeadwaterError, LedgerError, StoreError
from headwater.flow.world import World

SHARE = 0.1
COMMIT_SHARE = 0.4
"""Of the calls that may lose their reply, how many do."""

LEDGER = ("register", "batch", "write_down", "claim", "stage", "settle", "release", "bury")


class Lossy:
    """A port that does what it is asked, and now and then answers with an error all the same."""

    def __init__(
        self, port: Any, error: type[HeadwaterError], verbs: Sequence[str], lost: Callable[[], bool]
    ) -> None:
        self._port = port
        self._error = error
        self._verbs = verbs
        self._lost = lost

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if name not in self._verbs:
            return call

        def asked(*words: Any, **named: Any) -> Any:
            answer = call(*words, **named)
            if self._lost():
                raise self._error(f"the reply to {name} was lost")
            return answer

        return asked


def lossy(world: World, seed: int) -> World:
    """The world, with ports that lose replies."""
    dice = random.Random(seed)

    def now_and_then() -> bool:
        return dice.random() < SHARE

    def often() -> bool:
        return dice.random() < COMMIT_SHARE

    tables = Lossy(world.tables, CommitUnknown, ("ensure", "fence"), now_and_then)
    zones = replace(
        world.zones,
        raw=Lossy(world.zones.raw, StoreError, ("take",), now_and_then),
        manifests=Lossy(world.zones.manifests, StoreError, ("create",), now_and_then),
    )
    return replace(
        world,
        zones=zones,
        tables=Lossy(tables, CommitUnknown, ("commit", "compact"), often),
        queue=Lossy(world.queue, LedgerError, ("send", "delete"), now_and_then),
        ledger=Lossy(world.ledger, LedgerError, LEDGER, now_and_then),
    )
