"""Where other tools look tables up: a database of them, with columns and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from headwater.model.ids import TableName
from headwater.model.types import Schema


@dataclass(frozen=True, slots=True)
class Entry:
    """A table as it is shown."""

    table: TableName
    version: int
    location: str  # of its parts and its log; a URL
    schema: Schema  # partition columns among it
    partition_by: tuple[str, ...] = ()
    rows: int = 0
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a catalogue shows of a table that Headwater has put into it."""

    table: TableName
    version: int
    location: str


class Catalogue(Protocol):
    """One database of tables; several lakes may share it, and other tools have tables in it."""

    def find(self, table: TableName) -> Shown | None:
        """What is shown under that name; None where nothing is.

        UsageError where it is a table that Headwater has not put there.
        """
        ...

    def shown(self) -> list[Shown]:
        """Every table that Headwater has put there, this lake or another, by name."""
        ...

    def show(self, entry: Entry) -> bool:
        """Show the table as the entry has it; whether anything had to be changed for that.

        Safe to repeat and under a race: an entry never takes the place of a newer version's.
        UsageError, and nothing is changed, where a table of that name is not Headwater's, or
        lies in another place.
        """
        ...

    def drop(self, table: TableName, location: str) -> bool:
        """Show the table no more; False where it is not shown as one that lies in that place.

        Of its rows nothing is touched.
        """
        ...
