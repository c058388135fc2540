"""A zone's objects as files below a folder: take, create, read, list, delete."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from headwater.adapters.files.dropped import make_last
from headwater.adapters.files.faults import store_fault
from headwater.adapters.files.intake import TEMP_FOLDER, Draft, Intake, remove_source
from headwater.adapters.files.listing import walk
from headwater.adapters.files.spelling import path_on_disk
from headwater.errors import HeadwaterError, ObjectMissing, UsageError
from headwater.ports.store import How, Stat, StoreAbilities, Taking, Told, nobody
from headwater.reading.source import require_stamp, source_stamp

_PIECE_BYTES = 1024 * 1024
_NOWHERE = (FileNotFoundError, NotADirectoryError)


class FileStore:
    """Objects as files below a root folder, which is made when the first one comes.

    Hidden and unfinished files, symbolic links, pipes, sockets and devices are no objects.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._lasting: set[str] = set()

    @property
    def abilities(self) -> StoreAbilities:
        """What this back-end can do."""
        return StoreAbilities(links=True, local_paths=True, lasting=False)

    def take(
        self, takings: Sequence[Taking], *, told: Told = nobody
    ) -> list[Stat | HeadwaterError]:
        """Make each local file an object, if its name is free; answer in the order given.

        Raises StoreError if the folders cannot be synced in the end: then names are
        visible that may not last, and whoever repeats the call finds them there.
        """
        if not takings:
            return []
        answers: list[Stat | HeadwaterError | None] = [None] * len(takings)
        with self._intake() as intake:
            drafts: dict[int, Draft] = {}
            for place, taking in enumerate(takings):
                try:
                    drafts[place] = intake.draft_file(taking, told)
                except HeadwaterError as refusal:
                    answers[place] = refusal
            for place, outcome in _admit(intake, drafts).items():
                answers[place] = outcome
        for taking, answer in zip(takings, answers, strict=True):
            if taking.how is How.MOVE and isinstance(answer, Stat):
                remove_source(taking)
        return [answer for answer in answers if answer is not None]

    def create(self, name: str, body: bytes) -> Stat:
        """Put bytes under a free name, durably; ObjectExists if it is taken."""
        path_on_disk(name)
        with self._intake() as intake:
            try:
                drafts = {0: intake.draft_bytes(name, body)}
            except HeadwaterError:
                _sync_names(intake)
                raise
            answer = _admit(intake, drafts)[0]
        if isinstance(answer, HeadwaterError):
            raise answer
        return answer

    def secure(self, names: Sequence[str]) -> list[HeadwaterError | None]:
        """Make objects last that somebody else has put there; answer in the order given."""
        causes = make_last(self._root, [self._path(name) for name in names], self._lasting)
        return [
            None if cause is None else _fault(name, cause)
            for name, cause in zip(names, causes, strict=True)
        ]

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes, or a range of them; ObjectMissing if there is no such object."""
        if start < 0 or (length is not None and length < 0):
            raise UsageError(f"the range {start}, {length} of {name} begins before its first byte")
        status = self._status(name)
        if status is None:
            raise _missing(name)
        try:
            with Path(self._path(name)).open("rb") as file:
                file.seek(start)
                return file.read(-1 if length is None else length)
        except _NOWHERE as cause:
            raise _missing(name) from cause
        except OSError as cause:
            raise store_fault(name, cause) from cause

    def scan(self, name: str, see: Callable[[bytes], object]) -> Stat:
        """Show every byte; answer what object they were of.

        SourceChanged where it was written to meanwhile.
        """
        if self._status(name) is None:
            raise _missing(name)
        path = Path(self._path(name))
        try:
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                while piece := file.read(_PIECE_BYTES):
                    see(piece)
                require_stamp(path, file.fileno(), source_stamp(before))
        except _NOWHERE as cause:
            raise _missing(name) from cause
        except OSError as cause:
            raise store_fault(name, cause) from cause
        return _stat(name, before)

    def stat(self, name: str) -> Stat | None:
        """The object as it lies there, or None."""
        status = self._status(name)
        return None if status is None else _stat(name, status)

    def list(self, prefix: str = "", after: str = "") -> Iterator[Stat]:
        r"""Objects whose name begins with prefix and sorts behind after, in name order.

        Names that are not UTF-8 on disk are listed with \\xNN in place of such bytes.
        """
        for name, status in walk(self._root, prefix, after):
            yield _stat(name, status)

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error. Folders stay."""
        if self._status(name) is None:
            return
        try:
            Path(self._path(name)).unlink()
        except _NOWHERE:
            return
        except OSError as cause:
            raise store_fault(name, cause) from cause

    def locate(self, name: str) -> str:
        """The absolute path, as the file system spells it."""
        return self._path(name)

    def sweep(self, older_than: datetime) -> int:
        """Remove what unfinished takings and creates left before then; answer how many.

        Age is by the last change of status: a link that is being taken bears the source's
        time of change, which may be years ago.
        """
        removed = 0
        with suppress(*_NOWHERE), os.scandir(f"{self._root}/{TEMP_FOLDER}") as entries:
            for entry in entries:
                with suppress(*_NOWHERE):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_ctime < older_than.timestamp() and not entry.is_dir():
                        Path(entry.path).unlink()
                        removed += 1
        return removed

    def _intake(self) -> Intake:
        try:
            return Intake(self._root, self._lasting)
        except OSError as cause:
            raise store_fault(self._root, cause) from cause

    def _path(self, name: str) -> str:
        return f"{self._root}/{path_on_disk(name)}"

    def _status(self, name: str) -> os.stat_result | None:
        try:
            status = os.lstat(self._path(name))
        except _NOWHERE:
            return None
        except OSError as cause:
            raise store_fault(name, cause) from cause
        return status if stat.S_ISREG(status.st_mode) else None


def _admit(intake: Intake, drafts: dict[int, Draft]) -> dict[int, Stat | HeadwaterError]:
    """Sync the drafts, name them, sync the names: each answered, under its place."""
    answers: dict[int, Stat | HeadwaterError] = {}
    try:
        intake.sync(drafts.values())
    except OSError as cause:
        answers = {place: store_fault(draft.name, cause) for place, draft in drafts.items()}
    else:
        for place, draft in drafts.items():
            try:
                intake.publish(draft)
                answers[place] = _stat(draft.name, draft.status)
            except HeadwaterError as refusal:
                answers[place] = refusal
    _sync_names(intake)
    return answers


def _sync_names(intake: Intake) -> None:
    try:
        intake.sync_names()
    except OSError as cause:
        raise store_fault("the folders of what was put", cause) from cause


def _stat(name: str, status: os.stat_result) -> Stat:
    return Stat(name, status.st_size, source_stamp(status), _modified_at(status))


def _modified_at(status: os.stat_result) -> datetime:
    try:
        return datetime.fromtimestamp(status.st_mtime, UTC)
    except (OverflowError, ValueError, OSError):  # a time past the year 9999, set by hand
        return datetime.max.replace(tzinfo=UTC)


def _fault(name: str, cause: OSError) -> HeadwaterError:
    return _missing(name) if isinstance(cause, _NOWHERE) else store_fault(name, cause)


def _missing(name: str) -> ObjectMissing:
    return ObjectMissing(f"{name} is not there", hint="list what is there, and check the name")
