"""A draft: a private copy of a table's log in which its next entry is made, whole and on disk.

delta-rs links an entry into the log first and never syncs it, so that a power cut could leave
a torn entry under its final name. In a draft it writes where nobody reads; the finished file
is synced and then linked into the log. The link fails if the version is taken: that, and
nothing else, decides between racing writers.

    sales/_delta_log/00…41.json                     what readers see
    _drafts/sales/5f0c…/_delta_log/00…41.json       a link to it
    _drafts/sales/5f0c…/_delta_log/00…42.json       made here, then linked into the log
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from typing import Protocol

from headwater.adapters.delta.log import LOG, NEWEST, checkpoint_name, entry_name, version_of
from headwater.errors import CommitUnknown
from headwater.points import point

DRAFTS = "_drafts"  # beside the tables: no table has such a name, and no reader looks there


class Publisher(Protocol):
    """What makes a finished file part of the log."""

    def entry(self, made: Path) -> bool:
        """Make the entry part of the log, durably; False if its version is taken."""
        ...

    def checkpoint(self, made: Path, hint: Path) -> None:
        """Give readers a checkpoint: first its bytes, then its name."""
        ...


class Draft:
    """A folder that delta-rs takes for the table."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.folder = folder
        self.published: int | None = None
        self._publisher = publisher

    def publish(self, version: int) -> bool:
        """Make the entry part of the log, durably; False if that version is taken."""
        point("log.before_commit")
        if not self._publisher.entry(self.folder / LOG / entry_name(version)):
            return False
        self.published = version
        point("log.synced")
        return True

    def publish_checkpoint(self, version: int) -> None:
        """Give readers the checkpoint that was made here."""
        log = self.folder / LOG
        self._publisher.checkpoint(log / checkpoint_name(version), log / NEWEST)


class Linking:
    """Publishes by links into a log that is a folder of the same file system."""

    def __init__(self, table: Path) -> None:
        self._table = table

    def entry(self, made: Path) -> bool:
        """Link the entry into the log, durably; False if its version is taken."""
        entry = self._table / LOG / made.name
        sync(made)
        try:
            os.link(made, entry)
        except OSError as error:
            if not _same_file(made, entry):
                if isinstance(error, FileExistsError):
                    return False
                raise
        point("log.committed_unsynced")
        confirm(self._table)
        return True

    def checkpoint(self, made: Path, hint: Path) -> None:
        """Give readers the checkpoint: first its bytes, then its name."""
        sync(made)
        sync(hint)
        log = self._table / LOG
        with suppress(FileExistsError):
            os.link(made, log / made.name)
        sync(log)
        hint.replace(log / NEWEST)
        sync(log)


@contextmanager
def draft(table: Path, publisher: Publisher | None = None) -> Iterator[Draft]:
    """A draft of the log in the table's folder as it is now; it is gone afterwards."""
    drafts = drafts_of(table)
    for left in abandoned(drafts):
        shutil.rmtree(left, ignore_errors=True)
    folder, lock = _claim(drafts)
    try:
        _copy_log(table / LOG, folder / LOG)
        yield Draft(folder, publisher or Linking(table))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def drafts_of(table: Path) -> Path:
    """Where a table's drafts are made: on its own file system, outside its folder."""
    return table.parent / DRAFTS / table.name


def abandoned(drafts: Path, older_than: float = inf) -> Iterator[Path]:
    """Drafts whose processes have died, made before then; locked while they are looked at."""
    try:
        folders = list(drafts.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for folder in folders:
        with suppress(OSError):  # in use, or cleared by another
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if folder.stat().st_mtime < older_than:
                    yield folder
            finally:
                os.close(lock)


def confirm(table: Path) -> None:
    """Make sure that every entry in the log stays there; CommitUnknown if that cannot be said."""
    try:
        sync(table / LOG)
    except OSError as error:
        raise CommitUnknown(
            f"{table.name}: the log may not be on disk yet: {error.strerror}",
            hint="repeat the same commit: it is recognised if it is in",
        ) from error


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_log(table: Path) -> None:
    """Make the folders of a table, durably."""
    (table / LOG).mkdir(parents=True, exist_ok=True)
    sync(table)
    sync(table.parent)


def _same_file(made: Path, entry: Path) -> bool:
    """Whether the link is there although the call failed: some file systems lose the reply."""
    try:
        return made.samefile(entry)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CommitUnknown(
            f"{entry} cannot be looked at: {error.strerror}",
            hint="repeat the same commit: it is recognised if it is in",
        ) from error


def _claim(drafts: Path) -> tuple[Path, int]:
    """Make a folder and lock it: the lock ends with this process, however that ends."""
    while True:
        folder = drafts / secrets.token_hex(8)
        folder.mkdir(parents=True)
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue  # cleared between two lines, before it was locked
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.exists():
                return folder, lock
        os.close(lock)


def _copy_log(log: Path, copy: Path) -> None:
    """Link the newest checkpoint, and the entries behind it up to the first gap.

    A listing that races with writers may hold an entry and lack the one before it. A draft
    that stops there is merely old, and its entry is refused.
    """
    copy.mkdir()
    hint, start = _newest_checkpoint(log)  # read before the listing, which then holds its file
    listed = os.listdir(log)  # noqa: PTH208 - a Path for each of thousands of names is slow
    if hint and checkpoint_name(start) in listed:
        (copy / NEWEST).write_bytes(hint)
    else:
        start = 0
    behind = [name for name in listed if name >= f"{start:020d}" and version_of(name) is not None]
    entries = sorted(name for name in behind if name.endswith(".json"))
    first = int(entries[0][:20]) if entries else 0
    whole = {name for at, name in enumerate(entries) if name == entry_name(first + at)}
    source = log.resolve()
    for name in behind:
        if name in whole or not name.endswith(".json"):
            (copy / name).symlink_to(source / name)


def _newest_checkpoint(log: Path) -> tuple[bytes, int]:
    try:
        hint = (log / NEWEST).read_bytes()
        return hint, int(json.loads(hint)["version"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return b"", 0  # none, or not readable: the whole log is as good, and slower
