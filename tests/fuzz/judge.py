"""Whether what came of a mutant may come of it: refused or read, but never anything else."""

from __future__ import annotations

from collections import Counter

from tests.differential.reading import Outcome
from tests.fuzz.originals import Original

_SHOWN = 200


def flaw_of(original: Original, mutant: bytes, outcome: Outcome) -> str | None:
    """What is wrong: books that do not balance, or a row that no mutation touched and is not there.

    Where lines tell rows apart, a line that is whole in the mutant is a row, or refused.
    """
    if outcome.unreadable:
        return None
    if outcome.counted != len(outcome.rows) + len(outcome.refused):
        return (
            f"{outcome.counted} counted, {len(outcome.rows)} read, {len(outcome.refused)} refused"
        )
    if not original.lines or mutant[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return None
    return _uncounted(original, mutant, outcome) or _lost(original, mutant, outcome)


def _uncounted(original: Original, mutant: bytes, outcome: Outcome) -> str | None:
    """Where a line is a record whatever stands on it, as many are counted as there are lines."""
    is_csv = original.settings["format"] == "csv"
    passed_over = any("passed over" in note for note in outcome.notes)
    if passed_over or (is_csv and b'"' in mutant) or not _ends_plainly(mutant):
        return None
    blank = b"" if is_csv else b" \t"
    lines = sum(bool(line.strip(blank)) for line in _lines(mutant)) - is_csv  # and its header
    if outcome.counted != max(lines, 0):
        return f"{outcome.counted} are counted of {lines} records"
    return None


def _ends_plainly(mutant: bytes) -> bool:
    return b"\r" not in mutant.replace(b"\r\n", b"") and b"\0" not in mutant


def _lost(original: Original, mutant: bytes, outcome: Outcome) -> str | None:
    there = Counter(map(_key, outcome.rows))
    refused = "\n".join(outcome.raws)
    lines = [line for line in _lines(mutant) if line]
    for line in lines[1:]:  # the first may be taken for the header
        row = original.lines.get(line)
        if row is None:
            continue
        if there[_key(row)]:
            there[_key(row)] -= 1
        elif line.decode() not in refused:
            return f"the row {row!r} is on a line of its own, and neither read nor refused"
    return None


def _lines(mutant: bytes) -> list[bytes]:
    return [line.removesuffix(b"\r") for line in mutant.split(b"\n")]


def _key(row: object) -> tuple:
    values = row.values() if isinstance(row, dict) else row
    return tuple(value or None for value in values)
