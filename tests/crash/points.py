"""The crash points that an embedded lake can reach."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "headwater"


def _in_source() -> list[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        found.update(re.findall(r'point\("([a-z0-9_.]+)"\)', path.read_text(encoding="utf-8")))
    return sorted(found)


POINTS = _in_source()
