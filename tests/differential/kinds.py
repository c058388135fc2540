"""Every kind of text that is compared, and the two ways in which each is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.differential import delimited, dump_texts, json_texts, line_texts, xml_texts
from tests.differential.case import Case
from tests.differential.reading import Outcome, read_records
from tests.differential.through import Through
from tests.differential.verdict import flaw_of, silent

_UNFIT = re.compile(r"[\s,;{}()=.\"'`\\/]")


@dataclass(frozen=True)
class Kind:
    """A kind of text: how one is made, how one is made for the engine, and whether it is told."""

    make: Callable[[str], Case]
    flat: Callable[[str], Case]  # every cell a text
    told: bool = True


KINDS = {
    "delimited": Kind(delimited.case_of, delimited.case_of),
    "found": Kind(delimited.likely_case_of, delimited.likely_case_of, told=False),
    "partly": Kind(delimited.partly_told_case_of, delimited.partly_told_case_of),
    "json": Kind(json_texts.case_of, partial(json_texts.case_of, flat=True), told=False),
    "xml": Kind(xml_texts.case_of, partial(xml_texts.case_of, flat=True), told=False),
    "log": Kind(line_texts.log_case_of, line_texts.log_case_of, told=False),
    "fixed": Kind(line_texts.fixed_case_of, line_texts.fixed_case_of),
    "dump": Kind(dump_texts.case_of, dump_texts.case_of, told=False),
}


_FOUND = frozenset({"found", "partly"})
"""Kinds of which not all is told."""


def by_rooms(name: str, seed: str, path: Path) -> tuple[Case, Outcome]:
    """A case as the reading rooms read it."""
    kind = KINDS[name]
    case = kind.make(seed)
    path.write_bytes(case.content)
    return case, read_records(path, case.settings if kind.told else {})


def by_engine(name: str, seed: str, path: Path, through: Through) -> tuple[Case, Outcome]:
    """A flat case as the engine reads it."""
    kind = KINDS[name]
    case = kind.flat(seed)
    path.write_bytes(case.content)
    outcome = through.read(path, case.settings if kind.told else {})
    rows = _cells(case.rows, outcome.names)
    return replace(case, rows=rows), outcome


def flaws(name: str, read: Sequence[tuple[Case, Outcome]]) -> list[str]:
    """What is wrong with what was read.

    Where not all is told of a dialect, another one may be found, if somebody is told.
    """
    wrong = [(case, flaw_of(case, outcome), silent(case, outcome)) for case, outcome in read]
    return [
        f"{case}: {flaw}" for case, flaw, still in wrong if flaw and (still or name not in _FOUND)
    ]


def differing(read: Sequence[tuple[Case, Outcome]]) -> float:
    """The share of texts that were not read as they were meant."""
    return sum(flaw_of(case, outcome) is not None for case, outcome in read) / len(read)


def _cells(rows: list, names: Sequence[str]) -> list[tuple]:
    """Rows as a table has them, under the names that its columns get."""
    if not rows or not isinstance(rows[0], dict):
        return rows
    clean = [{_UNFIT.sub("_", key): value for key, value in row.items()} for row in rows]
    return [tuple(row.get(name) for name in names) for row in clean]
