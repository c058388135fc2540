"""Whether a cell of the first row is one more of the values below it, and so names no column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from headwater.reading.delimited.kinds import is_datum

_ROWS = 3  # below it: fewer are alike by chance
_MOSTLY = 0.8
_DIGITS = 3  # from there on, letters may differ where values have letters
_DIGIT_RUN = re.compile(r"\d+")
_ADDRESS = re.compile(r"(?P<url>[a-z]+://\S+)|(?P<mail>[^\s@]+@[\w-]+\.[\w.]+)|(?P<path>/\S*)")
_HASH = re.compile(r"(?=.*\d)[0-9a-f]{8}[0-9a-f-]{8,}|(?=.*\d)[0-9A-F]{8}[0-9A-F-]{8,}")


def is_kin(cell: str, values: Sequence[str]) -> bool:
    """Whether it is what all values are, or spelled as they are: a code, hash, address or path."""
    cell = cell.strip()
    others = [bare for value in values if (bare := value.strip())]
    if len(others) < _ROWS:
        return False
    return all(other == cell for other in others) or any(
        mine and sum(spelled(other) == mine for other in others) >= _MOSTLY * len(others)
        for spelled in (_address, _hash, _code, _coarse)
        if (mine := spelled(cell))
    )


def is_line_of(line: str, lines: Sequence[str]) -> bool:
    """Whether a line of several words begins as the lines below it do: with a number or a hash."""
    firsts = [words[0] for each in lines if len(words := each.split(maxsplit=1)) > 1]
    words = line.split(maxsplit=1)
    if len(words) < 2 or len(firsts) < max(_ROWS, _MOSTLY * len(lines)):  # noqa: PLR2004
        return False
    data = is_datum(words[0]) and sum(map(is_datum, firsts)) >= _MOSTLY * len(firsts)
    return data or (_hash(words[0]) != "" and is_kin(words[0], firsts))


def _address(cell: str) -> str:
    found = _ADDRESS.fullmatch(cell)
    return (found.lastgroup or "") if found else ""


def _hash(cell: str) -> str:
    """How long a hash is, and where it has dashes."""
    return re.sub(r"[0-9a-fA-F]", "0", cell) if _HASH.fullmatch(cell) else ""


def _code(cell: str) -> str:
    """A code with its numbers left open: as its letters, and where there are digits."""
    return _DIGIT_RUN.sub("0", cell) if _DIGIT_RUN.search(cell) and not is_datum(cell) else ""


def _coarse(cell: str) -> str:
    """The same for codes of many digits whose letters differ."""
    if sum(map(str.isdigit, cell)) < _DIGITS or is_datum(cell):
        return ""
    return re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"\d", "0", cell)))
