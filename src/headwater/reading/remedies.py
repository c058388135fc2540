"""Settings by which records are taken that are refused without: tried on such records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from headwater.reading.delimited.dialect import Dialect, newline_byte
from headwater.reading.delimited.grammar import Grammar
from headwater.reading.delimited.repair import Repair, Repairs
from headwater.reading.delimited.respelling import Respelling
from headwater.reading.fixed.declared import FixedLayout
from headwater.reading.fixed.rows import careful_fixed
from headwater.reading.found import Found
from headwater.reading.records import padded_layout

PAD, LENIENT, SECOND_TABLE = "ragged=pad", "lenient=true", "table_number=2"

_Test = Callable[[str], bool]


def remedies(found: Found, refused: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The settings that take at least one of these records: texts, by the code of the refusal."""
    return tuple(
        setting
        for code, setting, takes in _tests(found)
        if any(takes(raw) for raw in refused.get(code, ()))
    )


def _tests(found: Found) -> list[tuple[str, str, _Test]]:
    """Codes of refusals, settings, and whether these take a record."""
    if isinstance(found.rows, FixedLayout):
        return [("ragged", PAD, _fixed(found.rows))]
    if found.dialect is None:
        return []
    width = len(found.columns)
    return [
        ("ragged", PAD, _delimited(found.dialect, width, Repairs(pad=True))),
        ("quote", LENIENT, _delimited(found.dialect, width, Repairs(lenient=True))),
        ("second_table", SECOND_TABLE, lambda _: True),
    ]


def _fixed(layout: FixedLayout) -> _Test:
    alone = replace(padded_layout(layout), first_line=1)
    return lambda raw: any(piece.count for piece in careful_fixed([raw.encode()], alone))


def _delimited(dialect: Dialect, width: int, repairs: Repairs) -> _Test:
    newline = newline_byte(dialect.newline)
    grammar = Grammar(dialect.marks, width, newline)
    other = b"\n" if newline == b"\r" else b"\r"
    repair = Repair(repairs, grammar, Respelling(dialect, grammar, other))
    return lambda raw: repair.repaired(raw.encode()) is not None
