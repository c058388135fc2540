"""Which names an object may have, in every store."""

from __future__ import annotations

from headwater.errors import UsageError

_SEGMENT_BYTES = 255  # what file systems allow
_NAME_BYTES = 1024  # what S3 allows
_UNFINISHED = (".part", ".tmp", "~", ".crswap")


def passed_over(segment: str) -> bool:
    """Whether a file or folder so called is hidden, unfinished or an editor's leftover."""
    return segment.startswith(".") or segment.endswith(_UNFINISHED)


def nameable(name: str) -> bool:
    """Whether a store may have an object so called."""
    return _objection(name) is None


def require_name(name: str) -> None:
    """Refuse with UsageError a name that no store takes."""
    reason = _objection(name)
    if reason is not None:
        raise UsageError(
            f"{name[:300]!r} cannot name an object: {reason}",
            hint="use a relative name such as sales/2025/orders.csv",
        )


def _objection(name: str) -> str | None:
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        return "it is not Unicode text"
    if len(encoded) > _NAME_BYTES:
        return f"it is longer than {_NAME_BYTES} bytes"
    if "\0" in name:
        return "it holds a NUL character"
    return next(filter(None, map(_objection_to_segment, name.split("/"))), None)


def _objection_to_segment(segment: str) -> str | None:
    if segment in {"", ".", ".."}:
        return f"{segment!r} is no segment of a name"
    if passed_over(segment):
        return f"{segment!r} is what hidden and unfinished files are called"
    if len(segment) * 4 > _SEGMENT_BYTES and len(segment.encode()) > _SEGMENT_BYTES:
        return f"one of its segments is longer than {_SEGMENT_BYTES} bytes"
    return None
