"""Files read by the reading rooms alone: recognised, and their records taken apart again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from headwater.config.options import feed_from
from headwater.reading.found import Found
from headwater.reading.recognise import recognise
from headwater.reading.records import records
from headwater.reading.told import Told
from headwater.reading.unreadable import Unreadable

OBJECTS = frozenset({"json", "ndjson", "xml"})
BINARY = frozenset({"parquet", "avro", "orc"})
"""Formats that no reading room takes apart record by record."""

_MARKS = {"sqldump": "\t"}


@dataclass
class Outcome:
    """What came of a file."""

    names: tuple[str, ...] = ()
    rows: list = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)  # line and code
    raws: list[str] = field(default_factory=list)  # what was refused, as it stands there
    unreadable: str = ""  # the code, where the file is refused whole
    counted: int = 0
    notes: tuple[str, ...] = ()


def read_records(path: Path, settings: dict | None = None) -> Outcome:
    """Read a file without any engine, under the keys of a feed."""
    feed = feed_from(settings or {})
    told = Told(
        delimiter=feed.delimiter,
        quote=feed.quote,
        escape=feed.escape,
        header_rows=feed.header,
        skip_lines=feed.skip,
        comment=feed.comment,
        nulls=feed.nulls,
    )
    try:
        found = recognise(
            path,
            feed.format,
            encoding=feed.encoding,
            told=told,
            selection=feed.selection,
        )
        return _taken(path, found)
    except Unreadable as refusal:
        return Outcome(unreadable=refusal.cause.code, notes=(refusal.cause.message,))


def _taken(path: Path, found: Found) -> Outcome:
    outcome = Outcome(found.columns, notes=found.notes)
    mark = _MARKS.get(found.format.value, ",")
    if found.dialect is not None:
        mark = found.dialect.piece_delimiter
    for piece in () if found.format.value in BINARY else records(path, found):
        text = piece.text.decode()
        rows = objects_of(text) if found.format.value in OBJECTS else cells_of(text, mark)
        assert len(rows) == piece.count, "a piece holds as many records as it says"
        outcome.rows += rows
        outcome.refused += [(each.line, each.code) for each in piece.refused]
        outcome.raws += [each.raw for each in piece.refused]
        outcome.counted += piece.count + len(piece.refused)
    return outcome


def cells_of(text: str, mark: str) -> list[tuple]:
    """The rows of a piece of delimited text; None is what is empty without quotes."""
    edge = re.escape(mark)
    cell = re.compile(rf'(?:"((?:[^"]|"")*+)"|([^"\n{edge}]*+))({edge}|\n)')
    rows, row, at = [], [], 0
    while at < len(text):
        match = cell.match(text, at)
        assert match, f"a strict parser stops at {text[at : at + 40]!r}"
        quoted, bare, end = match.groups()
        row.append(bare or None if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end == "\n":
            assert row[0] == str(len(rows)), "each record begins with its index"
            rows.append(tuple(row[1:]))
            row = []
    return rows


def objects_of(text: str) -> list:
    """The objects of a piece of JSON, every number exact."""
    lines = text.split("\n")[:-1]
    numbered = [line.partition("\t") for line in lines]
    assert [int(each[0]) for each in numbered] == list(range(len(lines)))
    return [exact(each[2]) for each in numbered]


def exact(text: str) -> object:
    """A JSON text, with its numbers as they are spelled."""
    return json.loads(text, parse_float=Decimal, parse_int=int)
