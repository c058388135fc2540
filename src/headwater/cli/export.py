"""Answers as files and streams: a file is whole or not there, and may be passed on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Protocol

from headwater.cli.voice import Voice
from headwater.errors import UsageError
from headwater.room import Room
from headwater.show.figures import clean, counted, size
from headwater.show.page import Mark, line

KINDS = ("csv", "json", "ndjson", "parquet")
_SUFFIXES = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"} | {
    ".parquet": "parquet",
    ".txt": "table",
}


class Rows(Protocol):
    """What has rows that can be written."""

    def write(self, path: str, kind: str) -> int:
        """Write a file of that kind; answer how many rows."""
        ...


def kind_of(output: Path | None) -> str | None:
    """The format that a file's suffix says."""
    if output is None:
        return None
    kind = _SUFFIXES.get(output.suffix.lower())
    if kind is None:
        raise UsageError(
            f"{output}: its suffix says no format that is known",
            hint="let it end in .csv, .json, .ndjson or .parquet, or add --format",
        )
    return kind


def export(voice: Voice, answer: Rows, kind: str, output: Path | None, what: str = "row") -> None:
    """Write an answer to a file, or to stdout."""
    if output is None:
        _stream(answer, kind)
        return
    if not output.absolute().parent.is_dir():
        raise UsageError(
            f"{output.parent} is not a folder that is there", hint=f"mkdir -p {output.parent}"
        )
    rows = answer.write(str(output), kind)
    size_bytes = output.stat().st_size
    said = f" wrote {counted(rows, what)}, {size(size_bytes)}, to {clean(str(output))}"
    voice.say((line(Mark.GOOD, said),))


def _stream(answer: Rows, kind: str) -> None:
    """The engine writes files, so that memory stays bounded; the file becomes the stream."""
    with Room() as folder:
        file = folder / f"answer.{kind}"
        answer.write(str(file), kind)
        sys.stdout.flush()
        with file.open("rb") as opened:
            shutil.copyfileobj(opened, sys.stdout.buffer)
        sys.stdout.buffer.flush()
