"""Retry or give up: a pure decision, apart from its effect."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from headwater.model.feed import Retries

_DOUBLINGS = 20  # a million times the first delay; past that a duration overflows


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Try again, not before then."""

    time: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The attempts are used up, or trying again cannot help."""


def after_failure(
    attempt: int, retries: Retries, now: datetime, *, retryable: bool, jitter: float | None = None
) -> RetryAt | GiveUp:
    """Decide what follows a failed attempt: doubling delays with a jitter of up to a half."""
    if not retryable or attempt >= retries.attempts:
        return GiveUp()
    delay = min(retries.first_delay * 2 ** min(attempt - 1, _DOUBLINGS), retries.longest_delay)
    share = random.random() / 2 if jitter is None else jitter
    return RetryAt(now + delay * (1 - share))


def lease_end(now: datetime, lease: timedelta) -> datetime:
    """When a lease taken or renewed now runs out."""
    return now + lease
