"""What is converted next is brought while present files are converted, as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from headwater.adapters.staging.places import Fetch, Places
from headwater.errors import HeadwaterError
from headwater.ports.engine import Input
from headwater.ports.store import Stat
from headwater.room import Room

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Coming:
    """An object that is on its way here, or here."""

    file: Path
    size_bytes: int
    stat: Future[Stat | None]


class Ahead:
    """Fetches for others, and what they say they will want next while they work.

    Nothing is begun before the present files are here, which would have to share the way. What
    is not wanted after all goes when something else is expected.
    """

    def __init__(self, places: Places, most_bytes: int) -> None:
        """Take where to fetch from, and how many bytes may lie here for later."""
        self._places = places
        self._most_bytes = most_bytes
        self._lock = RLock()
        self._room: Room | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._next: tuple[Input, ...] = ()
        self._waiting: dict[str, Input] = {}  # for room
        self._coming: dict[str, _Coming] = {}
        self._held_bytes = 0
        self._number = 0

    @property
    def held_bytes(self) -> int:
        """How much lies here for later, or is on its way."""
        return self._held_bytes

    def expect(self, inputs: Sequence[Input]) -> None:
        """Say what is wanted behind what is fetched next."""
        with self._lock:
            self._next = tuple(each for each in inputs if self._places.find(each.location))

    def fetch(self, wanted: Sequence[Fetch]) -> list[Stat | None]:
        """Fetch several at once; answer in the order given, None for what is not there."""
        found = {each.location: stat for each in wanted if (stat := self._moved(each)) is not None}
        lacking = [each for each in wanted if each.location not in found]
        fetched = self._places.fetch(lacking)
        told = dict(zip((each.location for each in lacking), fetched, strict=True)) | found
        with self._lock:
            self._begin()
        return [told[each.location] for each in wanted]

    def forget(self) -> None:
        """Let go of all that was expected."""
        with self._lock:
            self._next = ()
            self._begin()

    def _moved(self, wanted: Fetch) -> Stat | None:
        """What came ahead, at its place; None where nothing did: then it is fetched, or refused."""
        with self._lock:
            self._waiting.pop(wanted.location, None)
            coming = self._coming.pop(wanted.location, None)
        if coming is None:
            return None
        try:
            stat = coming.stat.result()
            if stat is not None:
                wanted.target.parent.mkdir(parents=True, exist_ok=True)
                coming.file.replace(wanted.target)
        except (HeadwaterError, OSError):
            stat = None
        finally:
            self._let_go(coming)
        return stat

    def _begin(self) -> None:
        expected, self._next = {each.location: each for each in self._next}, ()
        self._waiting = {}  # for room that others may leave: what was expected before is not
        for location in [each for each in self._coming if each not in expected]:
            self._forget(location)
        self._waiting = {
            location: each for location, each in expected.items() if location not in self._coming
        }
        self._order()

    def _order(self) -> None:
        """Have come what there is room for, one after the other."""
        for location, each in list(self._waiting.items()):
            if self._held_bytes + each.size_bytes > self._most_bytes:
                return
            del self._waiting[location]
            self._coming[location] = self._ordered(each)

    def _ordered(self, each: Input) -> _Coming:
        if self._pool is None or self._room is None:
            self._pool, self._room = ThreadPoolExecutor(_AT_ONCE, "ahead"), Room()
        self._number += 1
        file = self._room.path / str(self._number)
        with self._lock:
            self._held_bytes += each.size_bytes
        fetch = Fetch(each.location, file)
        return _Coming(file, each.size_bytes, self._pool.submit(self._one, fetch))

    def _one(self, fetch: Fetch) -> Stat | None:
        return self._places.fetch([fetch])[0]

    def _forget(self, location: str) -> None:
        coming = self._coming.pop(location)
        coming.stat.cancel()

        def gone(_: Future[Stat | None]) -> None:
            self._let_go(coming)
            with self._lock:
                self._order()  # there is room now that was not there yet

        coming.stat.add_done_callback(gone)

    def _let_go(self, coming: _Coming) -> None:
        coming.file.unlink(missing_ok=True)
        with self._lock:
            self._held_bytes -= coming.size_bytes
