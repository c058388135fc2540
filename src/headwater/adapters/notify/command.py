"""Tells of events by a program that reads JSON on its stdin."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from headwater.errors import NotifyFailed
from headwater.model.notify import Command, Notify

_TOLD_LETTERS = 200


class CommandNotifier:
    """Runs a program for each event, in the folder of headwater.yaml, without a shell."""

    def __init__(self, notify: Notify, command: Command, folder: Path) -> None:
        """Take which program, and where it runs."""
        self.notify = notify
        self._command = command
        self._folder = folder

    def tell(self, document: dict[str, Any]) -> None:
        """Run it; an exit code other than 0, or no end in time, is a failure."""
        program = self._command.words[0]
        try:
            ran = subprocess.run(  # noqa: S603 - the owner of the lake has named it
                self._command.words,
                cwd=self._folder,
                input=json.dumps(document).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=self.notify.patience.total_seconds(),
                check=False,
            )
        except subprocess.TimeoutExpired as cause:
            seconds = self.notify.patience.total_seconds()
            raise NotifyFailed(
                f"{program} did not end within {seconds:g} s, and was ended",
                hint="make it quicker, or raise `timeout` of the notifier",
            ) from cause
        except OSError as cause:
            raise NotifyFailed(
                f"{program} cannot be run: {cause.strerror}",
                hint="name a program that this user may run, seen from headwater.yaml",
            ) from cause
        if ran.returncode:
            said = ran.stderr.decode(errors="replace").strip()[-_TOLD_LETTERS:]
            raise NotifyFailed(
                f"{program} ended with {ran.returncode}{f': {said}' if said else ''}",
                hint="run it by hand with an event on its stdin",
            )
