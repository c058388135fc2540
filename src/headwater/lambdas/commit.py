"""A job has ended: what it committed is settled."""

from __future__ import annotations

from typing import Any

from headwater.lambdas.container import lake, told


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Settle the manifest that is named; a job that committed nothing has failed."""
    return told(lake().settle(event["manifest"], "the job ended and committed nothing"))
