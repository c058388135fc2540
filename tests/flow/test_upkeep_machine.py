"""Files land, change, are replayed, joined, swept in any order: the newest of each is shown."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from headwater.errors import QueryError
from tests.flow import lakes
from tests.flow.lakes import ids_of

FEEDS = lakes.SALES + "    batch: {files: 2}\n    compact: 3\n"
SHOWN = "select id from sales order by id"


class Upkeep(RuleBasedStateMachine):
    """A lake, and beside it what its table must show."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="headwater-upkeep-"))
        self.clock = lakes.Clock()
        self.lake = lakes.make(self.root / "lake", FEEDS, clock=self.clock)
        self.versions = 0
        self.landed: dict[str, list[str]] = {}
        self.shown: dict[str, list[str]] = {}
        self.seen: dict[int, list[str]] = {}

    @rule(
        names=st.lists(st.sampled_from("abcd"), min_size=1, unique=True),
        rows=st.integers(1, 4),
        bad=st.booleans(),
    )
    def land(self, names, rows, bad):
        for name in names:
            self.versions += 1
            ids = [f"{name}|{self.versions}|{row}" for row in range(rows)]
            lines = [f"{each},2026-{1 + at % 2:02d}-05,1" for at, each in enumerate(ids)]
            lines += ["bad,soon,1"] if bad else []
            file = self.root / f"{name}.csv"
            lakes.write(file, "\n".join(["id,day,qty", *lines]) + "\n")
            self.lake.land("sales", file)
            self.landed[name] = ids

    @precondition(lambda self: self.landed)
    @rule()
    def work(self):
        self.lake.work()
        self.shown.update(self.landed)
        self.look()

    @precondition(lambda self: self.shown)
    @rule()
    def replay(self):
        self.lake.replay()
        self.work()

    @precondition(lambda self: self.shown)
    @rule()
    def compact(self):
        self.lake.compact()
        self.look()
        assert [each.joined for each in self.lake.compact()] == [0]

    @precondition(lambda self: self.shown)
    @rule(days=st.sampled_from([0, 1, 8]))
    def sweep(self, days):
        self.clock.advance(days=days)
        would = self.lake.sweep(dry_run=True)
        assert self.lake.sweep().files == would.files
        assert self.lake.sweep().files == ()
        self.look()

    def look(self):
        expected = sorted(row for rows in self.shown.values() for row in rows)
        assert ids_of(self.lake) == expected
        self.seen[self.lake.tables()[0].version] = expected

    def teardown(self):
        try:
            if self.shown:
                self.end()
        finally:
            self.lake.close()
            shutil.rmtree(self.root)

    def end(self):
        assert self.lake.verify().findings == ()
        readable = {
            version
            for first, last in self.lake.table("sales").readable
            for version in range(first, last + 1)
        }
        for version, expected in self.seen.items():
            if version in readable:
                rows = self.lake.query(SHOWN, at=version).rows()
                assert [row[0] for row in rows] == expected
            else:
                with pytest.raises(QueryError, match="cannot be read any more"):
                    self.lake.query(SHOWN, at=version)


@pytest.mark.slow
def test_whatever_is_done_the_table_shows_the_newest_version_of_each_file():
    run_state_machine_as_test(
        Upkeep,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
