"""`make crash`: run the kit for a while and say what it saw."""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.crash.driver import Driver
from tests.crash.kit import run, shows


def main() -> int:
    """Run, print, and answer 1 if anything was lost, doubled or broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seconds", type=float, help="for how long")
    parser.add_argument("--iterations", type=int, help="how many; 1 where nothing is said")
    parser.add_argument("--seed", type=int, help="of the first iteration; each next is one more")
    parser.add_argument("--like", metavar="VARIANT", help="stress what shows this broken variant")
    parser.add_argument("--broken", metavar="VARIANT", help="and break the flow with it")
    said = parser.parse_args()
    seed = secrets.randbelow(10**9) if said.seed is None else said.seed
    iterations = 1 if said.iterations is None and said.seconds is None else said.iterations
    like = said.broken or said.like
    with Driver() as driver:
        tally = run(
            driver,
            seconds=said.seconds,
            iterations=iterations,
            seed=seed,
            emphasis=shows(like) if like else None,
            broken=[said.broken] if said.broken else [],
        )
    option = f" --broken {said.broken}" if said.broken else f" --like {like}" if like else ""
    for line in tally.lines(seed, f".venv/bin/python -m tests.crash{option}"):
        print(line)  # noqa: T201 - this is what is asked for
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
