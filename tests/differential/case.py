"""A text that its maker knows in full: its rows to the last letter, and the lines of its damage."""

from __future__ import annotations

from dataclasses import dataclass, field

CODES = frozenset({"ragged", "quote", "encoding", "second_table", "header_again"})
"""What a damaged row of delimited text may be refused as."""


@dataclass
class Damage:
    """A row that nobody can read, and what it may be refused as."""

    line: int
    codes: frozenset[str] = CODES


@dataclass
class Case:
    """A text, what it holds, and what a reader would have to be told of it."""

    seed: str
    content: bytes
    rows: list[tuple]
    names: tuple[str, ...] = ()  # empty where a reader is free in what it calls columns
    damage: list[Damage] = field(default_factory=list)
    settings: dict = field(default_factory=dict)  # keys of a feed
    marks: str = ""  # how it is spelled, in words, for whoever looks into a failure

    def __str__(self):
        return f"{self.seed} ({self.marks})"
