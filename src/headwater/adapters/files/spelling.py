r"""How names are spelled on disk, where a file's name is bytes and need not be UTF-8.

A byte that is not UTF-8 is spelled \\xNN in the object's name. So that every name means
one file, a backslash that would read like the start of that is spelled \\x5c.
"""

from __future__ import annotations

import os
import re

from headwater.adapters.names import require_name
from headwater.errors import UsageError

_LOOKS_ESCAPED = re.compile(r"\\(?=x(?:5c|[89a-f][0-9a-f]))")
_ESCAPED = re.compile(rb"\\x(5c|[89a-f][0-9a-f])")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


def object_name(on_disk: str) -> str:
    """The object name of a path below the root, as the os module gives it."""
    if on_disk.isascii() and "\\" not in on_disk:
        return on_disk
    plain = _LOOKS_ESCAPED.sub(lambda _: r"\x5c", on_disk)
    return _NOT_UTF8.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", plain)


def path_on_disk(name: str) -> str:
    """The path below the root that the name means; UsageError if it can mean none."""
    require_name(name)
    if "\\x" not in name:
        return name
    path = os.fsdecode(_ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), name.encode()))
    if object_name(path) != name:
        raise UsageError(
            f"{name!r} cannot name an object: it escapes what is spelled plainly",
            hint="use the name as the listing shows it",
        )
    return path
