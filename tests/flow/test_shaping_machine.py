"""Feeds with steps: land, rewrite, change a rule, replay, compact, sweep, rebuild in any order."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.flow import lakes

FEEDS = """\
  sales:
    format: csv
    schema: {{id: text not null, key: text, qty: bigint}}
    steps:
      - derive: {{twice: qty * 2}}
      - filter: qty < {most}
      - {dedupe}
    checks:
      - {{range: {{qty: [0, 1000]}}, when: read, action: quarantine}}
    batch: {{files: 20, age: 1s}}
    compact: 3
"""
EXAMPLES = int(os.environ.get("HEADWATER_MACHINE_EXAMPLES", "3"))
"""How many lakes are played with; more of them take longer."""

DEDUPES = {"none": "fill: {key: id}", "across": "dedupe: {by: key, across: table}"}
FILES = st.sampled_from("abc")
ROWS = st.lists(
    st.tuples(st.sampled_from("pqrst"), st.sampled_from([-1, 1, 5, 9])), min_size=1, max_size=4
)
LIMITS = st.sampled_from([5, 10])


class ShapingMachine(RuleBasedStateMachine):
    """A lake, and beside it the newest rows of each file and the rule they were taken by.

    Which row of a key stays depends on who came first, so that of `across` the model says that
    each is there once, and that every key is there of the files that were taken just then.
    """

    def __init__(self):
        super().__init__()
        self.folder = Path(mkdtemp(prefix="headwater-shaping-"))
        self.clock = lakes.Clock()
        self.versions = 0
        self.most = 10
        self.files: dict[str, list[tuple[str, str, int]]] = {}  # as they were landed last
        self.settled: dict[str, int] = {}  # under which rule each was taken that is shown
        self.lake = None

    @initialize(dedupe=st.sampled_from(sorted(DEDUPES)))
    def make(self, dedupe):
        self.dedupe = dedupe
        self._open()

    def _open(self):
        feeds = FEEDS.format(most=self.most, dedupe=DEDUPES[self.dedupe])
        self.lake = lakes.make(self.folder / "lake", feeds, clock=self.clock)

    @rule(names=st.sets(FILES, min_size=1), rows=ROWS)
    def land(self, names, rows):
        for name in sorted(names):
            self.versions += 1
            made = [(f"{name}|{self.versions}|{n}", *row) for n, row in enumerate(rows)]
            text = "".join(f"{one},{key},{qty}\n" for one, key, qty in made)
            file = lakes.write(self.folder / "in" / f"{name}.csv", f"id,key,qty\n{text}")
            self.lake.land("sales", file)
            self.files[name] = made
            self.settled.pop(name, None)

    @precondition(lambda self: self.files)
    @rule()
    def work(self):
        taken = self.files.keys() - self.settled.keys()
        self.lake.work()
        for name in self.files:
            self.settled.setdefault(name, self.most)
        self._look()
        fit = self._allowed()
        assert {key for name in taken for key in fit[name]} <= set(self._keys())

    @rule(most=LIMITS)
    def change_the_rule(self, most):
        self.work_first()
        self.lake.close()
        self.most = most
        self._open()

    @precondition(lambda self: self.files)
    @rule(name=FILES)
    def replay_one(self, name):
        self.work_first()
        if name in self.files and self.lake.replay("sales", file=f"sales/{name}.csv"):
            self.settled.pop(name)
        self.work()

    @precondition(lambda self: self.files)
    @rule(as_one=st.booleans())
    def replay_all(self, as_one):
        self.work_first()
        self._replay_all(as_one=as_one)

    def _replay_all(self, *, as_one):
        self.lake.replay("sales", as_one=as_one)
        self.settled.clear()
        self.work()

    @precondition(lambda self: self.files)
    @rule()
    def compact(self):
        self.work_first()
        self.lake.compact()
        self._look()

    @rule()
    def sweep(self):
        self.lake.sweep(older_than=timedelta(0))

    @rule()
    def lose_the_ledger(self):
        self.work_first()
        self.lake.rebuild()

    @precondition(lambda self: self.files)
    @rule()
    def lose_the_table(self):
        self.work_first()
        shutil.rmtree(self.folder / "lake" / "processed" / "sales", ignore_errors=True)
        self._replay_all(as_one=True)

    def work_first(self):
        """A rule is that of the day on which the work is done."""
        if self.files:
            self.work()

    def _allowed(self):
        """The rows of each file that are fit, by key: their ids and quantities."""
        fit = {}
        for name, rows in self.files.items():
            most = self.settled[name]
            of = fit.setdefault(name, {})
            for one, key, qty in rows:
                if 0 <= qty < most:
                    of.setdefault(key, []).append((one, qty))
        return fit

    def _shown(self):
        if not self.lake.tables():
            return []
        return [
            tuple(row) for row in self.lake.query("select id, key, qty, twice from sales").rows()
        ]

    def _keys(self):
        return Counter(key for _, key, _, _ in self._shown())

    def _look(self):
        shown = self._shown()
        fit = {
            (one, key, qty, 2 * qty)
            for of in self._allowed().values()
            for key, rows in of.items()
            for one, qty in rows
        }
        assert set(shown) <= fit
        assert len(set(shown)) == len(shown)
        if self.dedupe == "none":
            assert set(shown) == fit
        else:
            assert all(count == 1 for count in self._keys().values())
        self._look_at_books()

    def _look_at_books(self):
        for name, rows in self.files.items():
            (story,) = self.lake.explain(f"sales/{name}.csv")
            books = story.chapters[-1].books.books
            most = self.settled[name]
            refused = sum(qty < 0 for _, _, qty in rows)
            left = sum(qty >= most for _, _, qty in rows)
            assert (books.counted, books.filtered, books.quarantined) == (len(rows), left, refused)
            assert books.balanced

    def teardown(self):
        if self.lake is not None:
            try:
                self.work_first()
                assert self.lake.verify().findings == ()
            finally:
                self.lake.close()
        shutil.rmtree(self.folder)


TestShaping = pytest.mark.slow(ShapingMachine.TestCase)
TestShaping.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
