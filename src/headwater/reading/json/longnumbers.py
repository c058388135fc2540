"""Fractions of JSON with more digits than parsers keep, which take them for doubles."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

KEPT_DIGITS = 17
"""What a double is written with: a fraction of as many digits was one already."""

_STRIDE = 6
_BETWEEN = (4, 8, 3, 9, 1, 2, 5, 7, 10, 11)  # those first that a date or a time fails at
_ZEROS = 8
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|-?(\d[\d.]{17,}(?:[eE][-+]?\d+)?)', re.DOTALL)
_POINT = ord(".")
_BEFORE = np.zeros(256, np.bool_)
_BEFORE[list(b":[, \t-")] = True

Letters: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.intp]


def may_hold_long_number(text: bytes) -> bool:
    """Whether a fraction in the text may have more digits than a parser keeps."""
    letters = np.frombuffer(text, np.uint8)
    return _has_long_run(letters) and _has_long_fraction(letters)


def quote_long_numbers(text: str) -> str:
    """The JSON text with each fraction that would lose digits as a string of the same digits."""
    return _TOKEN.sub(_kept, text)


def _kept(token: re.Match[str]) -> str:
    number = token[1]
    if number is None or number.isdigit():  # a string, or a whole number, of which all are kept
        return token[0]
    mantissa = re.split("[eE]", number)[0]
    digits = mantissa.replace(".", "").lstrip("0")
    return token[0] if len(digits) <= KEPT_DIGITS else f'"{token[0]}"'


def _has_long_run(letters: Letters) -> bool:
    """Whether digits and points stand in a row so that a long number may be among them.

    Such a row meets three places a stride apart; what lies between is looked at only there.
    """
    here = _is_digit(letters[::_STRIDE])
    places = np.flatnonzero(here[:-2] & here[1:-1] & here[2:]) * _STRIDE
    for step in _BETWEEN:
        if not len(places):
            return False
        places = places[_is_digit(letters[places + step])]
    return bool(len(places))


def _has_long_fraction(letters: Letters) -> bool:
    digit = np.concatenate(([False], _is_digit(letters), [False]))
    edges = np.flatnonzero(digit[1:] != digit[:-1])
    starts, ends = edges[::2], edges[1::2]
    kept = (ends - starts > KEPT_DIGITS) & _BEFORE[letters[np.maximum(starts - 1, 0)]]
    starts, ends = starts[kept], ends[kept]
    points = np.flatnonzero(letters == _POINT)
    behind = letters[np.minimum(ends, len(letters) - 1)] | 0x20
    real = (_inside(points, starts, ends) == 1) | (behind == ord("e"))
    starts, ends = starts[real], ends[real]
    for _ in range(_ZEROS):  # 0.000123 has three digits
        leading = (letters[starts] == ord("0")) | (letters[starts] == _POINT)
        starts = starts + (leading & (starts < ends - 1))
    return bool((ends - starts - _inside(points, starts, ends) > KEPT_DIGITS).any())


def _inside(points: Places, starts: Places, ends: Places) -> Places:
    return np.searchsorted(points, ends) - np.searchsorted(points, starts)


def _is_digit(letters: Letters) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (letters >= ord("0")) & (letters <= ord("9")) | (
        letters == _POINT
    )
    return found
