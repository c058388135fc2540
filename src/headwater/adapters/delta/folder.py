"""Logs in folders of this machine: `<root>/<table>/` holds parts and `_delta_log`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from headwater.adapters.delta.draft import (
    DRAFTS,
    Draft,
    abandoned,
    confirm,
    draft,
    drafts_of,
    make_log,
)
from headwater.adapters.delta.hold import held, hold
from headwater.adapters.delta.log import LOG, has_entries, newest_version
from headwater.adapters.delta.place import Lying
from headwater.adapters.delta.turn import turn
from headwater.model.ids import TableName


class Folders:
    """The tables below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        """What lies there and may be a table, by name."""
        if not self._root.is_dir():
            return []
        return sorted(path.name for path in self._root.iterdir())

    def log(self, table: TableName) -> FolderLog:
        """A table's log, whether there is one or not."""
        return FolderLog(self._root / table)

    def abandoned(self, older_than: datetime) -> Iterator[Path]:
        """Drafts of writers that died before then."""
        for drafts in (self._root / DRAFTS).glob("*"):
            yield from abandoned(drafts, older_than.timestamp())


class FolderLog:
    """A log that everybody reads where it lies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def location(self) -> str:
        """The folder below which the table's parts lie."""
        return str(self._folder)

    def newest(self) -> int | None:
        """The greatest version that a name in it tells; None: there is no table."""
        return newest_version(self._folder / LOG)

    def exists(self) -> bool:
        """Whether there is a table."""
        return has_entries(self._folder / LOG)

    def prepare(self) -> None:
        """Make the table's folders, durably."""
        if not self.exists():
            make_log(self._folder)

    def state(self) -> Path:
        """The table's folder."""
        return self._folder

    def entries(self, versions: Iterable[int]) -> Path:
        """The log's folder, which has every entry."""
        _ = versions
        return self._folder / LOG

    def since(self, version: int) -> Path:
        """The log's folder, which has every entry."""
        _ = version
        return self._folder / LOG

    def find(self, paths: Sequence[str]) -> list[Lying | None]:
        """The files of parts, in the order given; None for one that is not there."""
        return [self._find(path) for path in paths]

    def turn(self) -> AbstractContextManager[None]:
        """Wait until the writers that came before are done, with some patience."""
        return turn(drafts_of(self._folder), self._folder / LOG)

    def draft(self) -> AbstractContextManager[Draft]:
        """A draft of the log as it is now; it is gone afterwards."""
        return draft(self._folder)

    def confirm(self) -> None:
        """Make sure that every entry stays; CommitUnknown if that cannot be said."""
        confirm(self._folder)

    def hold(self) -> AbstractContextManager[bool]:
        """Hold the right to compact the table; False where somebody else has it."""
        return hold(self._compacting())

    def held(self) -> bool:
        """Whether somebody who lives holds that right."""
        return held(self._compacting())

    def _compacting(self) -> Path:
        return self._folder.parent / DRAFTS / f"{self._folder.name}.compacting"

    def _find(self, path: str) -> Lying | None:
        try:
            status = (self._folder / path).stat()
        except FileNotFoundError:
            return None
        return Lying(status.st_size, status.st_mtime_ns // 1_000_000)
