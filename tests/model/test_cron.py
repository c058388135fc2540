from datetime import UTC, datetime

import pytest

from headwater.model.cron import parse_cron

NOON = datetime(2026, 11, 21, 12, 7, 30, tzinfo=UTC)  # a Saturday


def at(*of):
    return datetime(*of, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "latest"),
    [
        ("* * * * *", at(2026, 11, 21, 12, 7)),
        ("0 6 * * *", at(2026, 11, 21, 6)),
        ("0 18 * * *", at(2026, 11, 20, 18)),
        ("7 12 * * *", at(2026, 11, 21, 12, 7)),
        ("8 12 * * *", at(2026, 11, 20, 12, 8)),
        ("*/15 * * * *", at(2026, 11, 21, 12)),
        ("5-50/15 9-17 * * mon-fri", at(2026, 11, 20, 17, 50)),
        ("0 0 1 * *", at(2026, 11, 1)),
        ("0 0 31 * *", at(2026, 10, 31)),
        ("30 4 1,15 * *", at(2026, 11, 15, 4, 30)),
        ("0 0 29 2 *", at(2024, 2, 29)),
        ("0 0 * * 7", at(2026, 11, 15)),
        ("0 0 * jan,jul *", at(2026, 7, 31)),
        ("@weekly", at(2026, 11, 15)),
        ("@hourly", at(2026, 11, 21, 12)),
    ],
)
def test_the_latest_time_is_the_last_that_is_not_after_now(line, latest):
    assert parse_cron(line).latest(NOON) == latest


def test_where_both_kinds_of_day_are_named_one_of_them_is_enough():
    cron = parse_cron("0 0 13 * fri")

    assert cron.latest(NOON) == at(2026, 11, 20)
    assert cron.latest(at(2026, 8, 14)) == at(2026, 8, 14)
    assert cron.latest(at(2026, 9, 13, 5)) == at(2026, 9, 13)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("0 6 * *", "is no cron line"),
        ("60 * * * *", "'60' is no minute: it goes from 0 to 59"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 0 0 * *", "'0' is no day of month"),
        ("0 0 * foo *", "'foo' is no month"),
        ("0 0 * * 8", "'8' is no day of week"),
        ("*/0 * * * *", "'*/0' is no minute"),
        ("5-1 * * * *", "'5-1' ends before it begins"),
        ("0 0 31 2 *", "names a day that no month has"),
        ("a b c d e", "is no minute"),
    ],
)
def test_a_line_that_is_none_is_refused_with_what_is_wrong(line, wrong):
    with pytest.raises(ValueError, match=wrong.replace("*", r"\*")):
        parse_cron(line)
