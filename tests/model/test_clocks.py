"""When clocks are put back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from headwater.model.clocks import put_back


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5"])
def test_clocks_that_stay_as_they_are_show_nothing_twice(zone):
    assert put_back(zone) == ()


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Havana",
        "Africa/Casablanca",
    ],
)
def test_what_is_shown_twice_is_shown_at_both_instants(zone):
    clocks = ZoneInfo(zone)

    for change in put_back(zone):
        first, again = (
            each.astimezone(clocks).replace(tzinfo=None, fold=0)
            for each in (change.first, change.at)
        )
        assert first == again == change.shows
        last = (change.at - timedelta(seconds=1)).astimezone(clocks).date()
        assert change.days == (change.shows.date(), last)


def test_the_change_of_a_year_is_found_to_the_second():
    (autumn,) = [each for each in put_back("Europe/Berlin") if each.at.year == 2024]

    assert autumn.at == datetime(2024, 10, 27, 1, tzinfo=UTC)
    assert autumn.by == timedelta(hours=1)
    assert autumn.days == (date(2024, 10, 27), date(2024, 10, 27))
