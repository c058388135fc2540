"""The content of one file: what it is, its columns, its rows, and what was refused of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from headwater.errors import InputError
from headwater.flow.ask import REFUSALS
from headwater.look.spelled import safely, selected
from headwater.model.amount import counted, was
from headwater.model.ids import TableName
from headwater.model.part import Part, Snapshot
from headwater.model.receipt import Books
from headwater.model.types import Schema
from headwater.ports.engine import Answer, Asker
from headwater.ports.peek import Flaw, FoundFile, Peeked
from headwater.reading.source import spell
from headwater.room import Room

STREAM = "standard input"
"""What a stream is called, which has no name of its own."""

_ROWS = TableName("rows")
_REFUSED = TableName("refused")
_EVERY = 'select line, column_name as "column", raw, code, message from refused order by line'


class Content:
    """What `headwater.read` gives: a file's rows, typed, and all there is to say about them."""

    def __init__(self, path: Path | None, peeked: Peeked, asker: Asker, room: Room) -> None:
        """Take what was found; the room is cleared when this is closed or forgotten."""
        self.path = path  # None of a stream
        self.peeked = peeked
        self._asker = asker
        self._room = room

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self.books.written

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self.rows()

    def __repr__(self) -> str:
        return f"headwater.read({self.name if self.path is None else spell(self.path)!r})"

    def close(self) -> None:
        """Give back the room on disk that the rows take; nothing can be read any more."""
        self._room.clear()

    @property
    def name(self) -> str:
        r"""What the file is called; bytes that are no text as \xNN."""
        return STREAM if self.path is None else spell(Path(self.path.name))

    @property
    def found(self) -> FoundFile:
        """What the file is: format, compression, encoding, spelling, and why."""
        return self.peeked.found

    @property
    def schema(self) -> Schema:
        """The columns with their types, as values."""
        return self.peeked.schema

    @property
    def columns(self) -> Mapping[str, str]:
        """The names of the columns, each with its type as headwater.yaml spells it."""
        return {column.name: str(column.type) for column in self.schema.columns}

    @property
    def books(self) -> Books:
        """Records counted, and where each went."""
        return self.peeked.books

    @property
    def refused(self) -> Refused:
        """Records that could not be read: line, column, raw text, code and message of each."""
        return Refused(self)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows in the order of the file, as Python values; few are in memory at a time."""
        if self.schema.columns:
            yield from self._select(selected(self.schema)).stream()

    def first(self, count: int) -> list[tuple[Any, ...]]:
        """The first rows of the file."""
        return self._select(selected(self.schema)).rows(count) if self.schema.columns else []

    def arrow(self) -> Any:
        """A pyarrow Table; needs the extra `arrow`."""
        return self._select(selected(self.schema)).arrow()

    def pandas(self) -> Any:
        """A pandas DataFrame; needs the extra `pandas`."""
        return self._select(selected(self.schema)).pandas()

    def polars(self) -> Any:
        """A Polars DataFrame; needs the extra `polars`."""
        return self._select(selected(self.schema)).polars()

    def write(self, path: str, kind: str, *, safe: bool = False) -> int:
        """Write the rows as csv, json, ndjson or parquet; answer how many.

        Values are exact. Safe is for spreadsheets: a text of a CSV file that one would take for
        a formula gets an apostrophe before it.
        """
        text = kind == "csv"
        return self._select(
            safely(self.schema) if safe and text else selected(self.schema, nested_as_json=text)
        ).write(path, kind)

    def _select(self, sql: str) -> Answer:
        if not self.schema.columns:
            raise InputError(
                f"{self.name} has no columns, so there are no rows of it",
                hint=f"headwater peek {self.name} shows what it is",
            )
        return self._ask(sql, _ROWS, self.schema, "table", self.peeked.parts)

    def refusals(self, sql: str) -> Answer:
        """Answer a SELECT over `refused`."""
        parts = tuple(Part(path=name, rows=0, size_bytes=0) for name in self.peeked.refusals)
        return self._ask(sql, _REFUSED, REFUSALS, "refused", parts)

    def _ask(
        self, sql: str, name: TableName, schema: Schema, folder: str, parts: tuple[Part, ...]
    ) -> Answer:
        snapshot = Snapshot(name, 0, schema, (), parts)
        return self._asker.ask(sql, [(snapshot, str(self._room.path / folder))])


class Refused:
    """The records of a file that were refused, in the order of their lines."""

    def __init__(self, content: Content) -> None:
        """Take the content that they would have been part of."""
        self._content = content

    def __len__(self) -> int:
        return self._content.books.quarantined

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[Flaw]:
        if len(self._content.peeked.flaws) == len(self):
            return iter(self._content.peeked.flaws)
        return self._all()

    def __getitem__(self, place: int) -> Flaw:
        if not 0 <= place < len(self):
            raise IndexError(f"{place}: {counted(len(self), 'record')} {was(len(self))} refused")
        return next(each for number, each in enumerate(self) if number == place)

    def __repr__(self) -> str:
        reasons = ", ".join(f"{code} {count:,}" for code, count in self._content.peeked.reasons)
        return f"<{len(self):,} refused{': ' if reasons else ''}{reasons}>"

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many were refused by each code, the most frequent first."""
        return dict(self._content.peeked.reasons)

    def write(self, path: str, kind: str) -> int:
        """Write them as csv, json, ndjson or parquet; answer how many."""
        return self._content.refusals(_EVERY).write(path, kind)

    def _all(self) -> Iterator[Flaw]:
        return (Flaw(*row) for row in self._content.refusals(_EVERY).stream())
