"""What a service of objects does for a store: the little that services differ in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from headwater.errors import StoreError


class Doubtful(Exception):
    """The reply was lost, was cut short or said "later": look before acting, or ask again."""

    def __init__(self, error: StoreError) -> None:
        """Take what is to be said if looking and asking again do not help either."""
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Found:
    """An object as the service tells of it."""

    key: str
    size_bytes: int
    stamp: str
    modified_at: datetime
    mark: str = ""  # of the write that made it; listings do not tell it


class Upload(Protocol):
    """An object that is sent in pieces; nobody sees it before it is complete."""

    def add(self, number: int, body: bytes) -> None:
        """Send a piece; they are counted from 1. Threads may send some at once."""
        ...

    def complete(self) -> None:
        """Give the object its key, if that is free; ObjectExists, Doubtful."""
        ...

    def abort(self) -> None:
        """Forget the pieces; an upload that is complete or gone is no error."""
        ...


class Bucket(Protocol):
    """Objects by key. Whatever is refused is told in our words, as a StoreError."""

    @property
    def url(self) -> str:
        """What a key is put behind to make a URL."""
        ...

    @property
    def service(self) -> str:
        """Who keeps it, as a URL or a scheme: what was found out of one of its buckets holds."""
        ...

    def find(self, key: str) -> Found | None:
        """The object, or None."""
        ...

    def get(self, key: str, start: int, length: int | None) -> bytes:
        """The bytes, or a range of them; ObjectMissing, Doubtful where they came in part."""
        ...

    def stream(self, key: str, start: int, stamp: str | None) -> tuple[Found, Iterator[bytes]]:
        """The object, and its bytes from there on, piece by piece.

        ObjectMissing; SourceChanged if a stamp is given and it has another by now; Doubtful,
        from the pieces too, where they do not come to the end.
        """
        ...

    def put(self, key: str, body: bytes, mark: str) -> None:
        """Put bytes under a free key, with the mark; ObjectExists, Doubtful."""
        ...

    def begin(self, key: str, mark: str) -> Upload:
        """Begin an upload of an object that will bear the mark."""
        ...

    def list(self, prefix: str, after: str) -> Iterator[Found]:
        """Objects whose key begins with prefix and sorts behind after, in order of keys."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...

    def sweep(self, prefix: str, older_than: datetime) -> int:
        """Abort uploads of keys with the prefix that began before then; answer how many."""
        ...
