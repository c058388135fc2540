"""One input: how it is made, how it is to be read, and what is promised of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One input, and how it is to be read."""

    becomes: str
    content: Callable[[], bytes]
    settings: Mapping[str, object] = field(default_factory=dict)
    slow: bool = False


def text(content, becomes="OK", **settings):
    """An entry of some bytes, or of text as UTF-8."""
    held = content if isinstance(content, bytes) else content.encode()
    return Entry(becomes, lambda: held, settings)


def archive(*members, becomes="OK", **settings):
    """An entry of a zip archive."""

    def make():
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in members:
                made.writestr(name, content)
        return held.getvalue()

    return Entry(becomes, make, settings)
