"""Which parts of a table are joined into one: small ones that lie in one partition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headwater.model.part import Part

DEFAULT_BYTES = 256_000_000
"""About how large parts become of a table that no feed writes to."""

ROUND_BYTES = 2_000_000_000
"""What is joined for one commit: less is lost to whoever replaces rows of it meanwhile."""

ROUND_FILES = 10_000
"""Joining so many at once takes 400 MB; each has its columns told at its end."""

Group = tuple[Part, ...]


def is_small(part: Part, target_bytes: int) -> bool:
    """Whether another as large would fit into a part of that size."""
    return part.size_bytes < target_bytes / 2


def small_parts(parts: Iterable[Part], target_bytes: int) -> dict[tuple[str | None, ...], Group]:
    """The small parts of each partition that has any, oldest first."""
    found: dict[tuple[str | None, ...], list[Part]] = {}
    for part in sorted(parts, key=_age):
        # Another tool's part says nothing of arrivals, which a joined one has to.
        if is_small(part, target_bytes) and part.first_arrival is not None:
            found.setdefault(tuple(value for _, value in part.partition), []).append(part)
    return {values: tuple(small) for values, small in found.items()}


def groups(parts: Iterable[Part], target_bytes: int, least: int = 2) -> list[Group]:
    """What is to be joined, in partitions that have at least so many small parts.

    Each group fits into one part of about that size.
    """
    return [
        group
        for small in small_parts(parts, target_bytes).values()
        if len(small) >= least
        for group in _filled(small, target_bytes)
    ]


def first_round(found: Sequence[Group]) -> list[Group]:
    """As many of the groups, and one at least, as go into one commit."""
    taken: list[Group] = []
    size_bytes = files = 0
    for group in found:
        size_bytes += sum(part.size_bytes for part in group)
        files += len(group)
        if taken and (size_bytes > ROUND_BYTES or files > ROUND_FILES):
            break
        taken.append(group)
    return taken


def _filled(small: Group, target_bytes: int) -> list[Group]:
    made: list[list[Part]] = [[]]
    size_bytes = 0
    for part in small:
        if size_bytes + part.size_bytes > target_bytes or len(made[-1]) == ROUND_FILES:
            made.append([])
            size_bytes = 0
        made[-1].append(part)
        size_bytes += part.size_bytes
    return [tuple(group) for group in made if len(group) > 1]


def _age(part: Part) -> str:
    """Names begin with what was made when: parts of manifests and compactions alike."""
    name = part.path.rpartition("/")[2]
    return name.removeprefix("part-")[1:]
