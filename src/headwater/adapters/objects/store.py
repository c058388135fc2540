"""A zone's objects below a prefix of a bucket: take, create, read, list, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from headwater.adapters.names import nameable, require_name
from headwater.adapters.objects.bucket import Bucket, Found
from headwater.adapters.objects.intake import THREADS, Intake
from headwater.adapters.objects.writing import ask_again, new_mark, write_once
from headwater.errors import HeadwaterError, ObjectMissing, UsageError
from headwater.points import point
from headwater.ports.store import Stat, StoreAbilities, Taking, Told, nobody


class ObjectStore:
    """Objects below `<prefix>/` of a bucket.

    Objects whose keys no store takes as names are none: folder markers, keys with an empty
    segment, and what is called as hidden and unfinished files are.
    """

    def __init__(self, bucket: Bucket, prefix: str = "") -> None:
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @property
    def abilities(self) -> StoreAbilities:
        """What this back-end can do."""
        return StoreAbilities(links=False, local_paths=False, lasting=True)

    def take(
        self, takings: Sequence[Taking], *, told: Told = nobody
    ) -> list[Stat | HeadwaterError]:
        """Make each local file an object, if its name is free; answer in the order given."""
        return Intake(self._bucket, self._key, told).take(takings, self._stat)

    def create(self, name: str, body: bytes) -> Stat:
        """Put bytes under a free name, durably; ObjectExists if it is taken."""
        key, mark = self._key(name), new_mark()
        found = write_once(self._bucket, key, mark, lambda: self._bucket.put(key, body, mark))
        point("up.linked")
        return self._stat(found)

    def secure(self, names: Sequence[str]) -> list[HeadwaterError | None]:
        """Nothing to do for what is there: a service answers once it lasts."""
        if not names:
            return []
        with ThreadPoolExecutor(min(len(names), THREADS)) as pool:
            return list(pool.map(self._absence, names))

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes, or a range of them; ObjectMissing if there is no such object."""
        key = self._key(name)
        if start < 0 or (length is not None and length < 0):
            raise UsageError(f"the range {start}, {length} of {name} begins before its first byte")
        if length == 0:
            if self._bucket.find(key) is None:
                raise _missing(name)
            return b""
        return ask_again(lambda: self._bucket.get(key, start, length))

    def scan(self, name: str, see: Callable[[bytes], object]) -> Stat:
        """Show every byte; answer what object they were of. What breaks off is gone on with."""
        key = self._key(name)
        shown, stamp = 0, None

        def go_on() -> Found:
            nonlocal shown, stamp
            found, pieces = self._bucket.stream(key, shown, stamp)
            stamp = found.stamp
            for piece in pieces:
                see(piece)
                shown += len(piece)
            return found

        return self._stat(ask_again(go_on))

    def stat(self, name: str) -> Stat | None:
        """The object as it lies there, or None."""
        found = self._bucket.find(self._key(name))
        return None if found is None else self._stat(found)

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stat]:
        """Objects whose name begins with prefix and sorts behind after, in name order."""
        behind = self._prefix + after if after else ""
        for found in self._bucket.list(self._prefix + prefix, behind):
            stat = self._stat(found)
            if nameable(stat.name):
                yield stat

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""
        self._bucket.delete(self._key(name))

    def locate(self, name: str) -> str:
        """Its URL."""
        return self._bucket.url + self._key(name)

    def sweep(self, older_than: datetime) -> int:
        """Abort uploads that began before then and did not end; answer how many."""
        return self._bucket.sweep(self._prefix, older_than)

    def _key(self, name: str) -> str:
        require_name(name)
        return self._prefix + name

    def _stat(self, found: Found) -> Stat:
        name = found.key[len(self._prefix) :]
        return Stat(name, found.size_bytes, found.stamp, found.modified_at)

    def _absence(self, name: str) -> HeadwaterError | None:
        return None if self.stat(name) is not None else _missing(name)


def _missing(name: str) -> ObjectMissing:
    return ObjectMissing(f"{name} is not there", hint="list what is there, and check the name")
