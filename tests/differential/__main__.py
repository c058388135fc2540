"""Texts of every kind for as long as there is time, read by the rooms and some by the engine."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.differential.edges import FORMS, SPECIALS, cases
from tests.differential.kinds import KINDS, by_engine, by_rooms, differing, flaws
from tests.differential.reading import read_records
from tests.differential.through import Through
from tests.differential.verdict import flaw_of

_SHARE = 20  # one text of so many is read by the engine, too
_SHOWN = 30


def main() -> int:
    """Run, print, and answer 1 if anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--seed", type=int, help="of the run")
    parser.add_argument("--kind", choices=[*KINDS, "edges"], action="append", help="only these")
    said = parser.parse_args()
    seed = secrets.randbelow(10**9) if said.seed is None else said.seed
    kinds = said.kind or [*KINDS]
    end = time.monotonic() + said.seconds
    with TemporaryDirectory(prefix="headwater-differential-") as folder:
        if "edges" in kinds:
            return _say(seed, _edges(Path(folder), end))
        with Through() as through:
            return _say(seed, _texts(seed, kinds, end, through, Path(folder) / "text"))


def _texts(seed: int, kinds: list[str], end: float, through: Through, path: Path) -> Iterator[str]:
    count, number, share = Counter[str](), 0, []
    while time.monotonic() < end:
        for name in kinds:
            each = f"{seed} {name} {number}"
            read = [by_rooms(name, each, path)]
            share += [differing(read)] if name == "found" else []
            if number % _SHARE == 0:
                read.append(by_engine(name, each, path, through))
            count[name] += len(read)
            yield from flaws(name, read)
        number += 1
    print(dict(count))  # noqa: T201 - this is what is asked for
    if share:
        print(f"another dialect was found, and told of: {sum(share) / len(share):.2%}")  # noqa: T201 - same


def _edges(folder: Path, end: float) -> Iterator[str]:
    path = folder / "text"
    for special in SPECIALS:
        for name in FORMS:
            for case in cases(name, special):
                if time.monotonic() > end:
                    return
                path.write_bytes(case.content)
                flaw = flaw_of(case, read_records(path))
                if flaw:
                    yield f"{case}: {flaw}"


def _say(seed: int, flaws: Iterator[str]) -> int:
    found = 0
    for found, flaw in enumerate(flaws, 1):
        if found <= _SHOWN:
            print(f"DIFFERS {flaw}")  # noqa: T201 - same
    print(f"seed {seed}: {found} differ")  # noqa: T201 - same
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
