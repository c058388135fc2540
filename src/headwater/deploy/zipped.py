"""Files of a zip that is the same whenever the same is put into it."""

from __future__ import annotations

import zipfile

_DAY_ONE = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16  # AWS runs it as somebody else


def put(archive: zipfile.ZipFile, name: str, body: bytes, *, packed: bool = True) -> None:
    """Put a file into it; as it is where it is packed already."""
    entry = zipfile.ZipInfo(name, _DAY_ONE)
    entry.external_attr = _READABLE
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    archive.writestr(entry, body)
