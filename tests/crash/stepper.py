"""Runs steps of an iteration in processes of their own, forked from one that has imported all.

Reads requests as JSON lines, answers each with how the process ended, or that it fell asleep.
Forking before any thread or connection exists is safe, and saves half a second a step.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

ASLEEP = "asleep"


def step(request: dict[str, Any]) -> int:
    """Do what the request says to the lake in its folder."""
    with _open(request) as lake:
        return _VERBS[request["verb"]](lake, request)


def _open(request: dict[str, Any]) -> Any:
    from headwater.config.load import load
    from headwater.wiring import wire

    # A lease shorter than the configuration allows, so that nobody waits a minute for the dead.
    lease = timedelta(seconds=request["lease_seconds"])
    return wire(replace(load(Path(request["lake"])), lease=lease))


def _land(lake: Any, request: dict[str, Any]) -> int:
    from headwater.flow.land import LandingOutcome
    from headwater.ports.store import How

    how = How.LINK if request["verb"] == "link" else How.COPY
    for feed, files in request["files"].items():
        landings = lake.land(feed, *files, how=how)
        for landing in landings:
            if landing.outcome is LandingOutcome.REFUSED:
                sys.stderr.write(f"{landing.source}: {landing.error}\n")
                return 1
    return 0


def _announce(lake: Any, request: dict[str, Any]) -> int:
    from headwater.flow.register import announcement

    lake._world.queue.send([announcement(raw) for raw in request["raws"]])
    return 0


def _work(lake: Any, request: dict[str, Any]) -> int:
    del request
    lake.work(until_idle=True)
    return 0


def _lossy(lake: Any, request: dict[str, Any]) -> int:
    """Work while every second reply to a commit is lost, after it has had its effect."""
    from headwater.adapters.delta import DeltaTables
    from headwater.errors import CommitUnknown

    commit, calls = DeltaTables.commit, iter(range(10_000))

    def lossy(self: Any, wanted: Any) -> Any:
        result = commit(self, wanted)
        if next(calls) % 2 == 0:
            raise CommitUnknown("the reply was lost")
        return result

    DeltaTables.commit = lossy  # type: ignore[method-assign]
    return _work(lake, request)


def _bury(lake: Any, request: dict[str, Any]) -> int:
    """Work with an engine that refuses everything: whatever waits is given up."""
    from headwater.errors import EngineRefused
    from headwater.flow import attempt

    def refuse(*_: Any) -> None:
        raise EngineRefused("this engine refuses everything")

    attempt.convert = refuse  # type: ignore[assignment]
    return _work(lake, request)


def _sweep(lake: Any, request: dict[str, Any]) -> int:
    del request
    lake.sweep(older_than=timedelta(0))
    return 0


def _replay(lake: Any, request: dict[str, Any]) -> int:
    del request
    lake.replay()
    return 0


def _reconcile(lake: Any, request: dict[str, Any]) -> int:
    del request
    lake.reconcile()
    return 0


def _rebuild(lake: Any, request: dict[str, Any]) -> int:
    del request
    lake.rebuild()
    return 0


def _verify(lake: Any, request: dict[str, Any]) -> int:
    del request
    verdict = lake.verify()
    for finding in verdict.findings:
        sys.stderr.write(f"{finding}\n")
    return 0 if verdict.holds else 1


_VERBS = {
    "land": _land,
    "link": _land,
    "announce": _announce,
    "work": _work,
    "lossy": _lossy,
    "bury": _bury,
    "sweep": _sweep,
    "replay": _replay,
    "reconcile": _reconcile,
    "rebuild": _rebuild,
    "verify": _verify,
}


def run(request: dict[str, Any]) -> dict[str, int]:
    """Fork, do it, answer the exit code; a negative one is the signal that ended it."""
    if "wake" in request:
        os.kill(request["wake"], signal.SIGCONT)
        return _ended(request["wake"])
    child = os.fork()
    if child == 0:
        os._exit(_inside(request))
    return _ended(child)


def _inside(request: dict[str, Any]) -> int:
    from headwater import points
    from headwater.flow import work

    os.environ.update(request["environment"])
    points.arm()
    if request.get("pause"):
        _sleep_at(request["pause"])
    if request.get("events"):
        work.reconcile = lambda _: None  # type: ignore[assignment, misc, return-value]
    for name in request.get("broken", []):
        importlib.import_module(f"tests.crash.broken.{name}").apply()
    try:
        code = step(request)
    except BaseException:  # noqa: BLE001 - this is the door of the process
        traceback.print_exc()
        code = 70
    sys.stderr.flush()
    return code


def _sleep_at(name: str) -> None:
    """Stop the process where it first reaches the point, until somebody wakes it."""
    from headwater import points

    reach, slept = points._reach, []

    def sleeping(reached: str) -> None:
        reach(reached)
        if reached == name and not slept:
            slept.append(name)
            os.kill(os.getpid(), signal.SIGSTOP)

    points._reach = sleeping


def _ended(child: int) -> dict[str, int]:
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return {ASLEEP: child}
    return {"code": os.waitstatus_to_exitcode(status)}


def hurry() -> None:
    """Shorten every wait that is there for people and machines of a real lake's size."""
    from headwater.adapters.delta import tables, turn
    from headwater.flow import reconcile, work

    work.NAP = timedelta(milliseconds=50)
    work.HIDDEN_FOR = timedelta(milliseconds=300)
    reconcile.STILL_FOR = timedelta(milliseconds=10)
    turn.PATIENCE_SECONDS = 0.1
    tables.CHECKPOINT_EVERY = 4


def main() -> None:
    """Answer requests until there are no more."""
    import deltalake  # noqa: F401 - imported before the fork

    import headwater.adapters.delta.handle
    import headwater.wiring  # noqa: F401 - imported before the fork

    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    hurry()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
