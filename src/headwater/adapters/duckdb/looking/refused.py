"""A file that cannot be read at all, as who looks at it is told."""

from __future__ import annotations

from headwater.errors import SourceUnreadable
from headwater.model.arrival import Cause


def unreadable(name: str, cause: Cause) -> SourceUnreadable:
    """The last part of a cause's sentence is what to do about it."""
    what, _, advice = cause.message.rpartition("; ")
    if not what:
        what, advice = advice, ""
    return SourceUnreadable(f"{name} ({cause.code}): {what}", hint=advice or None)
