"""A copy on this machine of what has been read of a log that lies in a store.

Entries never change, so each is fetched once. A file is whole as soon as it has its name, and
any number of processes may share a mirror.

    <mirror>/sales/_delta_log/_last_checkpoint                       written here
    <mirror>/sales/_delta_log/00…50.checkpoint.parquet
    <mirror>/sales/_delta_log/00…50.json … 00…57.json                and older ones if asked for
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from headwater.adapters.delta.draft import sync
from headwater.adapters.delta.log import (
    DIGITS,
    LOG,
    NEWEST,
    checkpoint_name,
    entry_name,
    version_of,
)
from headwater.errors import ObjectMissing
from headwater.ports.store import Stat, Store

_THREADS = 8


class Mirror:
    """One table's log, as far as it was asked for."""

    def __init__(self, store: Store, table: str, folder: Path) -> None:
        self.table = folder
        self.folder = folder / LOG
        self._store = store
        self._log = f"{table}/{LOG}/"

    def exists(self) -> bool:
        """Whether there is an entry."""
        known = self._known()
        if known is not None and self._store.stat(self._log + entry_name(known)) is not None:
            return True
        return any(version_of(name) is not None for name in self._list(""))

    def newest(self) -> int | None:
        """The greatest version that a name in the log tells; None: there is no table."""
        versions = (version_of(name) for name in self._look())
        return max((version for version in versions if version is not None), default=None)

    def refresh(self) -> None:
        """Fetch what the newest state needs: a checkpoint, and the entries behind it."""
        listed = self._look()
        found = [version for name in listed if (version := version_of(name)) is not None]
        if found:
            self._bring(range(self._bring_checkpoint(listed), max(found) + 1), listed)

    def bring(self, versions: Iterable[int]) -> None:
        """Fetch these entries, as far as they are there and are not here."""
        self._bring(versions, {})

    def bring_since(self, version: int) -> None:
        """Fetch every entry from that version on."""
        self.refresh()
        newest = self._known()
        if newest is not None:
            self._bring(range(version, newest + 1), self._list(f"{version:0{DIGITS}d}."))

    def keep(self, made: Path) -> None:
        """Take in a file that was put into the log."""
        with suppress(OSError):  # it is fetched, then
            sync(made)
            os.link(made, self.folder / made.name)

    def _look(self) -> dict[str, Stat]:
        """What is in the log from the newest known entry on, or from its checkpoint."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = self._known()
        if known is not None:
            listed = self._list(f"{known:0{DIGITS}d}.")
            if self._agrees(listed, entry_name(known)):
                return listed
            shutil.rmtree(self.folder)  # another log lies there by now
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        hinted = self._hint()
        if hinted is not None:
            listed = self._list(f"{hinted:0{DIGITS}d}.")
            if checkpoint_name(hinted) in listed:
                return listed
        return self._list("")

    def _agrees(self, listed: dict[str, Stat], name: str) -> bool:
        there = listed.get(name)
        return there is not None and there.size_bytes == (self.folder / name).stat().st_size

    def _hint(self) -> int | None:
        try:
            return int(json.loads(self._store.read(self._log + NEWEST))["version"])
        except (ObjectMissing, ValueError, KeyError, TypeError):
            return None  # none, or not readable: a listing of the whole log is as good

    def _bring_checkpoint(self, listed: dict[str, Stat]) -> int:
        """Fetch the newest checkpoint that is one file; its version, 0 where there is none."""
        known = max(_checkpoints(self._here()), default=0)
        newest = max(_checkpoints(listed), default=0)
        if newest <= known:
            return known
        self._fetch(checkpoint_name(newest), listed.get(checkpoint_name(newest)))
        self._write(NEWEST, json.dumps({"version": newest, "size": 0}).encode())
        return newest

    def _bring(self, versions: Iterable[int], listed: dict[str, Stat]) -> None:
        here = self._here()
        lacking = [name for v in versions if (name := entry_name(v)) not in here]
        if lacking:
            with ThreadPoolExecutor(min(len(lacking), _THREADS)) as pool:
                list(pool.map(lambda name: self._fetch(name, listed.get(name)), lacking))

    def _fetch(self, name: str, stat: Stat | None) -> None:
        there = stat or self._store.stat(self._log + name)
        if there is None:
            return  # a gap; whoever reads the entry says so
        body = self._store.read(there.name)
        self._write(name, body, there.modified_at.timestamp())

    def _write(self, name: str, body: bytes, written_at: float | None = None) -> None:
        """Put a file here: whole as soon as it has its name."""
        made = self.table / f".{secrets.token_hex(8)}"
        made.write_bytes(body)
        sync(made)  # a mirror that a power cut has torn would be believed afterwards
        if written_at is not None:
            os.utime(made, (written_at, written_at))
        made.replace(self.folder / name)

    def _known(self) -> int | None:
        """The newest entry that is here."""
        return max(
            (
                v
                for name in self._here()
                if name.endswith(".json") and (v := version_of(name)) is not None
            ),
            default=None,
        )

    def _here(self) -> set[str]:
        try:
            return set(os.listdir(self.folder))  # noqa: PTH208 - a Path for each is slow
        except FileNotFoundError:
            return set()

    def _list(self, after: str) -> dict[str, Stat]:
        found = self._store.list(self._log, self._log + after if after else "")
        return {stat.name[len(self._log) :]: stat for stat in found}


def _checkpoints(names: Iterable[str]) -> Iterator[int]:
    """The versions of checkpoints that are one file."""
    for name in names:
        version = version_of(name)
        if version is not None and name == checkpoint_name(version):
            yield version
