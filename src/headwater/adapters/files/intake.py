"""New objects on their way in: written under a temporary name, synced, linked, synced."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

from headwater.adapters.durable import sync_files, sync_folders
from headwater.adapters.files.copying import copy_bytes, write_bytes
from headwater.adapters.files.faults import name_taken, not_a_folder, store_fault
from headwater.adapters.files.spelling import path_on_disk
from headwater.errors import SourceUnreadable, UsageError
from headwater.points import point
from headwater.ports.store import How, Taking, Told, nobody
from headwater.reading.source import changed, open_source, require_stamp, source_stamp, spell

TEMP_FOLDER = ".tmp"

_NO_LINK = frozenset(
    {
        errno.EXDEV,  # another file system
        errno.EPERM,  # a file system without links, or a file of somebody else's
        errno.EACCES,
        errno.EMLINK,
        errno.EOPNOTSUPP,
        errno.ENOTSUP,
    }
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An object that is whole, under a temporary name."""

    name: str
    final: str
    temporary: str
    status: os.stat_result


class Intake:
    """One batch of new objects. Whatever it has not published is gone when it ends."""

    def __init__(self, root: str, lasting: set[str]) -> None:
        self._root = root
        self._lasting = lasting  # folders known to last themselves; the store's, it grows
        self._temp_folder = f"{root}/{TEMP_FOLDER}"
        self._series = (f"{self._temp_folder}/{secrets.token_hex(8)}-{i}" for i in count())
        self._temporaries: set[str] = set()
        self._prepared: set[str] = set()
        self._touched: set[str] = set()
        Path(self._temp_folder).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in tuple(self._temporaries):
            self._drop(temporary)

    def draft_file(self, taking: Taking, told: Told = nobody) -> Draft:
        """Write or link a local file under a temporary name; its stamp must hold throughout."""
        final = self._final(taking.name)
        with open_source(taking.source) as source:
            require_stamp(taking.source, source, taking.stamp)
            if taking.how is How.MOVE:
                _require_removable(taking)
            if taking.how is not How.COPY:
                linked = self._draft_link(taking, final)
                if linked is not None:
                    return linked
            status = os.fstat(source)
            mode = stat.S_IMODE(status.st_mode) & 0o666 | 0o600

            def fill(target: int) -> None:
                copy_bytes(source, target, status.st_size, told)
                require_stamp(taking.source, source, taking.stamp)

            return self._draft(taking.name, final, mode, fill)

    def draft_bytes(self, name: str, body: bytes) -> Draft:
        """Write bytes under a temporary name."""
        return self._draft(name, self._final(name), 0o666, lambda target: write_bytes(target, body))

    def sync(self, drafts: Iterable[Draft]) -> None:
        """Make the content of every draft last, all at once."""
        sync_files([draft.temporary for draft in drafts])
        point("up.fsynced")

    def publish(self, draft: Draft) -> None:
        """Give the draft its name, if that is free."""
        try:
            os.link(draft.temporary, draft.final)
        except FileExistsError as cause:
            raise name_taken(draft.name) from cause
        except OSError as cause:
            raise store_fault(draft.name, cause) from cause
        finally:
            self._drop(draft.temporary)
        point("up.linked")

    def sync_names(self) -> None:
        """Make every name last: of what was published, of what was found there, of folders."""
        sync_folders(self._touched)
        self._lasting |= self._prepared
        point("up.dirsynced")

    def _final(self, name: str) -> str:
        final = f"{self._root}/{path_on_disk(name)}"
        folder = final.rpartition("/")[0]
        try:
            if folder not in self._prepared:
                self._prepare(name, folder)
            self._touched.add(folder)  # also for a name that is taken, by one who died here
            taken = os.path.lexists(final)
        except OSError as cause:
            raise store_fault(name, cause) from cause
        if taken:
            raise name_taken(name)
        return final

    def _prepare(self, name: str, folder: str) -> None:
        """Make the folder and those above it, and remember to sync what is not known to last."""
        path = self._root
        above = [path]
        for segment in folder[len(path) + 1 :].split("/") if folder != path else ():
            path = f"{path}/{segment}"
            above.append(path)
            try:
                Path(path).mkdir()
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise not_a_folder(name, path) from None
        if folder not in self._lasting:
            self._touched.update(above)
            around = str(Path(self._root).parent)
            if os.access(around, os.R_OK):
                self._touched.add(around)
        self._prepared.add(folder)

    def _draft(self, name: str, final: str, mode: int, fill: Callable[[int], None]) -> Draft:
        temporary = self._next_temporary()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            target = os.open(temporary, flags, mode)
            try:
                point("up.tmp_open")
                fill(target)
                point("up.full_unsynced")
                return Draft(name, final, temporary, os.fstat(target))
            finally:
                os.close(target)
        except OSError as cause:
            self._drop(temporary)
            raise store_fault(name, cause) from cause
        except BaseException:
            self._drop(temporary)
            raise

    def _draft_link(self, taking: Taking, final: str) -> Draft | None:
        """One more name for the source; None if it must be copied to be moved."""
        temporary = self._next_temporary()
        try:
            os.link(os.path.realpath(taking.source, strict=True), temporary)
        except OSError as cause:
            if cause.errno not in _NO_LINK:
                raise store_fault(taking.name, cause) from cause
            if taking.how is How.MOVE:
                return None
            raise UsageError(
                f"FileStore cannot link {spell(taking.source)}: {cause.strerror}",
                hint="land it as a copy, without --link",
            ) from cause
        status = os.lstat(temporary)
        if source_stamp(status) != taking.stamp:  # the path led elsewhere meanwhile
            self._drop(temporary)
            raise changed(taking.source)
        point("up.full_unsynced")
        return Draft(taking.name, final, temporary, status)

    def _next_temporary(self) -> str:
        temporary = next(self._series)
        self._temporaries.add(temporary)
        return temporary

    def _drop(self, temporary: str) -> None:
        with suppress(OSError):  # never made, or left to the sweep
            os.unlink(temporary)  # noqa: PTH108 - for each file; a Path costs more than the call
        self._temporaries.discard(temporary)


def remove_source(taking: Taking) -> None:
    """End a move: remove the source, unless another file has taken its place.

    One that cannot be removed any more stays: the object is whole, and landing the
    source again finds the same bytes there.
    """
    with suppress(OSError):
        path = taking.source.resolve(strict=True)
        if source_stamp(path.lstat()) == taking.stamp:
            path.unlink()
            if taking.source.is_symlink():
                taking.source.unlink()


def _require_removable(taking: Taking) -> None:
    folder = taking.source.resolve().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SourceUnreadable(
            f"{spell(taking.source)} may not be moved: its folder is not writable",
            hint="land it as a copy, without --move, or give this user the right to write there",
        )
