"""The files that headwater.yaml names: read from its folder, or from wherever it lies."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path

Beside = Callable[[str, int], bytes]
"""The bytes of a file by the name that headwater.yaml has for it, and no more than so many.

OSError where it cannot be read.
"""


def in_folder(root: Path) -> Beside:
    """Files of this machine; their paths start from the folder."""

    def read(name: str, most_bytes: int) -> bytes:
        with (root / name).open("rb") as opened:
            return opened.read(most_bytes)

    return read


def below(name: str) -> str | None:
    """The name as it is below headwater.yaml's folder; None for one that leads out of it."""
    plain = posixpath.normpath(name)
    leads_out = plain.startswith(("/", "~", "../")) or plain in {".", ".."}
    return None if leads_out else plain
