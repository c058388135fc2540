"""Looks at the values of cells: some side by side, many as if they were one column's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import duckdb

from headwater.adapters.duckdb.columns.evidence import (
    Evidence,
    evidence_of,
    expression,
    possible,
    probed,
    settled,
)
from headwater.adapters.duckdb.columns.numbers import Numbers

Answers: TypeAlias = dict[int, dict[str, Any]]
Over: TypeAlias = Callable[[Callable[[str], Answers], frozenset[int]], Answers]
"""Asks one question over a relation with at least these cells; each call makes it again."""

_SIDE_BY_SIDE = 100
_STACKED = 1_000
_UNSEEN: Mapping[str, Any] = {"seen": 0, "empty": False}


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks at every value of some cells, and asks no more of each than may still be so.

    To compile a question takes much longer than to answer it over few rows, and so many cells
    are stacked: each becomes a row with its number, and there is one question about them all.
    """

    connection: duckdb.DuckDBPyConnection
    over: Over
    json: bool
    numbers: Numbers = field(default_factory=Numbers)
    side_by_side: int = _SIDE_BY_SIDE  # so many cells at most; more are stacked
    stacked: int = _STACKED  # at once: a value of each is held for every row of a chunk

    def observe(self, cells: Sequence[int], known: Mapping[int, Evidence]) -> dict[int, Evidence]:
        """Evidence of these cells; known is what some of the same values have shown.

        To ask whether all values are of the type that was seen costs a tenth of asking what
        they are. So the second is asked of those cells alone where the first is denied.
        """
        seen = {i: known[i] for i in cells if i in known and known[i].seen}
        answers = self._ask({i: facts for i, each in seen.items() if (facts := probed(each))})
        found = {i: settled(each, answers.get(i)) for i, each in seen.items()}
        left = {i: possible(known.get(i, Evidence())) for i in cells if found.get(i) is None}
        whole = {i: evidence_of(value) for i, value in self._ask(left).items()}
        return {i: each for i, each in found.items() if each is not None} | whole

    def _ask(self, facts: Mapping[int, frozenset[str]]) -> Answers:
        if len(facts) <= self.side_by_side:
            return self._beside(facts) if facts else {}
        found: Answers = {}
        for asked in dict.fromkeys(facts.values()):
            alike = [i for i, each in facts.items() if each == asked]
            for some in _portions(alike, self.stacked):
                found |= self.over(partial(self._stack, asked, some), frozenset(some))
        return found

    def _beside(self, facts: Mapping[int, frozenset[str]]) -> Answers:
        asked = ", ".join(self._expression(f"c{i}", each) for i, each in facts.items())
        return self.over(partial(self._row, asked, list(facts)), frozenset(facts))

    def _row(self, asked: str, cells: Sequence[int], relation: str) -> Answers:
        row = self.connection.execute(f"SELECT {asked} FROM ({relation})").fetchone() or ()
        return dict(zip(cells, row, strict=True))

    def _stack(self, facts: frozenset[str], cells: Sequence[int], relation: str) -> Answers:
        values = ", ".join(f"c{i}" for i in cells)
        rows = self.connection.execute(
            f"SELECT i, {self._expression('cell', facts)} FROM (SELECT unnest({list(cells)}) AS i, "
            f"unnest([{values}]) AS cell FROM ({relation})) GROUP BY i"
        ).fetchall()
        return {i: dict(_UNSEEN) for i in cells} | dict(rows)

    def _expression(self, cell: str, facts: frozenset[str]) -> str:
        return expression(cell, facts, self.numbers, json=self.json)


def _portions(cells: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(cells), size):
        yield cells[start : start + size]
