"""The warm processes of all functions: taken, given back, and ended when they have been idle."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from headwater.emulator.functions.sandbox import Sandbox

_IDLE_AT_MOST = 6
"""So many processes wait to be asked again, all functions together; each holds what it imported."""


class Warm:
    """Processes by what they run, and the folders of code that they run in."""

    def __init__(self) -> None:
        """Begin with none."""
        self._folder: Path | None = None
        self._idle: OrderedDict[Sandbox, str] = OrderedDict()
        self._all: set[Sandbox] = set()
        self._lock = Lock()

    def take(self, what: str, start: Callable[[], Sandbox]) -> Sandbox:
        """A process that runs this; a cold one if none is idle."""
        with self._lock:
            for sandbox, runs in reversed(self._idle.items()):
                if runs == what:
                    del self._idle[sandbox]
                    return sandbox
        sandbox = start()
        with self._lock:
            self._all.add(sandbox)
        return sandbox

    def give_back(self, what: str, sandbox: Sandbox) -> None:
        """Keep it warm if it lives; the one that was idle longest may have to go for it."""
        gone = [] if sandbox.alive else [sandbox]
        with self._lock:
            if sandbox.alive:
                self._idle[sandbox] = what
            while len(self._idle) > _IDLE_AT_MOST:
                gone.append(self._idle.popitem(last=False)[0])
            self._all.difference_update(gone)
        for each in gone:
            each.forget()

    def unpack(self, name: str, archives: tuple[bytes, ...]) -> list[Path]:
        """The folders that hold these archives, each unpacked once."""
        with self._lock:
            return [
                self._unpack(f"{name}-{number}", archive) for number, archive in enumerate(archives)
            ]

    def close(self) -> None:
        """End every process, and remove the code."""
        with self._lock:
            for sandbox in self._all:
                sandbox.forget()
            self._all.clear()
            self._idle.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _unpack(self, name: str, archive: bytes) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="headwater-functions-"))
        folder = self._folder / name
        if not folder.exists():
            folder.mkdir()
            zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        return folder
