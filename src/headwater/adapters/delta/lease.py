"""A right that one process has at a time, among all that share a store: politeness, no more.

Whoever wants it looks whether somebody has it, and if not puts an object whose name says when
it began and when it ends. Of those who did so at once, the one whose name is first has it. It
is renewed by further objects while it is held.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

from headwater.errors import StoreError
from headwater.model.clock import Clock
from headwater.ports.store import Store

LASTS = timedelta(seconds=60)
RENEWED_SECONDS = LASTS.total_seconds() / 4
_DIGITS = 15  # of milliseconds: names sort as times do


@dataclass(frozen=True, slots=True)
class _Lease:
    """`<began>-<holder>-<ends>`, in milliseconds."""

    began: int
    holder: str
    ends: int

    @property
    def name(self) -> str:
        return f"{self.began:0{_DIGITS}d}-{self.holder}-{self.ends:0{_DIGITS}d}"


class Lease:
    """The right that goes by a folder of a store."""

    def __init__(self, store: Store, folder: str, clock: Clock) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Hold it until the end of the block; False where somebody else holds it."""
        if self._living():
            yield False
            return
        now = self._now()
        mine = _Lease(now, secrets.token_hex(8), now + _milliseconds(LASTS))
        self._put(mine)
        given_up = Event()
        renewing = Thread(target=self._renew, args=(mine, given_up), daemon=True)
        try:
            first = min(self._living(), key=lambda lease: lease.name, default=mine)
            has_it = first.holder == mine.holder
            if has_it:
                renewing.start()
            yield has_it
        finally:
            given_up.set()
            if renewing.ident is not None:
                renewing.join()
            with suppress(StoreError):  # it ends by itself
                self._drop(mine.holder)

    def held(self) -> bool:
        """Whether somebody who lives holds it."""
        return bool(self._living())

    def _renew(self, lease: _Lease, given_up: Event) -> None:
        while not given_up.wait(RENEWED_SECONDS):
            with suppress(StoreError):  # the next time is early enough
                self._put(_Lease(lease.began, lease.holder, self._now() + _milliseconds(LASTS)))

    def _put(self, lease: _Lease) -> None:
        self._store.create(f"{self._folder}/{lease.name}", b"")

    def _living(self) -> list[_Lease]:
        """Those that have not ended; what is left of others is removed on the way."""
        now, living = self._now(), []
        for name, lease in self._all():
            if lease.ends > now:
                living.append(lease)
            elif lease.ends < now - _milliseconds(LASTS):
                self._store.delete(name)
        return living

    def _drop(self, holder: str) -> None:
        for name, lease in self._all():
            if lease.holder == holder:
                self._store.delete(name)

    def _all(self) -> Iterator[tuple[str, _Lease]]:
        for stat in list(self._store.list(f"{self._folder}/")):
            with suppress(ValueError):  # somebody else's object is no lease
                began, holder, ends = stat.name.rpartition("/")[2].split("-")
                yield stat.name, _Lease(int(began), holder, int(ends))

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
