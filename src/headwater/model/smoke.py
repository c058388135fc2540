"""Objects of the raw zone that ask whether word of them gets through, and are no data."""

from __future__ import annotations

import re

PREFIX = "_headwater/smoke/"

_NAME = re.compile(re.escape(PREFIX) + r"[0-9a-f]{32}")


def is_question(name: str) -> bool:
    """Whether an object of this name only asks: it is answered, and never registered."""
    return _NAME.fullmatch(name) is not None
