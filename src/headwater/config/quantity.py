"""Sizes, durations and tolerances as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from headwater.model.feed import Tolerance
from headwater.model.price import NANOS, Money

SIZE_PATTERN = r"^\s*\d+(\.\d+)?\s*([kKmMgGtTpP][iI]?)?[bB]\s*$"
DURATION_PATTERN = r"^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$"
MONEY_PATTERN = r"^\s*\d+(\.\d+)?\s*[A-Z]{3}\s*$"
TOLERANCE_PATTERN = r"^\s*(\d+(\.\d+)?\s*%|\d+(\s*rows?)?)\s*$"

_SIZE_UNITS = {"B": 1} | {
    f"{letter}{unit}": thousand**power
    for power, letter in enumerate("KMGTP", start=1)
    for unit, thousand in (("B", 1000), ("iB", 1024))
}
_MILLISECONDS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}
_LARGEST_BYTES = 10**18
_LONGEST = timedelta(days=3650)
_DIGITS = 30  # more of them are no figure anybody meant
_NUMBER = rf"\d{{1,{_DIGITS}}}(?:\.\d{{1,{_DIGITS}}})?"
_WHOLE_SHARE = 100  # percent
_MOST_MONEY = 10**9
_CURRENCY = 3  # letters


def parse_size(text: str | int) -> int:
    """Bytes of 256MB, 1.5 GB, 1GiB or a plain number; ValueError says what is wrong."""
    if isinstance(text, int):
        return _within_size(Fraction(text), str(text))
    match = re.fullmatch(rf"\s*({_NUMBER})\s*([A-Za-z]*)\s*", text, re.ASCII)
    if match is None:
        raise ValueError(f"{text!r} is not a size; write 256MB, 1GB, 1GiB or a number of bytes")
    unit = match[2].upper().replace("I", "i") or "B"
    if unit not in _SIZE_UNITS:
        raise ValueError(
            f"{match[2]!r} is not a unit of size; the units are {', '.join(_SIZE_UNITS)}"
        )
    return _within_size(Fraction(match[1]) * _SIZE_UNITS[unit], text)


def format_size(size_bytes: int) -> str:
    """The shortest text that parse_size reads as exactly these bytes."""
    return _exactly(size_bytes, _SIZE_UNITS)


def parse_duration(text: str) -> timedelta:
    """The time that 60s, 5m, 1h30m or 7d stands for; ValueError says what is wrong."""
    steps = re.findall(rf"({_NUMBER})\s*(ms|s|m|h|d|w)\s*", text, re.ASCII)
    shape = re.fullmatch(rf"\s*(?:{_NUMBER}\s*(?:ms|s|m|h|d|w)\s*)+", text, re.ASCII)
    if shape is None:
        raise ValueError(f"{text!r} is not a duration; write a number and a unit: 60s, 5m, 1h, 7d")
    milliseconds = sum(Fraction(number) * _MILLISECONDS[unit] for number, unit in steps)
    if milliseconds > _LONGEST / timedelta(milliseconds=1):
        raise ValueError(f"{text!r} is more than ten years")
    if milliseconds.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of milliseconds")
    return timedelta(milliseconds=int(milliseconds))


def format_duration(duration: timedelta) -> str:
    """The shortest text that parse_duration reads as exactly this, to the millisecond."""
    return _exactly(duration // timedelta(milliseconds=1), _MILLISECONDS)


def parse_money(text: str) -> Money:
    """The amount that 5 USD or 0.25 EUR stands for; ValueError says what is wrong."""
    match = re.fullmatch(rf"\s*({_NUMBER})\s*([A-Za-z]*)\s*", text, re.ASCII)
    if match is None:
        raise ValueError(f"{text!r} is not an amount; write a number and a currency: 5 USD")
    currency = match[2].upper()
    if len(currency) != _CURRENCY:
        raise ValueError(f"{text!r} has no currency; write {match[1]} USD")
    nanos = Fraction(match[1]) * NANOS
    if nanos.denominator != 1:
        raise ValueError(f"{text!r} has more than nine digits behind the point")
    if nanos > _MOST_MONEY * NANOS:
        raise ValueError(f"{text!r} is more than a billion")
    return Money(int(nanos), currency)


def parse_tolerance(text: str | int) -> Tolerance:
    """The limit that 1%, 0, 100 or 100 rows stands for; ValueError says what is wrong."""
    match = re.fullmatch(rf"\s*({_NUMBER})\s*(%|rows?|)\s*", str(text), re.ASCII)
    if match is None:
        raise ValueError(f"{text!r} is not a limit; write a share such as 1%, or a count of rows")
    number = Fraction(match[1])
    if match[2] == "%":
        if number > _WHOLE_SHARE:
            raise ValueError(f"{text!r} is more than all rows; a share is 0% to 100%")
        return Tolerance(share=float(number / _WHOLE_SHARE))
    if number.denominator != 1:
        raise ValueError(
            f"{text} is not a count of rows; for a share of them, write {_percent(number)}"
        )
    return Tolerance(rows=int(number))


def _percent(share: Fraction) -> str:
    return f"{float(share * _WHOLE_SHARE):g}%" if share < 1 else f"{float(share):g}%"


def _within_size(size: Fraction, text: str) -> int:
    if size.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of bytes")
    if not 0 <= size <= _LARGEST_BYTES:
        raise ValueError(f"{text!r} is not a size that can be; write 0B to 1000PB")
    return int(size)


def _exactly(amount: int, units: Mapping[str, int]) -> str:
    unit = max(
        (unit for unit, factor in units.items() if amount % factor == 0 and amount >= factor),
        key=units.__getitem__,
        default=next(iter(units)),
    )
    return f"{amount // units[unit]}{unit}"
