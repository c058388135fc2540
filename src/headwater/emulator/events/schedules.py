"""Rules that have a schedule: their targets are sent an event when the box's clock says so.

The double keeps schedules and never acts on them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moto.events.models import Rule, events_backends

from headwater.emulator.clock import Clock
from headwater.emulator.deliveries import Deliveries
from headwater.emulator.events.rules import pass_on
from headwater.emulator.events.times import read_times
from headwater.errors import HeadwaterError


class Schedules:
    """What comes by the clock.

    When the clock is pushed past several times of one schedule, its targets hear of
    the last of them only.
    """

    def __init__(self, clock: Clock, deliveries: Deliveries) -> None:
        """Take the clock, and how events travel."""
        self._clock = clock
        self._deliveries = deliveries
        self._since: dict[tuple[str, str], datetime] = {}

    def step(self) -> None:
        """Send what is due."""
        now = self._clock.now()
        for rule, expression in _scheduled():
            since = self._since.setdefault((rule.arn, expression), now)
            due = _due(expression, since, now)
            if due is None:
                continue
            self._since[rule.arn, expression] = due
            for target in list(rule.targets):
                pass_on(self._deliveries, target, _event(rule, due))

    def is_quiet(self) -> bool:
        """Whether nothing is due: what is due was sent in the step before."""
        return True


def _scheduled() -> Iterator[tuple[Rule, str]]:
    for regions in list(events_backends.values()):
        for backend in list(regions.values()):
            for bus in list(backend.event_buses.values()):
                for rule in list(bus.rules.values()):
                    if rule.scheduled_expression and rule.state == "ENABLED":
                        yield rule, rule.scheduled_expression


def _due(expression: str, since: datetime, now: datetime) -> datetime | None:
    try:
        return read_times(expression).latest(since, now)
    except HeadwaterError:
        return None  # put_rule has said so; what came in by another way is left alone


def _event(rule: Rule, due: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
