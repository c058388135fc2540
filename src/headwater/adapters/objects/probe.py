"""Whether a store keeps what the lake stands on: of two creates of one name, one is refused."""

from __future__ import annotations

import secrets
from contextlib import suppress

from headwater.errors import HeadwaterError, ObjectExists, StoreError
from headwater.ports.store import Store


def probe(store: Store) -> None:
    """Create one name twice; StoreError if the store takes it twice, or loses it."""
    name = f"_probe-{secrets.token_hex(8)}"
    where = store.locate(name)
    try:
        store.create(name, b"first")
        try:
            store.create(name, b"second")
        except ObjectExists:
            pass
        else:
            raise _unfit(where, "it took one name twice, and the first object is lost")
        if store.read(name) != b"first":
            raise _unfit(where, "it refused to take a name twice, and replaced the object")
    finally:
        with suppress(HeadwaterError):
            store.delete(name)


def _unfit(where: str, why: str) -> StoreError:
    return StoreError(
        f"{where} cannot be in a lake: {why}",
        hint="use a store that honours If-None-Match on a put, as S3 does",
    )
