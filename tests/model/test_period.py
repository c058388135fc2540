"""Periods: by the clock on the wall, without a gap, on days of 23 and 25 hours too."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.expect import By, Every, Expect, Unit
from headwater.model.period import period_names, periods

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana")
EVERY = (
    *(Every(Unit.MINUTE, minutes) for minutes in (5, 15, 30, 60, 120, 360, 720)),
    *(Every(unit) for unit in (Unit.DAY, Unit.WEEKDAY, Unit.WEEK, Unit.MONTH)),
)
NOW = st.integers(0, 11 * 366 * 24 * 60).map(
    lambda minutes: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(*moment, zone="UTC"):
    return datetime(*moment, tzinfo=ZoneInfo(zone))


@given(
    zone=st.sampled_from(ZONES),
    every=st.sampled_from(EVERY),
    now=NOW,
    count=st.integers(1, 12),
)
def test_the_last_periods_reach_without_a_gap_to_the_one_that_now_is_in(zone, every, now, count):
    found = periods(Expect(every, timezone=zone), now, count)

    assert len(found) == count
    assert found[-1].start <= now < found[-1].end
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(each.start < each.end for each in found)
    assert len({each.name for each in found}) == count


@given(
    zone=st.sampled_from(ZONES),
    now=NOW,
)
def test_a_deadline_is_what_the_clock_on_the_wall_says_whatever_the_length_of_the_day(zone, now):
    expect = Expect(Every(Unit.DAY), By(minutes=6 * 60), timezone=zone)

    for each in periods(expect, now, 3):
        due = each.due.astimezone(ZoneInfo(zone))
        assert (due.hour, due.minute) == (6, 0)
        assert due.date().isoformat() == each.name


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_hours_of_a_day_on_which_clocks_change_are_as_many_as_there_are(day, hours):
    expect = Expect(Every(Unit.MINUTE, 60), timezone="Europe/Berlin")
    evening = at(*day, 23, 30, zone="Europe/Berlin")

    found = periods(expect, evening, hours)

    assert found[0].start == at(*day, zone="Europe/Berlin")
    assert len({each.name for each in found}) == hours
    assert {each.end - each.start for each in found} == {timedelta(hours=1)}


def test_weekdays_are_five_and_that_of_friday_lasts_over_the_weekend():
    found = periods(Expect(Every(Unit.WEEKDAY)), at(2026, 11, 23, 12), 3)

    assert [each.name for each in found] == ["2026-11-19", "2026-11-20", "2026-11-23"]
    assert found[1].end == at(2026, 11, 23)


def test_weeks_begin_on_monday_and_months_on_their_first():
    week = periods(Expect(Every(Unit.WEEK), By(days=2, minutes=60)), at(2026, 11, 21), 1)[0]
    month = periods(Expect(Every(Unit.MONTH)), at(2026, 11, 21), 2)[0]

    assert (week.name, week.start, week.due) == ("2026-W47", at(2026, 11, 16), at(2026, 11, 18, 1))
    assert (month.name, month.start, month.end) == ("2026-10", at(2026, 10, 1), at(2026, 11, 1))


def test_grace_moves_the_deadline_and_a_duration_counts_from_the_beginning():
    expect = Expect(Every(Unit.MINUTE, 60), By(elapsed=timedelta(minutes=20)), timedelta(minutes=5))

    assert periods(expect, at(2026, 11, 21, 7, 1), 1)[0].due == at(2026, 11, 21, 7, 25)


def test_what_bears_its_date_is_waited_for_until_the_next_deadline_and_else_until_the_end():
    by = By(minutes=6 * 60)
    dated = Expect(Every(Unit.DAY), by, names=("a-{date}.csv",))

    assert periods(dated, at(2026, 11, 21, 7), 1)[0].closes == at(2026, 11, 22, 6)
    assert periods(Expect(Every(Unit.DAY), by), at(2026, 11, 21, 7), 1)[0].closes == at(
        2026, 11, 22
    )


def test_names_have_the_date_on_which_the_period_begins_in_its_zone():
    expect = Expect(
        Every(Unit.DAY), names=("a-{date}.csv", "b-{date:%Y%m%d}-*"), timezone="Asia/Tokyo"
    )

    assert period_names(expect, at(2026, 11, 20, 15)) == ("a-2026-11-21.csv", "b-20261121-*")
