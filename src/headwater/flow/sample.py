"""A look at a few of many files: what they are, how much they hold, what that comes to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.errors import HeadwaterError
from headwater.flow.forecast import PART_BYTES, Experience, guess, of_content
from headwater.flow.world import World
from headwater.model.feed import Feed
from headwater.model.progress import nobody
from headwater.ports.peek import Peeker, PeekJob
from headwater.reading.source import spell
from headwater.reading.unpacked import unpacked_bytes
from headwater.room import Room

MOST = 3
"""Files that are looked at."""

_HEAD_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What one file was found to be."""

    source: Path
    size_bytes: int
    unpacked_bytes: int  # about
    format: str = ""
    compression: str = ""
    columns: int = 0
    read_bytes: int = 0  # of its content
    parts_bytes: int = 0  # that these came to
    told: str = ""  # why it cannot be read


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is thought of all files by what was seen of some."""

    unpacked_bytes: int
    known: Experience


def sample(world: World, feed: Feed, files: Sequence[tuple[Path, int]]) -> list[Sample]:
    """Look at the largest file, and at others spread over the rest."""
    if not files or world.peeker is None:
        return []
    ordered = sorted(files, key=lambda each: -each[1])
    step = max(len(ordered) // MOST, 1)
    bare = replace(feed, steps=(), checks=(), partition=())  # they write no more than they read
    with closing(world.peeker()) as peeker:
        return [_sample(peeker, bare, path, size) for path, size in ordered[::step][:MOST]]


def estimated(seen: Sequence[Sample], bytes_in: int) -> Estimate:
    """What all files hold and come to, if the others are like those that were seen."""
    stored = sum(each.size_bytes for each in seen)
    if not stored:
        return Estimate(bytes_in, guess([("", bytes_in)]))
    content = sum(each.unpacked_bytes for each in seen)
    read = sum(each.read_bytes for each in seen)
    rows_bytes = sum(max(each.parts_bytes - PART_BYTES, 0) for each in seen)
    out_of_content = rows_bytes / read if read else 0.0
    return Estimate(
        unpacked_bytes=round(bytes_in * content / stored),
        known=of_content(stored, content, out_of_content),
    )


def _sample(peeker: Peeker, feed: Feed, path: Path, size_bytes: int) -> Sample:
    content = size_bytes
    try:
        content = unpacked_bytes(path, feed.member)
        with Room() as room:
            job = PeekJob(str(path.absolute()), spell(path), feed, str(room), _HEAD_BYTES)
            peeked = peeker.peek(job, nobody)
    except HeadwaterError as error:
        return Sample(path, size_bytes, content, told=error.message)
    except OSError as error:
        return Sample(path, size_bytes, content, told=f"it cannot be read: {error.strerror}")
    return Sample(
        source=path,
        size_bytes=size_bytes,
        unpacked_bytes=content,
        format=peeked.found.format,
        compression=peeked.found.compression,
        columns=len(peeked.schema.columns),
        read_bytes=content if peeked.head_bytes is None else peeked.head_bytes,
        parts_bytes=sum(part.size_bytes for part in peeked.parts),
    )
