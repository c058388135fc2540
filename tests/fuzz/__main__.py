"""`make fuzz`: mutate files for a while, and say what came of them that should not."""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from tests.fuzz.run import Fuzz

_SHOWN = 40


def main() -> int:
    """Run, print, and answer 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, help="for how long; 60 where nothing is said")
    parser.add_argument("--mutants", type=int, help="how many")
    parser.add_argument("--seed", type=int, help="of the run; the same seed gives the same mutants")
    parser.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="for what fails")
    said = parser.parse_args()
    seed = secrets.randbelow(10**9) if said.seed is None else said.seed
    seconds = 60.0 if said.seconds is None and said.mutants is None else said.seconds
    with Fuzz(seed, said.keep).opened() as fuzz:
        fuzz.run(seconds=seconds, mutants=said.mutants, first=said.first)
    for line in _lines(fuzz, seed):
        print(line)  # noqa: T201 - this is what is asked for
    return 1 if fuzz.tally.findings else 0


def _lines(fuzz: Fuzz, seed: int) -> list[str]:
    tally = fuzz.tally
    refused = ", ".join(f"{code} {count}" for code, count in tally.refused_whole.most_common(12))
    seen = (
        f"seed {seed}: {tally.mutants:,} mutants, {tally.by_engine:,} of them by the engine, "
        f"{tally.by_others:,} beside another reader, {tally.by_lakes:,} by lakes; "
        f"its child held {tally.peak_bytes >> 20} MiB at most"
    )
    lines = [seen, f"refused whole: {refused or 'none'}"]
    for finding in tally.findings[:_SHOWN]:
        lines.append(f"FOUND {finding}")
        again = f"--seed {seed} --first {finding.number} --mutants 1"
        lines.append(f"      again: .venv/bin/python -m tests.fuzz {again}")
    more = len(tally.findings) - _SHOWN
    return [*lines, f"and {more} more"] if more > 0 else lines


if __name__ == "__main__":
    sys.exit(main())
