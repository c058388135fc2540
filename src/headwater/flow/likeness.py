"""Which new column may be a missing one under another name, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from operator import itemgetter
from typing import TypeVar

from headwater.model.ids import Key, ManifestId
from headwater.model.types import Type

_ALIKE = 0.75  # of 1: amount and amuont are, amount and account are not quite
_ALONE = 0.5  # names say nothing, but no other pair is in question
_FEWEST_LETTERS = 2  # of an abbreviation: `c` may be anything
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_MOST_PAIRS = 10_000  # of one file; each takes some microseconds
_WHOLE = ("smallint", "int", "bigint")


@dataclass(frozen=True, slots=True)
class Coming:
    """A column that is new in a file."""

    name: str
    type: Type | None  # None: it had no value
    file: Key
    manifest: ManifestId


@dataclass(frozen=True, slots=True)
class Going:
    """A column of the table that a file does not have."""

    name: str
    type: Type
    file: Key
    manifest: ManifestId


@dataclass(frozen=True, slots=True)
class Likely:
    """A rename that is likely, and why."""

    name: str  # in files
    column: str  # of the table
    why: str  # what is to be said of the column: "missing from the same file, and ..."


_Column = TypeVar("_Column", Coming, Going)


def likely(comings: Iterable[Coming], goings: Iterable[Going]) -> list[Likely]:
    """The likeliest pairs; each column is in one of them at most."""
    new, missing = _by_file(comings), _by_file(goings)
    scored: dict[tuple[str, str], tuple[float, Likely]] = {}
    for place in new.keys() & missing.keys():
        if len(new[place]) * len(missing[place]) > _MOST_PAIRS:
            continue  # another table altogether: nothing of it is a rename
        for score, pair in _scored(new[place], missing[place]):
            same = pair.name.lower(), pair.column.lower()
            scored[same] = max(scored.get(same, (0.0, pair)), (score, pair), key=itemgetter(0))
    found: list[Likely] = []
    taken: set[tuple[str, str]] = set()
    for _, (_, pair) in sorted(scored.items(), key=lambda each: (-each[1][0], each[0])):
        ends = {("name", pair.name.lower()), ("column", pair.column.lower())}
        if not taken & ends:
            taken |= ends
            found.append(pair)
    return found


def _by_file(columns: Iterable[_Column]) -> dict[tuple[ManifestId, Key], list[_Column]]:
    found: dict[tuple[ManifestId, Key], list[_Column]] = {}
    for column in columns:
        found.setdefault((column.manifest, column.file), []).append(column)
    return found


def _scored(new: Sequence[Coming], missing: Sequence[Going]) -> Iterator[tuple[float, Likely]]:
    """Every pair of one file that may be a rename, with how much speaks for it."""
    alone = all(len({each.name.lower() for each in side}) == 1 for side in (new, missing))
    for coming, going in product(new, missing):
        if not _may_hold(going.type, coming.type):
            continue
        alike = _likeness(coming.name, going.name)
        if alike >= _ALIKE:
            why = "missing from the same file, and the names are alike"
            yield alike, Likely(coming.name, going.name, why)
        elif alone and coming.type is not None and _is_like(going.type, coming.type):
            why = "missing from the same file, where nothing else is new or missing"
            yield _ALONE, Likely(coming.name, going.name, why)


def _likeness(one: str, other: str) -> float:
    """How alike two names are: 1 for the same letters, less for an abbreviation, 0 for nothing."""
    words, others = _words(one), _words(other)
    plain, plain_other = "".join(words), "".join(others)
    if plain == plain_other:
        return 1.0
    if len(words) == len(others) and all(map(_is_short_for, words, others)):
        return 0.9
    return SequenceMatcher(None, plain, plain_other).ratio()


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)] or [name.lower()]


def _is_short_for(one: str, other: str) -> bool:
    """Whether one word abbreviates the other: cust and customer, qty and quantity."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if len(short) < _FEWEST_LETTERS or short[0] != long[0]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)


def _may_hold(column: Type, values: Type | None) -> bool:
    """Whether values of that type may be what the column holds."""
    return values is None or column.kind == "text" or _is_like(column, values)


def _is_like(column: Type, values: Type) -> bool:
    if column.kind == values.kind:
        return column.nested is False or column == values
    families = ((*_WHOLE, "decimal"), ("real", "double"), ("timestamp", "timestamp_ntz", "date"))
    return any(column.kind in family and values.kind in family for family in families)
