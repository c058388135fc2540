"""An object as a local file: there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from headwater.errors import NoSpace
from headwater.ports.store import Stat, Store


def fetch(store: Store, name: str, target: Path) -> Stat:
    """Write an object into a new local file; ObjectMissing where it is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            return store.scan(name, file.write)
    except OSError as cause:
        target.unlink(missing_ok=True)
        raise NoSpace(
            f"{name} could not be brought here: {cause.strerror or cause}",
            hint="free some space, or name a larger folder for temporary files: TMPDIR=/folder",
        ) from cause
    except BaseException:
        target.unlink(missing_ok=True)
        raise
