"""An incremental model holds the rows that a full build would make, and makes no more anew."""

from __future__ import annotations

from collections import Counter
from datetime import date
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.adapters.duckdb.engine import DuckEngine
from tests.flow import modelled
from tests.flow.modelled import CUSTOMERS, SALES, build, change, put

MODELS = """\
  by_segment:
    sql: |
      select s.day, c.segment, count(*) as n, sum(s.qty) as qty
      from sales s left join customers c on s.c = c.c
      group by all having count(*) > 1
    mode: incremental
    since: sales
    partition: [day]
  numbered:
    sql: select *, row_number() over (partition by year(day), day order by id, c, qty) as n
      from sales where qty > 0
    mode: incremental
    partition: [day]
"""
DAYS = [None, *(date(2026, 1, day) for day in range(1, 5))]

row = st.tuples(
    st.integers(0, 5), st.sampled_from(DAYS), st.sampled_from(["a", "b"]), st.integers(-1, 3)
)
step = st.one_of(
    st.tuples(st.just("append"), st.lists(row, min_size=1, max_size=4)),
    st.tuples(st.just("replace"), st.lists(row, max_size=4)),
    st.tuples(st.just("remove"), st.none()),
    st.tuples(st.just("compact"), st.none()),
    st.tuples(st.just("customers"), st.sampled_from(["x", "y", "z"])),
    st.tuples(st.just("build"), st.none()),
)


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


class Plain:
    """The tables as lists of rows."""

    def __init__(self, lake):
        self.lake = lake
        self.parts = []  # the part, and its rows
        self.segments = {}
        change(lake, "sales", SALES)
        self.do("customers", "x")

    @property
    def rows(self):
        return [row for _, rows in self.parts for row in rows]

    def do(self, what, given):
        if what == "append":
            self._swap([], given)
        elif what == "replace" and self.parts:
            self._swap(self.parts[:1], given)
        elif what == "remove" and self.parts:
            self._swap(self.parts[-1:], [])
        elif what == "compact" and len(self.parts) > 1:
            self._swap(self.parts, self.rows)
        elif what == "customers":
            self.segments = {"a": given, "b": "x"}
            live = self.lake._world.tables.snapshot("customers")
            gone = [part.path for part in live.parts] if live else []
            part = put(self.lake, "customers", CUSTOMERS, self.segments.items())
            change(self.lake, "customers", CUSTOMERS, [part], gone)

    def _swap(self, gone, rows):
        added = [(put(self.lake, "sales", SALES, rows), rows)] if rows else []
        removed = [part.path for part, _ in gone]
        change(self.lake, "sales", SALES, [part for part, _ in added], removed)
        self.parts = [each for each in self.parts if each not in gone] + added

    def by_segment(self):
        groups = {}
        for _, day, customer, qty in self.rows:
            n, total = groups.get((day, self.segments[customer]), (0, 0))
            groups[day, self.segments[customer]] = n + 1, total + qty
        return Counter((*key, n, total) for key, (n, total) in groups.items() if n > 1)

    def numbered(self):
        found = Counter()
        for day in DAYS:
            kept = [row for row in self.rows if row[1] == day and row[3] > 0]
            kept.sort(key=lambda row: (row[0], row[2], row[3]))
            found.update((*row, number) for number, row in enumerate(kept, start=1))
        return found


def touched(before, after):
    """The days of rows that came or went."""
    gone, came = Counter(before), Counter(after)
    return {row[1] for row in (gone - came) + (came - gone)}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, min_size=2, max_size=9))
@pytest.mark.slow
def test_it_equals_a_full_build_whatever_came_and_went(engine, steps):
    with TemporaryDirectory() as folder, modelled.make_in(folder, MODELS) as lake:
        plain = Plain(lake)
        built = {}
        for what, given_rows in [*steps, ("build", None)]:
            plain.do(what, given_rows)
            if what != "build":
                continue
            for model in ("by_segment", "numbered"):
                receipt = build(lake, engine, model)
                wanted = getattr(plain, model)()
                assert Counter(modelled.rows(lake, model)) == wanted
                before = built.get(model)
                built[model] = (list(plain.rows), dict(plain.segments))
                if receipt is None or before is None:
                    continue
                if model == "numbered" or before[1] == plain.segments:
                    anew = receipt.build.partitions
                    assert anew is None or anew == len(touched(before[0], plain.rows))


def test_rows_that_only_move_into_another_part_make_nothing_anew(engine, tmp_path):
    with modelled.make(tmp_path / "lake", MODELS) as lake:
        plain = Plain(lake)
        plain.do("append", [(1, DAYS[1], "a", 1), (2, DAYS[2], "a", 1)])
        plain.do("append", [(3, DAYS[1], "b", 1)])
        build(lake, engine, "numbered")
        plain.do("compact", None)

        receipt = build(lake, engine, "numbered")

        assert (receipt.build.partitions, receipt.parts) == (0, 0)
        assert Counter(modelled.rows(lake, "numbered")) == plain.numbered()


def test_a_partition_whose_last_row_went_is_gone(engine, tmp_path):
    with modelled.make(tmp_path / "lake", MODELS) as lake:
        plain = Plain(lake)
        plain.do("append", [(1, DAYS[1], "a", 1)])
        plain.do("append", [(2, DAYS[2], "a", 1)])
        build(lake, engine, "numbered")
        plain.do("remove", None)

        receipt = build(lake, engine, "numbered")

        assert (receipt.build.partitions, receipt.build.rows) == (1, 1)
        assert modelled.rows(lake, "numbered") == [(1, DAYS[1], "a", 1, 1)]


def test_other_partitions_keep_their_files(engine, tmp_path):
    with modelled.make(tmp_path / "lake", MODELS) as lake:
        plain = Plain(lake)
        plain.do("append", [(1, DAYS[1], "a", 1), (2, DAYS[2], "a", 1)])
        build(lake, engine, "numbered")
        tables = lake._world.tables
        first = {part.path for part in tables.snapshot("numbered").parts}
        plain.do("append", [(3, DAYS[2], "a", 1)])

        build(lake, engine, "numbered")

        second = {part.path for part in tables.snapshot("numbered").parts}
        assert len(first & second) == 1
        assert len(second) == 2


def test_a_new_version_of_a_table_that_is_joined_builds_it_whole(engine, tmp_path):
    with modelled.make(tmp_path / "lake", MODELS) as lake:
        plain = Plain(lake)
        plain.do("append", [(1, DAYS[1], "a", 1), (2, DAYS[1], "a", 1)])
        build(lake, engine, "by_segment")
        plain.do("customers", "z")

        receipt = build(lake, engine, "by_segment")

        assert receipt.build.partitions is None
        assert Counter(modelled.rows(lake, "by_segment")) == plain.by_segment()


def test_parts_that_a_sweep_has_taken_build_it_whole(engine, tmp_path):
    with modelled.make(tmp_path / "lake", MODELS) as lake:
        plain = Plain(lake)
        plain.do("append", [(1, DAYS[1], "a", 1)])
        build(lake, engine, "numbered")
        gone = plain.parts[0][0]
        plain.do("replace", [(2, DAYS[2], "a", 1)])
        (tmp_path / "lake" / "processed" / "sales" / gone.path).unlink()

        receipt = build(lake, engine, "numbered")

        assert receipt.build.partitions is None
        assert Counter(modelled.rows(lake, "numbered")) == plain.numbered()
