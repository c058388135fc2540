"""Numbers as people read them, and text that is safe to print."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

from headwater.model.amount import counted

__all__ = ["clean", "count", "counted", "duration", "moment", "rate", "size"]

_THOUSAND = 1000
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_TENTHS_BELOW = 100
_SPELLED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LADDER = (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1))
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d", "\ufe0f"}  # scripts and emoji need them, and they hide nothing


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def size(size_bytes: float) -> str:
    """Bytes in the unit that leaves one to three digits before the point."""
    figure = float(size_bytes)
    for unit in _UNITS[:-1]:
        if round(figure, 1 if figure < _TENTHS_BELOW else 0) < _THOUSAND:
            return _figure(figure, unit)
        figure /= _THOUSAND
    return _figure(figure, _UNITS[-1])


def rate(bytes_per_second: float) -> str:
    """How fast bytes go."""
    return f"{size(bytes_per_second)}/s"


def duration(time: timedelta | float) -> str:
    """A length of time in its one or two greatest units: 0.84 s, 12 s, 3 min 20 s, 2 h 5 min."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else time
    seconds = max(seconds, 0.0)
    if seconds < 10:  # noqa: PLR2004 - below, hundredths are worth their place
        return f"{seconds:.2f} s"
    whole = round(seconds)
    for unit, length, smaller, fraction in _LADDER:
        if whole >= length:
            rest = whole % length // fraction
            return f"{whole // length} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def moment(time: datetime) -> str:
    """A time to the second, in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def clean(text: str, longest: int | None = None) -> str:
    """Text that can do nothing to a terminal: spelled where it does not print, cut where long."""
    if longest is not None and len(text) > longest:
        text = text[: max(longest - 3, 0)] + "..."
    if text.isprintable():
        return text
    return "".join(map(_spell, text))


def _spell(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS:
        return letter
    if letter in _SPELLED:
        return _SPELLED[letter]
    if unicodedata.category(letter) in _HIDDEN:
        code = ord(letter)
        return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
    return letter  # a space of some width


def _figure(figure: float, unit: str) -> str:
    if unit == "B" or figure >= _TENTHS_BELOW:
        return f"{figure:.0f} {unit}"
    return f"{figure:.1f} {unit}"
