"""Where a location lies: in which store, under which name; or on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from headwater.adapters.staging.fetched import fetch
from headwater.errors import ObjectMissing, StoreError
from headwater.ports.store import How, Stat, Store, Taking
from headwater.reading.source import source_stamp

_AT_ONCE = 8
_PROBE = "x"  # any name: a store locates objects, not itself


@dataclass(frozen=True, slots=True)
class Fetch:
    """An object that is wanted as a local file."""

    location: str
    target: Path


class Places:
    """The stores of a lake whose objects are not files of this machine."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._roots = [
            (store.locate(_PROBE).removesuffix(_PROBE), store)
            for store in stores
            if not store.abilities.local_paths
        ]

    def find(self, location: str) -> tuple[Store, str] | None:
        """The store and the name; None for a path of this machine."""
        fitting = [(root, store) for root, store in self._roots if location.startswith(root)]
        if not fitting:
            return None
        root, store = max(fitting, key=lambda each: len(each[0]))
        return store, location.removeprefix(root)

    def is_far(self, location: str) -> bool:
        """Whether what lies there, or below, has to be fetched."""
        return self.find(location.rstrip("/") + "/" + _PROBE) is not None

    def fetch(self, wanted: Sequence[Fetch]) -> list[Stat | None]:
        """Fetch several at once; answer in the order given, None for what is not there."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._fetch, wanted))

    def put(self, folder: Path, names: Sequence[str], location: str) -> None:
        """Move files of a folder to a location, under the same names, several at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda name: self._put(folder / name, f"{location}/{name}"), names))

    def _fetch(self, wanted: Fetch) -> Stat | None:
        store, name = self._found(wanted.location)
        try:
            return fetch(store, name, wanted.target)
        except ObjectMissing:
            return None

    def _put(self, file: Path, location: str) -> None:
        store, name = self._found(location)
        taking = Taking(file, name, How.MOVE, source_stamp(os.stat(file)))  # noqa: PTH116 - as it was measured
        (answer,) = store.take([taking])
        if not isinstance(answer, Stat):
            raise answer

    def _found(self, location: str) -> tuple[Store, str]:
        found = self.find(location)
        if found is None:
            raise StoreError(
                f"{location} lies in no zone of this lake", hint="see `zones` in headwater.yaml"
            )
        return found
