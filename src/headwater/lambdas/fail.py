"""An attempt that died is recorded, and people are told."""

from __future__ import annotations

from typing import Any

from headwater.lambdas.container import lake, told


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Record the failure once nobody holds the manifest; tell of what stands badly.

    Nobody is told because of a manifest that is not known: so deploy asks whether this answers.
    """
    cause = event.get("failure") or {}
    why = f"{cause.get('Error', 'the attempt ended')}: {cause.get('Cause', 'nobody said why')}"
    step = lake().settle(event["manifest"], why[:1000])
    if step.state is not None:
        lake().notify()
    return told(step)
