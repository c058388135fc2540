"""How the double is changed: a function of it is exchanged for one of ours, in sight of the old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from headwater.errors import BrokenInvariant

Function = Callable[..., Any]


def exchange(owner: Any, name: str, make: Callable[[Function], Function]) -> None:
    """Put what `make` makes of the double's function into its place."""
    old = getattr(owner, name, None)
    if old is None:
        raise BrokenInvariant(
            f"the double has no {owner.__name__}.{name} any more",
            hint="install the version that the extra `emulator` names",
        )
    setattr(owner, name, make(old))


def add(owner: Any, name: str, what: object) -> None:
    """Give the double what it lacks, or what it has to have otherwise."""
    setattr(owner, name, what)
