"""Parts of tables as local files, kept for who asks next, as long as there is room."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from headwater.adapters.staging.places import Fetch, Places
from headwater.model.part import Part
from headwater.room import Room


@dataclass(slots=True)
class _Kept:
    """A part that is here."""

    size_bytes: int
    users: int = 0


class Shelf:
    """What was fetched. Parts never change, so what is here is what is there.

    The one that was asked for the longest time ago goes first; what is in use stays.
    """

    def __init__(self, places: Places, most_bytes: int | None = None) -> None:
        """Take as much room as is allowed, or half of what is free here."""
        self._places = places
        self._most_bytes = most_bytes
        self._room: Room | None = None
        self._folders: dict[str, str] = {}
        self._kept: OrderedDict[Path, _Kept] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def tables(self, wanted: Sequence[tuple[str, Iterable[Part]]]) -> Iterator[list[str]]:
        """Folders that hold these parts of tables at these locations, as long as they are used."""
        folders, files = self.bring(wanted)
        try:
            yield folders
        finally:
            self.release(files)

    def bring(
        self, wanted: Sequence[tuple[str, Iterable[Part]]]
    ) -> tuple[list[str], tuple[Path, ...]]:
        """The folders, and the files that stay until they are released."""
        with self._lock:
            folders = [self._folder(location) for location, _ in wanted]
            parts = {
                Path(folder) / part.path: (f"{location}/{part.path}", part.size_bytes)
                for folder, (location, of) in zip(folders, wanted, strict=True)
                if self._places.is_far(location)
                for part in of
            }
            for file in parts:
                if file in self._kept:
                    self._kept[file].users += 1
                    self._kept.move_to_end(file)
            lacking = [file for file in parts if file not in self._kept]
            self._make_room(sum(parts[file][1] for file in lacking))
            self._places.fetch([Fetch(parts[file][0], file) for file in lacking])
            for file in lacking:
                self._kept[file] = _Kept(parts[file][1], users=1)
            return folders, tuple(parts)

    def release(self, files: Iterable[Path]) -> None:
        """Say that these files may go."""
        with self._lock:
            for file in files:
                self._kept[file].users -= 1

    def _folder(self, location: str) -> str:
        if not self._places.is_far(location):
            return location
        if self._room is None:
            self._room = Room()
            if self._most_bytes is None:
                self._most_bytes = shutil.disk_usage(self._room.path).free // 2
        return self._folders.setdefault(location, str(self._room.path / str(len(self._folders))))

    def _make_room(self, size_bytes: int) -> None:
        most = self._most_bytes or 0
        held = size_bytes + sum(each.size_bytes for each in self._kept.values())
        for file, each in list(self._kept.items()):
            if held <= most:
                return
            if each.users == 0:
                file.unlink(missing_ok=True)
                held -= each.size_bytes
                del self._kept[file]
