"""What to do about a file that cannot be read, in the words of `headwater peek`.

Refusals name the keys of a feed as headwater.yaml has them: `encoding: latin-1`.
Who looks at a file alone has no feed, and types options.
"""

from __future__ import annotations

import re
from shlex import quote

from headwater.cli.spelled import NAMED
from headwater.errors import EngineDied, HeadwaterError, InputError

_NAMED = re.compile(r"`([a-z_]+)(?:: ([^`]+))?`")
_AGAIN = "run it again; if it ends in the same way, report it: the file is as it was"


def advised(error: HeadwaterError) -> HeadwaterError:
    """The same error with a hint for whoever looks at a file."""
    hint = error.hint
    if isinstance(error, EngineDied):
        hint = _AGAIN
    elif hint is None and isinstance(error, InputError):
        hint = "headwater peek --help shows how else it can be read"
    elif hint is not None and "headwater schema" in hint:  # which is for feeds
        hint = "leave out what --set says of columns"
    return type(error)(error.message, hint=None if hint is None else respelled(hint))


def respelled(hint: str) -> str:
    """A hint with options in the place of keys."""
    from headwater.config.options import keys  # noqa: PLC0415 - pydantic takes its time

    known = frozenset(keys())

    def option(found: re.Match[str]) -> str:
        key, value = found[1], found[2]
        if key not in known:
            return found[0]
        given = key.upper() if value is None else quote(value.strip("'\""))
        if key in NAMED:
            return f"{NAMED[key]} {given}"
        return f"--set {key}={'...' if value is None else given}"

    return _NAMED.sub(option, hint)
