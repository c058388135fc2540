"""What a container keeps from one event to the next: the lake, opened once."""

from __future__ import annotations

import math
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from headwater.errors import UsageError
from headwater.model.clock import utc_now
from headwater.wiring.visit import executions_of, open_from

if TYPE_CHECKING:
    from datetime import datetime

    from headwater.adapters.aws.executions import Executions
    from headwater.flow.stepwise import Step
    from headwater.lake import Lake

LAKE, MACHINE = "HEADWATER_LAKE", "HEADWATER_MACHINE"
CONFIGURED = "HEADWATER_CONFIGURED"
"""A digest of the configuration, which nobody reads: where it changes, AWS starts anew."""


@cache
def lake() -> Lake:
    """The lake that the environment names."""
    return open_from(_named(LAKE))


@cache
def executions() -> Executions:
    """The executions of the machine that the environment names."""
    return executions_of(_named(MACHINE))


def told(step: Step) -> dict[str, Any]:
    """A step as a state machine reads it."""
    return {
        "manifest": step.manifest,
        "feed": step.feed,
        "state": step.state.value if step.state else "unknown",
        "wait_seconds": _seconds_until(step.until),
        "error": step.error,
    }


def _seconds_until(moment: datetime | None) -> int:
    left = (moment - utc_now()).total_seconds() if moment else 0
    return max(1, math.ceil(left))


def _named(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UsageError(
            f"{name} is not set, and this function does not know where to work",
            hint=f"set {name} in the function's environment",
        )
    return value
