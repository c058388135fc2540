"""Runs steps in processes of their own, forked from one that has imported all they need.

Reads requests as JSON lines, answers each with how its process ended, or that it fell asleep.
Forking before any thread or connection exists is safe, and saves half a second a step.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import headwater.adapters.delta.handle  # noqa: F401 - imported before the fork
from headwater import points
from headwater.adapters.delta import tables, turn
from headwater.flow import reconcile, work
from headwater.flow.reconcile import Reconciled
from headwater.flow.world import World
from tests.crash.spare import keep_spare
from tests.crash.verbs import WORKING, Request, do

ASLEEP = "asleep"

STEP_SECONDS = 60
"""How long a step may take before it is ended, which is a failure."""

SETTLED = "ledger.post"
"""Where a sleeper stops a second time, so that one may look at what it has done."""

ROOT = Path(__file__).parents[2]

_asleep: set[int] = set()


def main() -> None:
    """Answer requests until there are no more."""
    os.environ["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT}"  # what children of steps import
    _hurry()
    if "AWS_ENDPOINT_URL" in os.environ:
        importlib.import_module("headwater.adapters.aws.ledger")
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_run(json.loads(line))) + "\n")
            sys.stdout.flush()
    finally:  # also where nobody listens any more
        for sleeper in _asleep:
            os.kill(sleeper, signal.SIGKILL)


def _hurry() -> None:
    """Shorten every wait that is there for people and machines of a real lake's size."""
    work.NAP = work.BILLED_NAP = timedelta(milliseconds=50)
    work.HIDDEN_FOR = timedelta(milliseconds=300)
    reconcile.STILL_FOR = timedelta(milliseconds=10)
    turn.PATIENCE_SECONDS = 0.1
    tables.CHECKPOINT_EVERY = 4


def _run(request: Request) -> dict[str, int]:
    """Fork, do it, answer the exit code; a negative one is the signal that ended it."""
    if "wake" in request:
        os.kill(request["wake"], signal.SIGCONT)
        return _ended(request["wake"])
    child = os.fork()
    if child == 0:
        os._exit(_inside(request))
    return _ended(child)


def _inside(request: Request) -> int:
    signal.alarm(STEP_SECONDS)
    os.environ.update(request["environment"])
    points.arm()
    for name in request["broken"]:
        importlib.import_module(f"tests.crash.broken.{name}").apply()
    if request["verb"] in WORKING:
        keep_spare()
    if request["pause"]:
        _sleep_at([request["pause"], SETTLED])
    if request["events"]:
        work.reconcile = _look_at_nothing
    try:
        code = do(request)
    except BaseException:  # noqa: BLE001 - this is the door of the process
        traceback.print_exc()
        code = 70
    sys.stderr.flush()
    return code


def _look_at_nothing(world: World, *, newer: timedelta | None = None) -> Reconciled:
    """What a worker has that goes by events alone: no look around."""
    return Reconciled(objects=0, registered=(), unstable=())


def _sleep_at(names: list[str]) -> None:
    """Stop the process where it first reaches each of the points, until somebody wakes it."""
    reach = points._reach

    def sleeping(reached: str) -> None:
        reach(reached)
        if names and reached == names[0]:
            del names[0]
            os.kill(os.getpid(), signal.SIGSTOP)

    points._reach = sleeping


def _ended(child: int) -> dict[str, int]:
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        _asleep.add(child)
        return {ASLEEP: child}
    _asleep.discard(child)
    return {"code": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    main()
