"""What rules of EventBridge pass on, and to whom.

The double passes events to queues, log groups and buses, raises for functions, topics
and state machines, heeds neither a rule's being disabled nor `Input` and `InputPath`,
lets a rule that has only a schedule match every event, and hands times on as numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.events import models
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser

from headwater.emulator.deliveries import Deliveries
from headwater.emulator.patch import Function, exchange
from headwater.emulator.targets import SENT_TO, send


def install(deliveries: Deliveries) -> None:
    """Let rules pass on by us what the double does not pass on."""

    def make(old: Function) -> Function:
        def send_to_targets(self: Rule, original_event: Any, **named: Any) -> None:
            event = _dated(original_event)
            if not _concerns(self, event):
                return
            others = []
            for target in self.targets:
                if target["Arn"].split(":")[2] in SENT_TO:
                    pass_on(deliveries, target, event)
                else:
                    others.append(target)
            if others:
                _as_before(old, self, others, original_event, **named)

        return send_to_targets

    exchange(models.Rule, "send_to_targets", make)


def pass_on(deliveries: Deliveries, target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Send a target what its part of the rule makes of the event."""
    arn, payload = target["Arn"], _payload(target, event)
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    deliveries.deliver(arn, lambda: send(arn, payload, group=group))


def _concerns(rule: Rule, event: Any) -> bool:
    return (
        rule.state == "ENABLED"
        and bool(rule.event_pattern.get_pattern())
        and rule.event_pattern.matches_event(event)
    )


def _payload(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """The event, a piece of it, a text made of it, or a constant."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        from jsonpath_ng.ext import parser  # noqa: PLC0415 - slow to import, seldom needed

        found = parser.parse(target["InputPath"]).find(event)
        return json.dumps(found[0].value if found else None)
    transformer = target.get("InputTransformer")
    if transformer is None:
        return json.dumps(event)
    made = EventTemplateParser.parse(
        transformer["InputTemplate"],
        transformer.get("InputPathsMap", {}),
        {"ingestion-time": event["time"], **event},  # type: ignore[typeddict-item]
    )
    return json.dumps(made)


def _dated(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its time as AWS writes it."""
    told = {name: value for name, value in event.items() if name != "ingestion-time"}
    if isinstance(told.get("time"), int | float):
        told["time"] = datetime.fromtimestamp(told["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


def _as_before(old: Function, rule: Rule, targets: list[Any], event: Any, **named: Any) -> None:
    every = rule.targets
    rule.targets = targets
    try:
        old(rule, event, **named)
    finally:
        rule.targets = every
