"""Runs one step of an iteration in a process of its own, forked from one that has imported all.

Reads requests as JSON lines, answers each with how the process ended. Forking before any
thread or connection exists is safe, and saves half a second a step.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any


def step(request: dict[str, Any]) -> int:
    """Do what the request says to the lake in its folder."""
    from headwater import open as open_lake
    from headwater.flow.land import LandingOutcome

    with open_lake(request["lake"]) as lake:
        verb = request["verb"]
        if verb == "land":
            for feed, files in request["files"].items():
                landings = lake.land(feed, *files)
                if any(each.outcome is LandingOutcome.REFUSED for each in landings):
                    return 1
        elif verb == "work":
            lake.work(until_idle=True)
        elif verb == "sweep":
            lake.sweep(older_than=timedelta(0))
        elif verb == "replay":
            lake.replay()
        elif verb == "reconcile":
            lake.reconcile()
        elif verb == "verify":
            verdict = lake.verify()
            for finding in verdict.findings:
                sys.stderr.write(f"{finding}\n")
            return 0 if verdict.holds else 1
    return 0


def run(request: dict[str, Any]) -> int:
    """Fork, do it, answer the exit code; a negative one is the signal that ended it."""
    child = os.fork()
    if child == 0:
        os.environ.update(request["environment"])
        from headwater import points

        points.arm()
        for name in request.get("broken", []):
            importlib.import_module(f"tests.crash.broken.{name}").apply()
        try:
            code = step(request)
        except BaseException:  # noqa: BLE001 - this is the door of the process
            traceback.print_exc()
            code = 70
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Answer requests until there are no more."""
    import deltalake  # noqa: F401 - imported before the fork

    import headwater.wiring  # noqa: F401 - imported before the fork

    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
