"""Traces of our own mistakes: kept in a file of the lake's folder, told of in one line."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from headwater.cli.call import HERE, Session
from headwater.show.figures import clean


def keep(session: Session, trace: str) -> Path | None:
    """Keep a trace beside headwater.yaml; None where nothing can be written there."""
    folder = session.folder or Path(os.environ.get(HERE) or ".")
    home = folder if folder.is_dir() else folder.parent
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    file = home / f".headwater-trace-{stamp}-{os.getpid()}.txt"
    try:
        with file.open("a", encoding="utf-8", errors="backslashreplace") as opened:
            opened.write(trace)
    except OSError:
        return None
    return file


class TraceKeeper(logging.Handler):
    """What is logged on the way, as one line on stderr each; the trace of it in a file."""

    def __init__(self, session: Session) -> None:
        """Take the call that is under way."""
        super().__init__(logging.WARNING)
        self._session = session

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a record."""
        first, _, rest = record.getMessage().partition("\n")
        text = clean(first)
        if rest:  # what only finding a mistake takes, and no line of it helps whoever watches
            file = keep(self._session, f"{text}\n{rest}\n")
            text += f" ({file})" if file else ""
        if record.exc_info and record.exc_info[1] is not None:
            trace = "".join(traceback.format_exception(record.exc_info[1]))
            file = keep(self._session, f"{text}\n{trace}")
            text = f"{text}: {clean(str(record.exc_info[1]))}" + (f" ({file})" if file else "")
        sys.stderr.write(f"warning: {text}\n")
