"""What the file system's refusals mean to whoever asked the store."""

from __future__ import annotations

import errno

from headwater.errors import NoSpace, ObjectExists, StoreError, UsageError


def store_fault(name: str, cause: OSError) -> StoreError | UsageError:
    """The error for an object that could not be put or got."""
    why = cause.strerror or str(cause)
    match cause.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return NoSpace(
                f"there is no room for {name}: {why}",
                hint="free some space or raise the quota, then try again",
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return StoreError(
                f"the store may not touch {name}: {why}",
                hint="give this user the right to read and write the lake's folders",
            )
        case errno.EMFILE | errno.ENFILE:
            return StoreError(
                f"{name} could not be opened: {why}",
                hint="raise the limit on open files (ulimit -n), then try again",
            )
        case errno.ENAMETOOLONG:
            return UsageError(
                f"the path of {name} is too long for the file system",
                hint="use a shorter name, or a lake nearer to the root",
            )
    return StoreError(
        f"{name} could not be put or got: {why}",
        hint="check the disk that holds the lake, then try again",
    )


def name_taken(name: str) -> ObjectExists:
    """The error for a name that another object has."""
    return ObjectExists(
        f"{name} is there already",
        hint="look at what is there; nothing was changed",
    )


def not_a_folder(name: str, part: str) -> UsageError:
    """The error for a name that would lie below something that is no folder."""
    return UsageError(
        f"FileStore cannot put {name}: {part} is not a folder",
        hint="choose another name, or move what is in the way",
    )
