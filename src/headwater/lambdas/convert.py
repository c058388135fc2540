"""One manifest is tried."""

from __future__ import annotations

from typing import Any

from headwater.lambdas.container import lake, told


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Claim the manifest that is named and try it once; how it stands behind that."""
    return told(lake().convert(event["manifest"]))
