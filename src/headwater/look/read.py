"""A file read by itself: into a room of its own, by an engine that ends with the reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from headwater.look.content import STREAM, Content
from headwater.look.spool import spool
from headwater.model.feed import Feed
from headwater.model.progress import Watch, nobody
from headwater.ports.engine import Asker
from headwater.ports.peek import Peeked, Peeker, PeekJob
from headwater.reading.source import open_source, spell
from headwater.room import Room

HEAD_BYTES = 4_000_000
"""So much of a file is read where a look at it is enough."""

_ENOUGH = 8  # times as much of a stream, whose end in the middle of a record nobody then sees


def read(
    peeker: Peeker,
    asker: Asker,
    source: Path | BinaryIO,
    feed: Feed,
    *,
    head_bytes: int | None = None,
    watch: Watch = nobody,
) -> Content:
    """Read a file or a stream of bytes, or its head, as a feed's settings say.

    InputError, naming the place and what to do, where it cannot be read at all.
    """
    path = source if isinstance(source, Path) else None
    if path is not None:
        with open_source(path):  # what cannot even be opened is told of in our own words
            peeker.warm()
    room = Room()
    try:
        peeked = _peek(peeker, source, feed, (room.path, head_bytes), watch)
    except BaseException:
        peeker.close()  # first: what it still writes would be written into the room
        room.clear()
        raise
    finally:
        peeker.close()
    return Content(path, peeked, asker, room)


def _peek(
    peeker: Peeker,
    source: Path | BinaryIO,
    feed: Feed,
    how: tuple[Path, int | None],
    watch: Watch,
) -> Peeked:
    room, head_bytes = how
    if isinstance(source, Path):
        job = PeekJob(str(source.absolute()), spell(source), feed, str(room), head_bytes)
        return peeker.peek(job, watch)
    file = room / "stream"
    peeker.warm()
    whole = spool(source, file, None if head_bytes is None else head_bytes * _ENOUGH)
    peeked = peeker.peek(PeekJob(str(file), STREAM, feed, str(room), head_bytes), watch)
    file.unlink()
    if whole:
        return peeked
    return replace(peeked, size_bytes=None, head_bytes=peeked.head_bytes or head_bytes)
