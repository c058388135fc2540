"""What kind of value a cell holds: what names a column is no number and no date."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = re.compile(r"[-+]?(?:\d[\d ,.'_]*|\.\d+)(?:[eE][-+]?\d+)?\s?%?")
DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[T ].*)?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?: .*)?|\d\d?:\d\d.*"
)
COMMA_DECIMAL = re.compile(r"[-+]?\d{1,3}(?:[. ']?\d{3})*,\d{1,2}|[-+]?\d+,\d+")
POINT_DECIMAL = re.compile(r"[-+]?\d[\d,']*\.\d+")
_COLUMNS = 256  # more tell no more, and ten thousand would take their time
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", r"\n", "."})
_TOTAL = re.compile(
    r"(?:grand |sub)?totals?\b|sum\b|summe\b|gesamt|records?\b|rows?\b|count\b|end of\b|eof\b|end$"
    r"|\(?\d+ (?:rows?|records?|lines?)\)?|[-=_*]{3,}$",
    re.IGNORECASE,
)
_TOTAL_ALONE = re.compile(r"(?:grand |sub)?totals?|sum|summe|gesamt|count", re.IGNORECASE)
_MONEY = r"(?:[$€£¥]|[A-Z]{3} ) ?[-+]?\d[\d ,.'_]*|[-+]?\d[\d ,.'_]*? ?(?:[$€£¥]|[A-Z]{3})"
_POSITION = r"[-+]\d{4,7}(?:\.\d+)?[-+]\d{5,8}(?:\.\d+)?/?"  # as +4230+00131
_DATUM = re.compile(rf"\s*(?:{NUMBER.pattern}|{DATE.pattern}|{_MONEY}|{_POSITION})\s*")


def is_datum(cell: str) -> bool:
    """Whether it is a number, an amount of money, a date, a time or a place on Earth."""
    return _DATUM.fullmatch(cell) is not None


def is_missing(cell: str) -> bool:
    """Whether it is what people write where there is no value."""
    return cell.strip().lower() in _MISSING


def begins_as_total(cell: str) -> bool:
    """Whether it begins as lines behind a table do: a total, a count, a rule."""
    return _TOTAL.match(cell) is not None


def is_total(cell: str) -> bool:
    """Whether it is the word for a total and nothing else."""
    return _TOTAL_ALONE.fullmatch(cell.strip(" :")) is not None


def telling_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns, of the first few hundred, that hold numbers and dates if they hold anything."""
    width = min(len(rows[0]), _COLUMNS) if rows else 0
    return [place for place in range(width) if _tells(rows, place)]


def _tells(rows: Sequence[Sequence[str]], place: int) -> bool:
    found = False
    for row in rows:
        if is_datum(row[place]):
            found = True
        elif not is_missing(row[place]):
            return False
    return found
