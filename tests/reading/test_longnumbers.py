"""Fractions that a double does not hold are found, and kept as they are written."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.reading.json.longnumbers import (
    KEPT_DIGITS,
    may_hold_long_number,
    quote_long_numbers,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"a":0.123456789012345678}', '{"a":"0.123456789012345678"}'),
        ('{"a": -123456789.1234567890}', '{"a": "-123456789.1234567890"}'),
        ('{"a":[1,1.234567890123456789e5]}', '{"a":[1,"1.234567890123456789e5"]}'),
        ('{"a":123456789012345678901e5}', '{"a":"123456789012345678901e5"}'),
    ],
)
def test_a_fraction_with_more_digits_becomes_a_string(text, kept):
    assert may_hold_long_number(text.encode())
    assert quote_long_numbers(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        '{"a":0.12345678901234567}',
        '{"a":-0.00000012345678901234567}',
        '{"a":12345678901234567890123456789012345678}',
        '{"a":"0.1234567890123456789012345"}',
        '{"a":"2025-04-04 18:39:34.123456"}',
    ],
)
def test_what_a_double_or_a_whole_number_holds_stays(text):
    assert not may_hold_long_number(text.encode())
    assert quote_long_numbers(text) == text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_whatever_a_program_writes_of_doubles_stays(numbers):
    text = json.dumps({"a": numbers})

    assert quote_long_numbers(text) == text


@given(
    before=st.text(alphabet="a,:0. "),
    number=st.decimals(allow_nan=False, allow_infinity=False, places=25, min_value=-9, max_value=9),
)
def test_no_digit_of_a_long_fraction_is_lost(before, number):
    text = json.dumps({"t": before})[:-1] + f', "n": {number:f}}}'
    digits = len(f"{number:f}".lstrip("-0.").replace(".", ""))

    assert may_hold_long_number(text.encode()) or digits <= KEPT_DIGITS
    assert Decimal(json.loads(quote_long_numbers(text), parse_float=Decimal)["n"]) == number
