"""Whether a figure is far from those before it: by their median, and the median of distances.

Both hold still when a few of the earlier figures were odd themselves. The distance is
scaled by 1.4826 to that of one standard deviation of a normal distribution, and is never
taken for less than a twentieth of the median, so that figures which hardly vary may vary
a little. What is five such distances away is unusual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LEAST = 5
"""Fewer earlier periods than these tell nothing."""

_NORMAL = 1.4826
_LEAST_SHARE = 0.05
_FAR = 5.0


@dataclass(frozen=True, slots=True)
class Unusual:
    """A figure of a period that is far from what is usual."""

    what: str  # files, rows
    figure: int
    usual: float  # the median
    low: float  # from here to high, nobody would wonder
    high: float
    periods: int  # that were looked at
    same_weekday: bool = False  # whether these are all of the same day of the week


def unusual(
    what: str, figure: int, before: Sequence[int], *, same_weekday: bool = False
) -> Unusual | None:
    """How it is unusual, or None; also None where there is too little to compare with."""
    if len(before) < LEAST:
        return None
    usual = median(before)
    spread = _NORMAL * median(abs(each - usual) for each in before)
    reach = _FAR * max(spread, _LEAST_SHARE * usual)
    if abs(figure - usual) <= reach:
        return None
    low = max(usual - reach, 0.0)
    return Unusual(what, figure, usual, low, usual + reach, len(before), same_weekday)


def unusual_words(odd: Unusual) -> str:
    """A figure beside those that nobody would wonder at."""
    noun = odd.what.removesuffix("s")
    usual = round(odd.usual)
    of = "of the same weekday" if odd.same_weekday else "before it"
    span = f"{round(odd.low):,} to {round(odd.high):,}"
    return (
        f"{_counted(odd.figure, noun)}, {_counted(usual, noun)} {'is' if usual == 1 else 'are'} "
        f"usual ({span}, by {odd.periods} periods {of})"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
