"""A file read by itself: into a room of its own, by an engine that ends with the reading."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from headwater.errors import NoSpace
from headwater.look.content import Content, Room
from headwater.model.feed import Feed
from headwater.model.progress import Watch, nobody
from headwater.ports.engine import Asker
from headwater.ports.peek import Peeker, PeekJob
from headwater.reading.source import open_source, spell

HEAD_BYTES = 32_000_000
"""So much of a file is read where a look at it is enough."""


def read(
    peeker: Peeker,
    asker: Asker,
    path: Path,
    feed: Feed,
    *,
    head_bytes: int | None = None,
    watch: Watch = nobody,
) -> Content:
    """Read a file, or its head, as a feed's settings say.

    InputError, naming the place and what to do, where it cannot be read at all.
    """
    with open_source(path):  # what cannot even be opened is told of in our own words
        peeker.warm()
    room = _room()
    job = PeekJob(str(path.absolute()), spell(path), feed, str(room.path), head_bytes)
    try:
        peeked = peeker.peek(job, watch)
    except BaseException:
        peeker.close()  # first: what it still writes would be written into the room
        room.clear()
        raise
    finally:
        peeker.close()
    return Content(path, peeked, asker, room)


def _room() -> Room:
    try:
        return Room(Path(mkdtemp(prefix="headwater-read-")))
    except OSError as cause:
        raise NoSpace(
            f"there is no folder for what is read: {cause.strerror}",
            hint="name one that can be written to: TMPDIR=/folder",
        ) from cause
