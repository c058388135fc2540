"""`make crash`: run the kit for a while and say what it saw."""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.crash.kit import Tally, run
from tests.crash.points import POINTS


def main() -> int:
    """Run, print, and answer 1 if anything was lost, doubled or broken."""
    parser = argparse.ArgumentParser(prog="make crash")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--iterations", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--broken", action="append", default=[], help="a variant of tests/crash/broken"
    )
    said = parser.parse_args()
    seed = secrets.randbelow(10**9) if said.seed is None else said.seed
    iterations = said.iterations or (1 if said.seed is not None else None)
    tally = run(
        seconds=None if iterations else said.seconds,
        iterations=iterations,
        seed=seed,
        broken=said.broken,
    )
    report(tally, seed)
    return 1 if tally.failures else 0


def report(tally: Tally, seed: int) -> None:
    """Print what was done and what was found."""
    reached = sum(name in tally.passed for name in POINTS)
    killed = sum(name in tally.killed_at for name in POINTS)
    print(f"iterations        {tally.iterations}")  # noqa: T201 - this is what is asked for
    print(f"kills             {tally.kills} ({tally.double_kills} during a recovery)")  # noqa: T201
    print(f"points passed     {reached} of {len(POINTS)}, killed at {killed}")  # noqa: T201
    unreached = [name for name in POINTS if name not in tally.passed]
    if unreached:
        print(f"points not passed {', '.join(unreached)}")  # noqa: T201
    print(f"rows lost         {tally.lost}")  # noqa: T201
    print(f"rows doubled      {tally.doubled}")  # noqa: T201
    print(f"first seed        {seed}")  # noqa: T201
    for failing, findings in tally.failures:
        print(f"FAILED            make crash SEED={failing}")  # noqa: T201
        for line in findings.broken[:20]:
            print(f"                  {line}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
