"""Files that a person keeps: made whole or not at all, and never in place of another unasked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def document(value: Any) -> str:
    """JSON as a file holds it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def read(file: Path) -> str:
    """The text of a file, its line ends as they are."""
    with file.open(encoding="utf-8", newline="") as opened:
        return opened.read()


def create(file: Path, text: str) -> bool:
    """Make a file that is not there; False, and nothing is changed, if it is."""
    beside = _beside(file, text)
    try:
        os.link(beside, file)  # unlike a rename, it refuses to take the place of another
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def replace(file: Path, before: str, after: str) -> bool:
    """Put a text in the place of the one that was read; False if somebody wrote meanwhile."""
    target = file.resolve()  # where the configuration is a link, the link stays
    beside = _beside(target, after)
    try:
        if target.read_bytes() != before.encode():
            return False
        beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return True


def _beside(file: Path, text: str) -> Path:
    beside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with beside.open("wb") as opened:
        opened.write(text.encode())
        opened.flush()
        os.fsync(opened.fileno())
    return beside
