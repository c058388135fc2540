"""What a step does to the lake, in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from headwater.config.load import load
from headwater.errors import EngineRefused, HeadwaterError
from headwater.flow import attempt
from headwater.flow.land import LandingOutcome
from headwater.flow.register import announcement
from headwater.lake import Lake
from headwater.model.clock import utc_now
from headwater.ports.store import How
from headwater.wiring import wire
from tests.crash.faulty import lossy

REPEATS = 5

WORKING = (
    "work",
    "lossy_work",
    "bury",
    "ingest",
    "compact",
    "refresh",
    "refresh_full",
    "lossy_refresh",
)
"""Those that want an engine."""

Request = dict[str, Any]


def do(request: Request) -> int:
    """Do what the request says to the lake in its folder; the exit code."""
    # A lease shorter than the configuration allows, so that its heartbeat is heard, too.
    lease = timedelta(seconds=request["lease_seconds"])
    ahead = timedelta(seconds=request["ahead_seconds"])
    settings = replace(load(Path(request["lake"])), lease=lease)
    with wire(settings, lambda: utc_now() + ahead) as lake:
        verb = request["verb"].removeprefix("lossy_")
        if verb == request["verb"]:
            return _VERBS[verb](lake, request)
        lake._world = lossy(lake._world, request["luck"])
        return _persist(lambda: _VERBS[verb](lake, request))


def _persist(verb: Callable[[], int]) -> int:
    """Repeat a call that fails, as whoever gets an error does; but not for ever."""
    for _ in range(REPEATS):
        with suppress(HeadwaterError):
            return verb()
    return 1


def _land(lake: Lake, request: Request) -> int:
    how = How.LINK if request["verb"] == "link" else How.COPY
    for feed, files in request["files"].items():
        for landing in lake.land(feed, *files, how=how):
            if landing.outcome is LandingOutcome.REFUSED:
                return _complain(f"{landing.source}: {landing.error}")
    return 0


def _ingest(lake: Lake, request: Request) -> int:
    for feed, files in request["files"].items():
        lake.ingest(feed, *files)
    return 0


def _announce(lake: Lake, request: Request) -> int:
    lake._world.queue.send([announcement(raw) for raw in request["raws"]])
    return 0


def _work(lake: Lake, _: Request) -> int:
    lake.work(until_idle=True)
    return 0


def _bury(lake: Lake, request: Request) -> int:
    """Work with an engine that refuses everything: whatever waits is given up."""

    def refuse(*_: Any, **__: Any) -> None:
        raise EngineRefused("this engine refuses everything")

    attempt.convert = refuse  # type: ignore[assignment]
    return _work(lake, request)


def _compact(lake: Lake, _: Request) -> int:
    lake.compact()
    return 0


def _refresh(lake: Lake, request: Request) -> int:
    lake.refresh(full=request["verb"] == "refresh_full")
    return 0


def _sweep(lake: Lake, _: Request) -> int:
    lake.sweep(older_than=timedelta(0))
    return 0


def _replay(lake: Lake, request: Request) -> int:
    """Start again what was refused; or, by chance, everything, in batches or as one commit."""
    way = request.get("luck", 0) % 3
    if way == 0:
        lake.replay()
    for feed in lake.feeds if way else ():
        lake.replay(feed.name, as_one=way == 1)
    return 0


def _reconcile(lake: Lake, _: Request) -> int:
    lake.reconcile()
    return 0


def _rebuild(lake: Lake, _: Request) -> int:
    lake.rebuild()
    return 0


def _verify(lake: Lake, _: Request) -> int:
    verdict = lake.verify()
    return 0 if verdict.holds else _complain("\n".join(map(str, verdict.findings)))


def _complain(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1


_VERBS: dict[str, Callable[[Lake, Request], int]] = {
    "land": _land,
    "link": _land,
    "ingest": _ingest,
    "announce": _announce,
    "work": _work,
    "bury": _bury,
    "compact": _compact,
    "refresh": _refresh,
    "refresh_full": _refresh,
    "sweep": _sweep,
    "replay": _replay,
    "reconcile": _reconcile,
    "rebuild": _rebuild,
    "verify": _verify,
}
