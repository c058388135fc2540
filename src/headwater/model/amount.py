"""Amounts in words: one row, two rows."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and what it counts: 1 row, 1,000 rows."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def was(number: int) -> str:
    """The verb behind an amount."""
    return "was" if number == 1 else "were"


def is_or_are(number: int) -> str:
    """The verb behind an amount that is there."""
    return "is" if number == 1 else "are"


def mismatch(expected: int, found: int, noun: str) -> str:
    """That there are more or fewer than there should be."""
    return (
        f"{counted(expected, noun)} {is_or_are(expected)} expected and {found} {was(found)} found"
    )
