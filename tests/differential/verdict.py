"""Whether what came of a text is what its maker knows of it; the first difference in words."""

from __future__ import annotations

from itertools import zip_longest

from tests.differential.case import Case
from tests.differential.reading import Outcome

_SHOWN = 300


def flaw_of(case: Case, outcome: Outcome) -> str | None:
    """What is wrong; None where every cell is equal and every damaged row refused by its line.

    A text with a byte that no letter has may be refused whole, for its encoding.
    """
    if outcome.unreadable:
        lettered = any("encoding" in each.codes for each in case.damage)
        if lettered and outcome.unreadable == "encoding":
            return None
        return f"it is refused whole: {outcome.unreadable}"
    return _names(case, outcome) or _rows(case, outcome) or _refusals(case, outcome)


def silent(case: Case, outcome: Outcome) -> bool:
    """Whether other values were accepted than those that are there, and nobody was told."""
    return flaw_of(case, outcome) is not None and not outcome.unreadable and not outcome.refused


def _names(case: Case, outcome: Outcome) -> str | None:
    if case.names and tuple(outcome.names) != case.names:
        return f"columns {outcome.names} where there are {case.names}"
    return None


def _rows(case: Case, outcome: Outcome) -> str | None:
    for place, (found, true) in enumerate(zip_longest(outcome.rows, case.rows)):
        if found != true:
            return _cut(f"row {place} is {found!r} and should be {true!r}")
    return None


def _refusals(case: Case, outcome: Outcome) -> str | None:
    for found, true in zip_longest(outcome.refused, case.damage):
        if found is None:
            return f"the damaged row of line {true.line} is not refused"
        if true is None:
            return f"line {found[0]} is refused ({found[1]}) and is sound"
        if found[0] != true.line or found[1] not in true.codes:
            return f"refused is line {found[0]} ({found[1]}) where {true.line} is {set(true.codes)}"
    return None


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
