"""Dumps of databases: the tables in them, and the rows of each. Nothing is ever executed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater.reading.dump.copy import TAB, copy_rows, skip_copy
from headwater.reading.dump.create import column_names, first_row_width
from headwater.reading.dump.heads import Dump, Head, Kind, Skipper, next_head
from headwater.reading.dump.inserts import InsertRows
from headwater.reading.dump.text import WINDOW_BYTES, DumpText
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece
from headwater.reading.pieces.sourced import SourcedBuilder

__all__ = ["DELIMITER", "Dump", "DumpTable", "careful_dump", "recognise_dump", "tables_of"]

PIECE_BYTES = 8 * 1024 * 1024
DELIMITER = "\t"
_SAMPLE_BYTES = 256 * 1024
_SIGNED = {
    Dump.POSTGRES: re.compile(rb"(?m)^-- PostgreSQL database (?:cluster )?dump\r?$"),
    Dump.MYSQL: re.compile(rb"(?m)^-- (?:MySQL|MariaDB) dump |^/\*M?!\d{5,6}\\?[- ]"),
    Dump.SQLITE: re.compile(rb"\A\s*PRAGMA foreign_keys=OFF;\s*BEGIN TRANSACTION;"),
}
_SPELLED = {
    Dump.POSTGRES: re.compile(rb"(?im)^COPY [^\n;]+ FROM stdin;\r?$|^SET search_path|^\\connect "),
    Dump.MYSQL: re.compile(rb"(?im)^(?:INSERT INTO|CREATE TABLE(?: IF NOT EXISTS)?) `"),
    Dump.SQLITE: re.compile(rb"(?im)^(?:INSERT INTO|CREATE TABLE(?: IF NOT EXISTS)?) [\w\"]"),
}
_CREATES = re.compile(rb"(?im)^(?:INSERT INTO|REPLACE INTO|CREATE TABLE|COPY)\s")


@dataclass(frozen=True, slots=True)
class DumpTable:
    """A table of a dump."""

    name: str  # with its schema, where the dump gives it: public.sales
    columns: tuple[str, ...]
    dump: Dump


def recognise_dump(sample: bytes) -> Dump | None:
    """Who wrote the dump that begins so; None if it is not known to be one."""
    head = sample[:_SAMPLE_BYTES].removeprefix(b"\xef\xbb\xbf")
    for kind, signature in _SIGNED.items():
        if signature.search(head):
            return kind
    first = head.lstrip()[:2]
    if first[:1] in {b"{", b"[", b"<"} or _CREATES.search(head) is None:
        return None
    return next((kind for kind, spelling in _SPELLED.items() if spelling.search(head)), None)


def tables_of(
    blocks: Iterable[bytes],
    dump: Dump,
    *,
    window_bytes: int = WINDOW_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[DumpTable]:
    """The tables of a dump: each as its first rows are met, those without rows at the end.

    Columns are those that the rows' statement lists, or the table's own. Without either
    they are column_1 and so on. All of the dump is read, and little of it held.
    """
    text = DumpText(blocks, window_bytes=window_bytes, record_bytes=record_bytes)
    skipper = Skipper(dump)
    created, met = dict[str, tuple[str, ...]](), set[str]()
    while (head := next_head(text)) is not None:
        if head.kind is Kind.CREATE:
            created[head.table] = column_names(text)
        elif head.kind is not Kind.OTHER and head.table not in met:
            columns = head.columns or created.get(head.table)
            if columns is None:
                columns = _numbered(first_row_width(text, head, dump))
            if columns:
                met.add(head.table)
                yield DumpTable(head.table, columns, dump)
        if head.kind is Kind.COPY:
            skip_copy(text)
        else:
            skipper.skip(text, head.spelled)
    for name, columns in created.items():
        if name not in met and columns:
            yield DumpTable(name, columns, dump)


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column_{place}" for place in range(1, width + 1))


def careful_dump(
    blocks: Iterable[bytes],
    table: DumpTable,
    *,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
) -> Iterator[Piece]:
    r"""Read every row of one table as tab-delimited text, or refuse it with line and reason.

    Null is an empty cell, an empty text is `""`. Binary literals are spelled 0xHEX,
    whatever way the dump wrote them; all other values as the database would print them.
    Codes: ragged, encoding, line_too_long, sql. Unreadable: truncated; pieces handed out
    before it are then to be dropped. How blocks are cut changes nothing.
    """
    text = DumpText(blocks, window_bytes=min(WINDOW_BYTES, piece_bytes), record_bytes=record_bytes)
    reader = _TableReader(text, table)
    while (head := next_head(text)) is not None:
        yield from reader.take(head, piece_bytes)
    if not reader.builder.empty:
        yield reader.builder.piece()


class _TableReader:
    """Takes the statements that give rows to one table, and passes over all others."""

    def __init__(self, text: DumpText, table: DumpTable) -> None:
        self._text = text
        self._table = table
        self._skipper = Skipper(table.dump)
        self._last: tuple[bytes, InsertRows] | None = None
        self.builder = SourcedBuilder(TAB)

    def take(self, head: Head, piece_bytes: int) -> Iterator[Piece]:
        """Read on behind a head to the end of its statement."""
        mine = head.kind in {Kind.COPY, Kind.INSERT} and head.table == self._table.name
        order = self._order(head)
        if mine and order is not None and head.readable:
            if head.kind is Kind.COPY:
                rows = copy_rows(self._text, self.builder, order, piece_bytes=piece_bytes)
            else:
                rows = self._inserts(head, order).take(piece_bytes=piece_bytes)
            yield from rows
            return
        if mine:
            other = "it lists other columns than the table has"
            self._refuse(head, "its rows are no literals" if order is not None else other)
        if head.kind is Kind.COPY:
            skip_copy(self._text)
        else:
            self._skipper.skip(self._text, b"" if mine else head.spelled)

    def _inserts(self, head: Head, order: list[int]) -> InsertRows:
        if self._last is None or self._last[0] != head.spelled:
            dump = self._table.dump, self._skipper
            inserts = InsertRows(self._text, self.builder, dump, head, order)
            self._last = head.spelled, inserts
        return self._last[1]

    def _order(self, head: Head) -> list[int] | None:
        """Which of a statement's cells is which of a record's; None if that cannot be said."""
        columns = self._table.columns
        if head.columns is None:
            return list(range(len(columns)))
        if not set(head.columns) <= set(columns) or len(set(head.columns)) < len(head.columns):
            return None
        places = {name: place for place, name in enumerate(head.columns)}
        return [places.get(name, -1) for name in columns]

    def _refuse(self, head: Head, why: str) -> None:
        message = f"{why}; the statement is refused"
        self.builder.refuse(head.line, head.spelled.rstrip(), "sql", message)
