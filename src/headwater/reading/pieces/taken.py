"""Blocks taken from a stream until they are as many bytes as are wanted."""

from __future__ import annotations

from collections.abc import Iterator


def taken(blocks: Iterator[bytes], wanted: int) -> tuple[list[bytes], bool]:
    """Blocks that have at least so many bytes, and whether they were the last."""
    parts = list[bytes]()
    while wanted > 0:
        block = next(blocks, None)
        if block is None:
            return parts, True
        parts.append(block)
        wanted -= len(block)
    return parts, False
