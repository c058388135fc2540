"""Names for things: what identifies an arrival, a manifest, an attempt, a part."""

from __future__ import annotations

import hashlib
import secrets
from typing import NewType

FeedName = NewType("FeedName", str)
TableName = NewType("TableName", str)

Key = NewType("Key", str)
"""What the producer calls a file, below its feed: stable over its versions."""

RawName = NewType("RawName", str)
"""The name of an object in the raw zone: one content, for ever."""

Digest = NewType("Digest", str)
"""BLAKE3 of the content, in hex: the content version of an arrival."""

ArrivalId = NewType("ArrivalId", str)
ManifestId = NewType("ManifestId", str)
AttemptId = NewType("AttemptId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u


def arrival_id(feed: FeedName, key: Key, version: Digest, generation: int) -> ArrivalId:
    """Thirteen characters that say the same arrival on every machine and after a rebuild."""
    identity = "\0".join((feed, key, version, str(generation))).encode()
    return ArrivalId(_spell(int.from_bytes(hashlib.blake2b(identity, digest_size=8).digest()), 13))


def manifest_id(now_seconds: int) -> ManifestId:
    """Sorts by the second it was made in, and never twice the same."""
    return ManifestId("m" + _spell(now_seconds, 7) + _spell(secrets.randbits(40), 8))


def manifest_of(identity: str) -> ManifestId:
    """The same for the same identity, on every machine."""
    number = int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=10).digest())
    return ManifestId("m" + _spell(number, 15))


def attempt_id(manifest: ManifestId, attempt: int) -> AttemptId:
    """The manifest and the number of the try at it; part names and fences carry it."""
    return AttemptId(f"{manifest}-{attempt}")


def compaction_id(now_seconds: int) -> AttemptId:
    """A try at a compaction, which has no manifest: part names and the log carry it."""
    return AttemptId(f"c{manifest_id(now_seconds)[1:]}-1")


def is_compaction(attempt: AttemptId) -> bool:
    """Whether it is a try at a compaction."""
    return attempt.startswith("c")


def _spell(number: int, width: int) -> str:
    letters = []
    for _ in range(width):
        number, rest = divmod(number, 32)
        letters.append(_ALPHABET[rest])
    return "".join(reversed(letters))
