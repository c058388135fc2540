"""What a message says: which raw objects are there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from headwater.model.ids import RawName

Hearing = Callable[[str], Sequence[RawName]]
"""Understands the body of a message; InputError for one that nobody will ever understand."""


def announced(body: str) -> tuple[RawName, ...]:
    """The raw object a message of ours is about; none where it is not one of ours."""
    try:
        said = json.loads(body)
    except ValueError:
        return ()
    raw = said.get("raw") if isinstance(said, dict) else None
    return (RawName(raw),) if isinstance(raw, str) else ()
