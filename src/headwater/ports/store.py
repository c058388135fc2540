"""Where bytes live: take, create, read, list, delete.

Names are relative, with '/' between segments and no '.' or '..' segment; an
adapter refuses any other with UsageError before it touches anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from headwater.errors import HeadwaterError

Told = Callable[[int], None]


def nobody(_: int) -> None:
    """Tell nobody."""


class How(StrEnum):
    """How a local file becomes an object."""

    COPY = "copy"  # the source stays; reflinked where the file system can
    MOVE = "move"  # the source is gone afterwards
    LINK = "link"  # one more name for the same bytes: for producers that never rewrite


@dataclass(frozen=True, slots=True)
class Stat:
    """An object as it lies there."""

    name: str
    size_bytes: int
    stamp: str  # changes when the content does: inode and mtime, or ETag, or version id
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Taking:
    """A local file that is to become an object."""

    source: Path
    name: str
    how: How
    stamp: str  # of the source when it was measured; another one now is SourceChanged


@dataclass(frozen=True, slots=True)
class StoreAbilities:
    """What back-ends differ in."""

    links: bool  # a local file can become an object without a copy
    local_paths: bool  # locate() answers a path on this machine
    lasting: bool  # what is there lasts, whoever put it there: nothing has to be secured


class Store(Protocol):
    """One zone's objects."""

    @property
    def abilities(self) -> StoreAbilities:
        """What this back-end can do."""
        ...

    def take(
        self, takings: Sequence[Taking], *, told: Told = nobody
    ) -> list[Stat | HeadwaterError]:
        """Make each local file an object, if its name is free; answer in the order given.

        `told` is called with the number of bytes of each piece that was copied.

        What is answered with a Stat is durable under its final name, whole. Answered
        with an error instead: ObjectExists (what was there is untouched), SourceChanged,
        SourceMissing, NoSpace; such a taking left nothing behind and its source stays.
        A name is visible either whole or not at all. Safe to repeat: a second time
        answers ObjectExists.
        """
        ...

    def create(self, name: str, body: bytes) -> Stat:
        """Put bytes under a free name, durably; ObjectExists if it is taken."""
        ...

    def secure(self, names: Sequence[str]) -> list[HeadwaterError | None]:
        """Make objects last that somebody else has put there; answer in the order given.

        What is answered with None survives a power cut, its bytes and its name. ObjectMissing
        for what is not there. Repeating it changes nothing.
        """
        ...

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes, or a range of them; ObjectMissing if there is no such object."""
        ...

    def scan(self, name: str, see: Callable[[bytes], object]) -> Stat:
        """Show every byte, piece by piece and in order; answer what object they were of.

        They are of one version. ObjectMissing as above; whoever looks may raise, which ends it.
        """
        ...

    def stat(self, name: str) -> Stat | None:
        """The object as it lies there, or None."""
        ...

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stat]:
        """Objects whose name begins with prefix and sorts behind after, in name order.

        Unfinished takings are never listed. A listing sees every object that was there
        before it began and is not deleted meanwhile.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def locate(self, name: str) -> str:
        """Where an engine reads it: a path or a URL."""
        ...

    def sweep(self, older_than: datetime) -> int:
        """Remove what unfinished takings and creates left before then; answer how many."""
        ...
