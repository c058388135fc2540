"""Files land, are corrected, committed in any order and read again: a dict says what stays."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.flow import lakes

EXAMPLES = int(os.environ.get("HEADWATER_MACHINE_EXAMPLES", "3"))
"""How many lakes are played with; more of them take longer."""

STEPS = 14
MODES = {
    "last": "mode: {upsert: {by: id}}",
    "latest": "mode: {upsert: {by: id, keep: latest at}}",
    "partitions": "mode: replace partitions\n    partition: [id]",
}
FILES = st.sampled_from(["a.csv", "b.csv", "c.csv", "d.csv"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["p", "q", "r", ""]), st.integers(0, 2)), min_size=1, max_size=4
)


@dataclass(frozen=True)
class Row:
    """A row of a file: its key, its time, its number among all rows ever made."""

    id: str
    at: int
    n: int


@dataclass(frozen=True)
class Version:
    """One text that landed under a name: when, among all of them, and its rows."""

    name: str
    place: int
    rows: tuple[Row, ...]


class MergeMachine(RuleBasedStateMachine):
    """A lake, and beside it the rows that a reader must see after each commit."""

    def __init__(self):
        super().__init__()
        self.folder = Path(mkdtemp())
        self.clock = lakes.Clock()
        self.numbers = iter(range(1_000_000))
        self.versions: dict[str, Version] = {}  # by raw name
        self.shown: dict[str, tuple[Version, tuple[Row, ...]]] = {}  # by name of the file
        self.lake = None

    @initialize(mode=st.sampled_from(list(MODES)))
    def make(self, mode):
        self.mode = mode
        feeds = (
            "  sales:\n    schema: {id: text, at: bigint, n: bigint}\n"
            f"    batch: {{files: 2, age: 1s}}\n    {MODES[mode]}\n"
        )
        self.lake = lakes.make(self.folder / "lake", feeds, clock=self.clock)

    def teardown(self):
        if self.lake is not None:
            try:
                self.work_all()
                assert self.lake.verify().findings == ()
            finally:
                self.lake.close()
        shutil.rmtree(self.folder)

    @rule(files=st.lists(st.tuples(FILES, ROWS, st.integers(0, 1)), min_size=1, max_size=4))
    def land(self, files):
        for name, rows, seconds in files:
            self.clock.advance(seconds=seconds)
            self.land_one(name, rows)

    def land_one(self, name, rows):
        made = tuple(Row(key, at, next(self.numbers)) for key, at in rows)
        text = "\n".join(["id,at,n", *(f"{row.id},{row.at},{row.n}" for row in made)]) + "\n"
        (landing,) = self.lake.land("sales", lakes.write(self.folder / "in" / name, text))
        if landing.arrival is not None and landing.arrival.raw not in self.versions:
            version = Version(name, len(self.versions), made)
            self.versions[landing.arrival.raw] = version

    @rule(order=st.permutations(range(6)))
    def commit_in_any_order(self, order):
        """All that waits is claimed first, so that the last to be claimed may commit first."""
        self.clock.advance(seconds=120)
        lakes.flush(self.lake)
        claims = []
        while (claimed := lakes.claim(self.lake)) is not None:
            claims.append(claimed)
        for claimed in sorted(claims, key=lambda each: order[claims.index(each) % len(order)]):
            self.try_once(claimed)

    @rule(as_one=st.booleans())
    def replay_all(self, as_one):
        self.lake.replay("sales", as_one=as_one)

    @rule(name=FILES)
    def replay_one(self, name):
        if any(version.name == name for version in self.versions.values()):
            self.lake.replay("sales", file=f"sales/{name}")

    @rule()
    def compact(self):
        if self.lake.tables():
            self.lake.compact("sales")

    @rule()
    def lose_the_ledger(self):
        self.work_all()
        self.lake.rebuild()

    def work_all(self):
        while True:
            self.clock.advance(seconds=120)
            lakes.flush(self.lake)
            claimed = lakes.claim(self.lake)
            if claimed is None:
                return
            self.try_once(claimed)

    def try_once(self, claimed):
        members = self.lake._world.ledger.members(claimed.manifest.id)
        receipt = lakes.try_once(self.lake, claimed)
        assert receipt is not None
        assert hasattr(receipt, "books"), receipt
        for each in members:
            version = self.versions[each.raw]
            self.shown[version.name] = (version, version.rows)
        self.merge()
        assert self.seen() == self.expected()

    def merge(self):
        """Of all rows that are there, those stay that the mode says."""
        best: dict[str, tuple[int, ...]] = {}
        for version, rows in self.shown.values():
            for row in rows:
                best[row.id] = max(best.get(row.id, ()), self.order(version, row))
        for name, (version, rows) in list(self.shown.items()):
            kept = (
                row
                for row in rows
                if self.matches_none(row) or self.order(version, row) == best[row.id]
            )
            self.shown[name] = (version, tuple(kept))

    def matches_none(self, row):
        return not row.id and self.mode != "partitions"

    def order(self, version, row):
        if self.mode == "partitions":
            return (version.place,)
        return (row.at if self.mode == "latest" else 0, version.place, version.rows.index(row))

    def expected(self):
        return Counter(row.n for _, rows in self.shown.values() for row in rows)

    def seen(self):
        if not self.lake.tables():
            return Counter()
        return Counter(row[0] for row in self.lake.query("select n from sales").rows())


TestMerging = pytest.mark.slow(MergeMachine.TestCase)
TestMerging.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
