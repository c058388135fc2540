"""Tells of events by a line of JSON in a file."""

from __future__ import annotations

import json
import os
from typing import Any

from headwater.errors import NotifyFailed
from headwater.model.notify import File, Notify


class FileNotifier:
    """Appends a line for each event; durable when it returns."""

    def __init__(self, notify: Notify, file: File) -> None:
        """Take which file."""
        self.notify = notify
        self._path = file.path

    def tell(self, document: dict[str, Any]) -> None:
        """Append one line, by one write, so that lines of several workers never mix."""
        line = f"{json.dumps(document)}\n".encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                written = os.write(handle, line)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as cause:
            raise NotifyFailed(
                f"{self._path} cannot be written: {cause.strerror}",
                hint="name a file that this user may write to",
            ) from cause
        if written < len(line):
            raise NotifyFailed(f"{self._path} took a part of a line", hint="free some space")
