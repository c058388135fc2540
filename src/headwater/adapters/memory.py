"""Objects in this process's memory: for tests, and for looking at a flow without a disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Lock

from headwater.adapters.names import require_name
from headwater.errors import HeadwaterError, ObjectExists, ObjectMissing, UsageError
from headwater.model.clock import Clock, utc_now
from headwater.ports.store import How, Stat, StoreAbilities, Taking, Told, nobody
from headwater.reading.source import open_source, require_stamp, source_fault


@dataclass(frozen=True, slots=True)
class _Object:
    stat: Stat
    body: bytes


class MemoryStore:
    """Objects in a dictionary; nothing outlives the process."""

    def __init__(self, clock: Clock = utc_now, name: str = "memory") -> None:
        """Take what tells the time, and what messages call it."""
        self._name = name
        self._objects: dict[str, _Object] = {}
        self._clock = clock
        self._stamps = count(1)
        self._lock = Lock()

    @property
    def abilities(self) -> StoreAbilities:
        """What this back-end can do."""
        return StoreAbilities(links=False, local_paths=False, lasting=True)

    def take(
        self, takings: Sequence[Taking], *, told: Told = nobody
    ) -> list[Stat | HeadwaterError]:
        """Make each local file an object, if its name is free; answer in the order given."""
        answers: list[Stat | HeadwaterError] = []
        for taking in takings:
            try:
                stat = self._take(taking)
                told(stat.size_bytes)
                answers.append(stat)
            except HeadwaterError as refusal:
                answers.append(refusal)
        return answers

    def create(self, name: str, body: bytes) -> Stat:
        """Put bytes under a free name; ObjectExists if it is taken."""
        require_name(name)
        stat = Stat(name, len(body), f"memory-{next(self._stamps)}", self._clock())
        with self._lock:
            if name in self._objects:
                raise ObjectExists(
                    f"{name} is there already", hint="look at what is there; nothing was changed"
                )
            self._objects[name] = _Object(stat, bytes(body))
        return stat

    def secure(self, names: Sequence[str]) -> list[HeadwaterError | None]:
        """Nothing to do for what is there; answer in the order given."""
        return [None if self.stat(name) else _missing(name) for name in names]

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes, or a range of them; ObjectMissing if there is no such object."""
        require_name(name)
        if start < 0 or (length is not None and length < 0):
            raise UsageError(f"the range {start}, {length} of {name} begins before its first byte")
        found = self._objects.get(name)
        if found is None:
            raise _missing(name)
        return found.body[start : None if length is None else start + length]

    def scan(self, name: str, see: Callable[[bytes], object]) -> Stat:
        """Show every byte; answer what object they were of."""
        require_name(name)
        found = self._objects.get(name)
        if found is None:
            raise _missing(name)
        see(found.body)
        return found.stat

    def stat(self, name: str) -> Stat | None:
        """The object as it lies there, or None."""
        require_name(name)
        found = self._objects.get(name)
        return None if found is None else found.stat

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stat]:
        """Objects whose name begins with prefix and sorts behind after, in name order."""
        with self._lock:
            names = sorted(name for name in self._objects if name.startswith(prefix))
        for name in names:
            found = self._objects.get(name)
            if name > after and found is not None:
                yield found.stat

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""
        require_name(name)
        with self._lock:
            self._objects.pop(name, None)

    def locate(self, name: str) -> str:
        """A name for messages: no engine reads this memory."""
        require_name(name)
        return f"{self._name}:{name}"

    def sweep(self, older_than: datetime) -> int:
        """Nothing: what is unfinished here is nowhere."""
        _ = older_than
        return 0

    def _take(self, taking: Taking) -> Stat:
        require_name(taking.name)
        if taking.how is How.LINK:
            raise UsageError(
                f"MemoryStore cannot link {taking.source}: it holds copies only",
                hint="land it as a copy, without --link",
            )
        stat = self.create(taking.name, _body(taking))
        if taking.how is How.MOVE:
            with suppress(OSError):
                taking.source.unlink()
        return stat


def _missing(name: str) -> ObjectMissing:
    return ObjectMissing(f"{name} is not there", hint="list what is there, and check the name")


def _body(taking: Taking) -> bytes:
    with open_source(taking.source) as descriptor:
        require_stamp(taking.source, descriptor, taking.stamp)
        try:
            with open(descriptor, "rb", closefd=False) as file:
                body = file.read()
        except OSError as cause:
            raise source_fault(taking.source, cause) from cause
        require_stamp(taking.source, descriptor, taking.stamp)
        return body
