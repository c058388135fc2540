"""Where the logs of tables lie: in folders of this machine, or in a store that many share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from headwater.model.ids import TableName

if TYPE_CHECKING:
    from headwater.adapters.delta.draft import Draft


@dataclass(frozen=True, slots=True)
class Lying:
    """A part's file as it lies there."""

    size_bytes: int
    written_at_ms: int


class Log(Protocol):
    """One table's log. What it answers paths of is on this machine, and only to be read."""

    @property
    def location(self) -> str:
        """The folder or URL below which the table's parts lie."""
        ...

    def newest(self) -> int | None:
        """The greatest version that an entry or a checkpoint names; None: there is no table."""
        ...

    def exists(self) -> bool:
        """Whether there is a table: a log without an entry is a creation that did not end."""
        ...

    def prepare(self) -> None:
        """Make what a first entry needs."""
        ...

    def state(self) -> Path:
        """A table folder with what the newest state needs: a checkpoint, and entries behind it."""
        ...

    def entries(self, versions: Iterable[int]) -> Path:
        """A log folder with these entries in it, as far as there are such."""
        ...

    def since(self, version: int) -> Path:
        """A log folder with every entry from that version on."""
        ...

    def find(self, paths: Sequence[str]) -> list[Lying | None]:
        """The files of parts, in the order given; None for one that is not there."""
        ...

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the writers of this machine that came before are done, with some patience."""
        ...

    def draft(self) -> AbstractContextManager[Draft]:
        """A draft of the log as it is now; it is gone afterwards."""
        ...

    def confirm(self) -> None:
        """Make sure that every entry stays; CommitUnknown if that cannot be said."""
        ...

    def hold(self) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it."""
        ...

    def held(self) -> bool:
        """Whether somebody who lives holds that right."""
        ...


class Place(Protocol):
    """The logs of a zone's tables."""

    def names(self) -> list[str]:
        """What lies there and may be a table, by name."""
        ...

    def log(self, table: TableName) -> Log:
        """A table's log, whether there is one or not."""
        ...

    def abandoned(self, older_than: datetime) -> Iterable[Path]:
        """Drafts of writers that died before then."""
        ...
