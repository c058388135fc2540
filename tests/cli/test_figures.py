from datetime import UTC, datetime, timedelta

import pytest

from headwater.show.figures import clean, count, counted, duration, moment, rate, size


@pytest.mark.parametrize(
    ("size_bytes", "spelled"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (2_600_000_000, "2.6 GB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_a_size_has_one_to_three_digits_before_the_point(size_bytes, spelled):
    assert size(size_bytes) == spelled


@pytest.mark.parametrize(
    ("seconds", "spelled"),
    [
        (0, "0.00 s"),
        (0.84, "0.84 s"),
        (12, "12 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
        (273_600, "3 d 4 h"),
        (-5, "0.00 s"),
    ],
)
def test_a_duration_has_its_one_or_two_greatest_units(seconds, spelled):
    assert duration(seconds) == spelled
    assert duration(timedelta(seconds=seconds)) == spelled


def test_numbers_have_their_thousands_apart():
    assert count(1_234_567) == "1,234,567"
    assert counted(1, "row") == "1 row"
    assert counted(2_000, "row") == "2,000 rows"
    assert rate(310_000_000) == "310 MB/s"


def test_a_moment_is_told_in_utc():
    assert moment(datetime(2025, 4, 2, 6, 0, 1, tzinfo=UTC)) == "2025-04-02 06:00:01 UTC"


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud83d", "\\ud83d"),
    ],
)
def test_what_could_act_on_a_terminal_is_spelled(hostile, harmless):
    assert clean(hostile) == harmless


def test_letters_of_every_script_stay_as_they_are():
    assert clean("Zoë 山田 👩‍🌾 नमस्ते") == "Zoë 山田 👩‍🌾 नमस्ते"


def test_long_text_is_cut_to_exactly_the_length_asked_for():
    assert clean("x" * 100, 20) == "x" * 17 + "..."
