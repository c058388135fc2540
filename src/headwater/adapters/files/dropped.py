"""Files that others put below the root: made to last, with their names and folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from headwater.adapters.durable import sync_files, sync_folders


def make_last(root: str, paths: Sequence[str], lasting: set[str]) -> list[OSError | None]:
    """Sync files, the folders that name them, and the folders above; answer in the order given.

    `lasting` are folders whose own names are known to last; it grows.
    """
    try:
        _sync(root, paths, lasting)
    except OSError:  # of one of them: which one it is shows one by one
        return [_alone(root, path, lasting) for path in paths]
    return [None] * len(paths)


def _alone(root: str, path: str, lasting: set[str]) -> OSError | None:
    try:
        _sync(root, [path], lasting)
    except OSError as cause:
        return cause
    return None


def _sync(root: str, paths: Sequence[str], lasting: set[str]) -> None:
    sync_files(paths)
    folders = {os.path.dirname(path) for path in paths}  # noqa: PTH120 - for each file; a Path costs more
    unknown = folders - lasting
    sync_folders(folders | {above for folder in unknown for above in _above(root, folder)})
    lasting |= unknown


def _above(root: str, folder: str) -> Iterator[str]:
    """The folders in which the names of this one and of those above it stand."""
    while len(folder) > len(root):
        folder = os.path.dirname(folder)  # noqa: PTH120 - same
        yield folder
    around = str(Path(root).parent)
    if os.access(around, os.R_OK):
        yield around
