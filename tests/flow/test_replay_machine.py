"""Land, rewrite, replay, work, sweep, lose and rebuild, in any order, against a plain dict."""

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
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.flow import lakes
from tests.flow.lakes import csv_of

EXAMPLES = int(os.environ.get("HEADWATER_MACHINE_EXAMPLES", "3"))
"""How many lakes are played with; more of them take longer."""

STEPS = 12
FILES = st.sampled_from(["a.csv", "b.csv", "c.csv"])
ROWS = st.lists(st.sampled_from("pqrstuvw"), min_size=1, max_size=3, unique=True)
MONTHS = st.integers(1, 2)
SMALL = "    batch: {files: 2, age: 1s}\n"


class ReplayMachine(RuleBasedStateMachine):
    """A lake and a plain model of it: which rows each file stands for, once all work is done."""

    def __init__(self):
        super().__init__()
        self.folder = Path(mkdtemp())
        self.versions: dict[str, dict[str, list[str]]] = {}  # of each file: its text, its rows
        self.policy = "replace"
        self.waits = False  # whether the table may still lag behind
        self.lake = None

    @initialize(policy=st.sampled_from(["replace", "replace", "append", "reject"]))
    def make(self, policy):
        self.policy = policy
        feeds = f"{lakes.SALES}{SMALL}    on_rewrite: {policy}\n"
        self.lake = lakes.make(self.folder / "lake", feeds)

    def expected(self):
        """The rows that the table must have once all work is done."""
        rows = Counter()
        for versions in self.versions.values():
            texts = list(versions.values())
            kept = {"replace": texts[-1:], "append": texts, "reject": texts[:1]}[self.policy]
            rows.update(row for ids in kept for row in ids)
        return rows

    def teardown(self):
        if self.lake is not None:
            try:
                self.settle()
                assert self.lake.verify().findings == ()
            finally:
                self.lake.close()
        shutil.rmtree(self.folder)

    @rule(name=FILES, rows=ROWS, month=MONTHS)
    def land(self, name, rows, month):
        ids = [f"{name[0]}-{row}" for row in rows]
        text = csv_of(*ids, month=month)
        self.lake.land("sales", lakes.write(self.folder / "in" / name, text))
        versions = self.versions.setdefault(name, {})
        if self.policy == "replace":
            versions.pop(text, None)  # what comes again is the newest
        versions.setdefault(text, ids)
        self.waits = True

    @rule(as_one=st.booleans())
    def replay_all(self, as_one):
        self.waits |= bool(self.lake.replay("sales", as_one=as_one))

    @rule(name=FILES)
    def replay_one(self, name):
        if name in self.versions:
            self.waits |= bool(self.lake.replay("sales", file=f"sales/{name}"))

    @rule()
    def settle(self):
        self.lake.work()
        self.waits = False

    @rule()
    def sweep(self):
        self.lake.sweep(older_than=timedelta(0))

    @rule()
    def lose_the_table(self):
        self.settle()
        shutil.rmtree(self.folder / "lake" / "processed" / "sales", ignore_errors=True)
        self.lake.replay("sales", as_one=True)
        self.settle()

    @rule()
    def lose_the_ledger(self):
        self.lake.rebuild()
        self.waits = True

    @invariant()
    def a_reader_sees_every_row_once_and_after_the_work_exactly_those_of_the_model(self):
        if self.lake is None or not self.lake.tables():
            return
        shown = Counter(lakes.ids_of(self.lake))
        if self.policy != "append":
            assert all(count == 1 for count in shown.values())
        if not self.waits:
            assert shown == self.expected()


TestReplays = pytest.mark.slow(ReplayMachine.TestCase)
TestReplays.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
