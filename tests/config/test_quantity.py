"""Sizes, durations and limits as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.config.quantity import (
    format_duration,
    format_size,
    parse_duration,
    parse_money,
    parse_size,
    parse_tolerance,
)
from headwater.model.feed import Tolerance
from headwater.model.price import Money


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("256MB", 256_000_000),
        ("1GB", 1_000_000_000),
        ("1GiB", 1_073_741_824),
        ("1.5 gb", 1_500_000_000),
        ("10kB", 10_000),
        ("7", 7),
        (7, 7),
        ("0B", 0),
    ],
)
def test_sizes_are_read_as_written(text, size_bytes):
    assert parse_size(text) == size_bytes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fast", "is not a size; write 256MB"),
        ("256M", "'M' is not a unit of size; the units are B, KB, KiB"),
        ("0.5B", "is not a whole number of bytes"),
        ("5000PB", "is not a size that can be"),
        (-1, "is not a size that can be"),
        ("1e9", "is not a size"),
        ("9" * 5000, "is not a size"),
    ],
)
def test_what_is_no_size_is_refused_in_a_sentence(text, said):
    with pytest.raises(ValueError, match=said):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("60s", timedelta(seconds=60)),
        ("5m", timedelta(minutes=5)),
        ("1h", timedelta(hours=1)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("250ms", timedelta(milliseconds=250)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5 h", timedelta(minutes=90)),
    ],
)
def test_durations_are_read_as_written(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("60", "write a number and a unit"),
        ("soon", "is not a duration"),
        ("1:30", "is not a duration"),
        ("0.5ms", "is not a whole number of milliseconds"),
        ("9999999999d", "is more than ten years"),
    ],
)
def test_what_is_no_duration_is_refused_in_a_sentence(text, said):
    with pytest.raises(ValueError, match=said):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**18))
def test_every_size_survives_being_written_and_read(size_bytes):
    assert parse_size(format_size(size_bytes)) == size_bytes


@given(st.integers(min_value=0, max_value=3650 * 86_400_000))
def test_every_duration_survives_being_written_and_read(milliseconds):
    duration = timedelta(milliseconds=milliseconds)

    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(256_000_000, "256MB"), (268_435_456, "256MiB"), (1500, "1500B"), (0, "0B")],
)
def test_a_size_is_written_in_its_largest_exact_unit(size_bytes, text):
    assert format_size(size_bytes) == text


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("1%", Tolerance(share=0.01)),
        ("0.5 %", Tolerance(share=0.005)),
        ("0", Tolerance(rows=0)),
        (0, Tolerance(rows=0)),
        (100, Tolerance(rows=100)),
        ("100 rows", Tolerance(rows=100)),
        ("1 row", Tolerance(rows=1)),
    ],
)
def test_limits_are_a_share_or_a_count_of_rows(text, limit):
    assert parse_tolerance(text) == limit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.01", "for a share of them, write 1%"),
        ("101%", "a share is 0% to 100%"),
        ("few", "write a share such as 1%, or a count of rows"),
        (-1, "is not a limit"),
    ],
)
def test_what_is_no_limit_is_refused_with_what_to_write(text, said):
    with pytest.raises(ValueError, match=said):
        parse_tolerance(text)


@pytest.mark.parametrize(
    ("text", "nanos"),
    [("5 USD", 5 * 10**9), ("0.25 USD", 25 * 10**7), ("0.000000001USD", 1), ("0 usd", 0)],
)
def test_an_amount_is_a_number_and_a_currency(text, nanos):
    assert parse_money(text) == Money(nanos, "USD")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5", "has no currency; write 5 USD"),
        ("5 dollars", "has no currency"),
        ("USD 5", "is not an amount"),
        ("-5 USD", "is not an amount"),
        ("0.0000000001 USD", "more than nine digits"),
        ("1000000001 USD", "more than a billion"),
    ],
)
def test_what_is_no_amount_is_told_why(text, why):
    with pytest.raises(ValueError, match=why):
        parse_money(text)
