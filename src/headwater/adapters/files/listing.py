"""Walking a folder in the order of full names, one folder in memory at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from headwater.adapters.files.faults import store_fault
from headwater.adapters.files.spelling import object_name
from headwater.adapters.names import passed_over

_Entry = tuple[str, str]  # object name, with a '/' behind a folder's; path on disk


def walk(root: str, prefix: str, after: str) -> Iterator[tuple[str, os.stat_result]]:
    """Regular files below the root whose name begins with prefix and sorts behind after.

    A folder sorts as if its name ended in '/'. That is the order of full names, since
    'a-b' < 'a/b' < 'a0' whatever stands behind the slash.
    """
    pending = [_entries(root, "")]
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
            continue
        name, path = entry
        if name.endswith("/"):
            if _leads_on(name, prefix, after):
                pending.append(_entries(path, name))
        elif name.startswith(prefix) and name > after:
            status = _status(path)
            if status is not None:
                yield name, status


def _entries(folder: str, above: str) -> Iterator[_Entry]:
    found: list[_Entry] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if passed_over(entry.name):
                    continue
                if entry.is_file(follow_symlinks=False):
                    found.append((above + object_name(entry.name), entry.path))
                elif entry.is_dir(follow_symlinks=False):
                    found.append((f"{above}{object_name(entry.name)}/", entry.path))
    except (FileNotFoundError, NotADirectoryError):  # gone since it was seen
        return iter(())
    except OSError as cause:
        raise store_fault(above or "the store's folder", cause) from cause
    found.sort()
    return iter(found)


def _leads_on(folder: str, prefix: str, after: str) -> bool:
    if not (folder.startswith(prefix) or prefix.startswith(folder)):
        return False
    return folder > after or after.startswith(folder)


def _status(path: str) -> os.stat_result | None:
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None
