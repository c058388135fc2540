"""Dates that nobody may guess at: what is said of how they are written."""

import pytest

from headwater.look.dates import written_dates


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["31.12.2026", "1.1.2026"], ("%d.%m.%Y",)),
        (["12/31/2026", "01/02/2026"], ("%m/%d/%Y",)),
        (["03/04/2026", "05/06/2026"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["31-12-2026 23:59", None, ""], ("%d-%m-%Y %H:%M",)),
        (["31.12.2026T23:59:59"], ("%d.%m.%YT%H:%M:%S",)),
    ],
)
def test_the_way_is_told_in_which_all_are_written(texts, formats):
    assert written_dates(texts).formats == formats


@pytest.mark.parametrize(
    "texts",
    [
        ["31.12.2026", "12/31/2026"],
        ["31.12.2026", "31.12.2026 10:00"],
        ["31.12.2026", "soon"],
        ["13.13.2026"],
        ["31.12.26"],
        ["31.12-2026"],
        ["٣١.١٢.٢٠٢٦"],
        [None, ""],
        [],
    ],
)
def test_nothing_is_told_of_what_is_not_written_in_one_way(texts):
    assert written_dates(texts) is None
