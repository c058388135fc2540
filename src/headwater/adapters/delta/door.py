"""What a vendor's errors and the system's mean in our words."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from headwater.errors import HeadwaterError, NoSpace, StoreError, TableError
from headwater.model.ids import TableName

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_ARROW = re.compile(r"\s*(?:\x1b\[\d*m)*↳(?:\x1b\[\d*m)*\s*")  # delta-rs draws its causes in red


@contextmanager
def door(table: TableName) -> Iterator[None]:
    """Let only our own errors out."""
    try:
        yield
    except HeadwaterError:
        raise
    except Exception as error:  # delta-rs raises it bare for some of its errors
        raise translate(table, error) from error


def translate(table: TableName, error: Exception) -> HeadwaterError:
    """The error of ours that says the same."""
    reason = " ".join(_ARROW.sub(": ", str(error)).split()) or type(error).__name__
    number = (isinstance(error, OSError) and error.errno) or _number(reason)
    if number in _FULL:
        return NoSpace(f"{table}: no room for its log: {reason}", hint="free some space; repeat it")
    if number in _DENIED:
        return StoreError(
            f"{table}: its log may not be written or read: {reason}",
            hint="give this user the right to write below the table's folder",
        )
    if isinstance(error, OSError):
        return StoreError(f"{table}: its log could not be reached: {reason}", hint="try again")
    return TableError(f"{table}: {reason}", hint="see `headwater verify`")


def _number(message: str) -> int | None:
    """The system's error number out of Rust's way of telling it."""
    for number in _FULL | _DENIED:
        if f"os error {number})" in message or f"code: {number}," in message:
            return number
    return None
