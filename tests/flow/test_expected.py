"""What is expected of a feed, against what landed and what was written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headwater.flow.expected import expectations
from tests.flow import lakes

DAILY = """\
  sales:
    match: sales/*.csv
    expect: {{every: 1d, by: "06:00", grace: 30m, timezone: Europe/Berlin, since: 2026-11-01{more}}}
"""
GOOD = "id,amount\n1,1.5\n2,2\n"


@pytest.fixture
def clock():
    clock = lakes.Clock()
    clock.now = datetime(2026, 11, 20, 4, tzinfo=UTC)  # five in the morning in Berlin
    return clock


@pytest.fixture
def opened(folder, clock):
    """A lake of which something more is expected."""
    some = []

    def opened(more="", feeds=DAILY):
        some.append(lakes.make(folder, feeds.format(more=more), clock=clock))
        return some[-1]

    yield opened
    for lake in some:
        lake.close()


def last(lake, feed="sales"):
    (found,) = (each for each in expectations(lake._world) if each.feed == feed)
    return found.periods[-1]


def before(lake):
    return lake.expected("sales")[0].periods[-2]


def test_a_period_waits_until_it_is_due_and_is_late_behind_its_grace(opened, clock):
    lake = opened()

    assert last(lake).state == "waiting"
    clock.advance(minutes=89)
    assert last(lake).state == "waiting"
    clock.advance(minutes=1)
    assert last(lake).state == "late"
    assert last(lake).since == clock.now


def test_what_did_not_come_in_its_period_is_missing(opened, clock):
    lake = opened()

    clock.advance(days=1)

    assert (before(lake).period.name, before(lake).state) == ("2026-11-20", "missing")


def test_a_file_that_landed_meets_its_period_before_it_is_converted(opened, incoming):
    lake = opened()

    lake.land("sales", incoming("a.csv", GOOD))

    assert (last(lake).state, last(lake).came.files, last(lake).came.waiting) == ("met", 1, 1)
    assert last(lake).late is None


def test_a_file_that_came_late_meets_its_period_and_how_late_is_told(opened, clock, incoming):
    lake = opened()
    clock.advance(hours=3, minutes=30)

    lake.land("sales", incoming("a.csv", GOOD))

    assert last(lake).state == "met"
    assert last(lake).late.total_seconds() == 2 * 3600


def test_a_correction_in_time_does_not_make_its_file_late_or_two(opened, clock, incoming):
    lake = opened(", at_most: 1 file")
    lake.ingest("sales", incoming("a.csv", GOOD))
    clock.advance(hours=5)

    lake.ingest("sales", incoming("a.csv", "id,amount\n1,7\n"))

    assert (last(lake).state, last(lake).late, last(lake).came.rows) == ("met", None, 1)


def test_fewer_files_than_expected_are_partial_and_more_differ(opened, clock, incoming):
    lake = opened(", at_least: 2 files, at_most: 2 files")
    clock.advance(hours=3)

    lake.land("sales", incoming("a.csv", GOOD))
    assert (last(lake).state, last(lake).lacks) == ("partial", ("2 files, of which 1 came",))
    lake.land("sales", incoming("b.csv", GOOD))
    assert last(lake).state == "met"
    lake.land("sales", incoming("c.csv", GOOD))
    assert last(lake).odd == ("3 files came, 2 at most are expected",)
    assert last(lake).state == "differs"


def test_rows_are_judged_when_all_is_converted(opened, clock, incoming):
    lake = opened(", rows: [3, null]")
    clock.advance(hours=3)

    lake.land("sales", incoming("a.csv", GOOD))
    assert last(lake).state == "waiting"
    lake.work()
    assert (last(lake).state, last(lake).lacks) == ("partial", ("3 rows, of which 2 came",))


def test_a_file_that_is_refused_whole_has_not_come(opened, clock, incoming):
    lake = opened(
        feeds=DAILY.replace(
            "    match", "    format: csv\n    max_bad: 0\n    schema: {{amount: int}}\n    match"
        )
    )
    lake.ingest("sales", incoming("a.csv", "id,amount\n1,x\n"))
    clock.advance(hours=3)

    assert last(lake).state == "partial"
    assert "1 file came and was refused" in last(lake).lacks


def test_each_name_of_a_set_has_to_be_there(opened, clock, incoming):
    lake = opened(', files: ["de-*.csv", "fr-*.csv"]')
    lake.land("sales", incoming("de-1.csv", GOOD))
    clock.advance(hours=3)

    assert (last(lake).state, last(lake).lacks) == ("partial", ("fr-*.csv",))
    lake.land("sales", incoming("fr-1.csv", GOOD))
    assert last(lake).state == "met"


def test_a_name_with_a_date_says_which_period_a_file_is_of(opened, clock, incoming):
    lake = opened(', files: "s-{{date:%Y%m%d}}*.csv"'.replace("{{", "{").replace("}}", "}"))
    clock.advance(days=1, hours=3)
    assert (before(lake).state, last(lake).state) == ("missing", "late")
    assert last(lake).lacks == ("s-20261121*.csv",)

    lake.land("sales", incoming("s-20261120[1].csv", GOOD))

    assert (before(lake).state, last(lake).state) == ("met", "late")


def test_what_lacked_is_shown_until_a_later_period_is_met_and_with_dates_until_it_came(
    opened, clock, incoming
):
    lake = opened()
    clock.advance(days=1)
    assert [each.period.name for each in lake.expected("sales")[0].bad][-1] == "2026-11-20"
    lake.land("sales", incoming("s-2026-11-21.csv", GOOD))
    assert lake.expected("sales")[0].bad == ()

    dated = opened(', files: "s-{date}.csv"')

    assert [each.period.name for each in dated.expected("sales")[0].bad][-1] == "2026-11-20"


def test_nothing_is_expected_before_anybody_could_have_known(folder, clock):
    feeds = '  sales:\n    expect: {every: 1d, by: "03:00"}\n'
    with lakes.make(folder, feeds, clock=clock) as lake:
        assert lake.expected("sales")[0].periods == ()


CONTROLLED = """\
  sales:
    match: sales/*.csv
    expect: {control: {feed: told, rows: n, totals: {amount: total}}, since: 2026-11-01}
  told: {match: sales/*.ctl}
"""


def test_a_control_file_that_agrees_is_met_and_one_that_does_not_is_told_by_both_numbers(
    folder, clock, incoming
):
    with lakes.make(folder, CONTROLLED, clock=clock) as lake:
        lake.ingest("sales", incoming("a.csv", GOOD))
        lake.ingest("told", incoming("a.ctl", "n,total\n2,3.50\n"))
        assert last(lake).state == "met"

        lake.ingest("told", incoming("a.ctl", "n,total\n3,4.50\n"))

        assert last(lake).state == "differs"
        assert last(lake).odd == (
            "the control file says 3 for records, there is 2",
            "the control file says 4.5 for amount, there is 3.5",
        )


def test_a_control_file_without_the_column_is_told_and_hides_nothing_else(folder, clock, incoming):
    with lakes.make(folder, CONTROLLED, clock=clock) as lake:
        lake.ingest("sales", incoming("a.csv", GOOD))
        lake.ingest("told", incoming("a.ctl", "rows,total\n2,3.50\n"))

        assert last(lake).state == "differs"
        assert "cannot be compared" in last(lake).odd[0]


def test_a_volume_far_from_that_of_the_days_before_is_flagged_with_the_numbers(
    folder, clock, incoming
):
    feeds = '  sales:\n    expect: {by: "06:00", since: 2026-11-01}\n'
    with lakes.make(folder, feeds, clock=clock) as lake:
        for day, rows in enumerate((100, 104, 98, 101, 97, 12)):
            lines = "".join(f"{number}\n" for number in range(rows))
            lake.ingest("sales", incoming(f"{day}.csv", f"id\n{lines}"))
            clock.advance(hours=3)
            assert bool(last(lake).volume) == (rows == 12)
            odd = last(lake).volume
            clock.advance(hours=21)

    assert [(each.what, each.figure, each.usual, each.periods) for each in odd] == [
        ("rows", 12, 100, 5)
    ]
