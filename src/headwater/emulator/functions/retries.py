"""Functions that nobody waits for: tried three times, then told to a queue or a topic.

The double runs them while the caller waits, and once. AWS answers at once, tries again
after one minute and after two more, and then hands the event to the function's
dead-letter target or the destination of failures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.awslambda import models
from moto.awslambda.models import LambdaFunction

from headwater.emulator.agenda import Agenda
from headwater.emulator.clock import Clock
from headwater.emulator.functions.sandbox import Outcome
from headwater.emulator.patch import Function, exchange
from headwater.emulator.targets import send

WAITS_SECONDS = (60, 120)
_DEAD_LETTER = "headwater_dead_letter"

Run = Callable[[LambdaFunction, Any], Outcome]


class Retries:
    """Events on their way to functions."""

    def __init__(self, agenda: Agenda, clock: Clock, run: Run) -> None:
        """Take who does things later, the clock, and how a function is run."""
        self._agenda = agenda
        self._clock = clock
        self._run = run

    def begin(self, function: LambdaFunction, event: Any) -> None:
        """Have it run soon, and again if it fails."""
        self._agenda.soon(lambda: self._attempt(function, event, 1))

    def _attempt(self, function: LambdaFunction, event: Any, number: int) -> None:
        outcome = self._run(function, event)
        configured = function.event_invoke_config[-1].config if function.event_invoke_config else {}
        more = int(configured.get("MaximumRetryAttempts", len(WAITS_SECONDS)))
        if outcome.failed and number <= more:
            wait = WAITS_SECONDS[number - 1]
            self._agenda.later(wait, lambda: self._attempt(function, event, number + 1))
            return
        side = "OnFailure" if outcome.failed else "OnSuccess"
        destination = configured.get("DestinationConfig", {}).get(side, {}).get("Destination")
        if destination:
            send(destination, json.dumps(self._record(function, event, outcome, number)))
        dead_letter = getattr(function, _DEAD_LETTER, {}).get("TargetArn")
        if outcome.failed and dead_letter:
            send(dead_letter, json.dumps(event))

    def _record(
        self, function: LambdaFunction, event: Any, outcome: Outcome, number: int
    ) -> Mapping[str, Any]:
        """What a destination is told."""
        failed = {"functionError": "Unhandled"} if outcome.failed else {}
        return {
            "version": "1.0",
            "timestamp": self._clock.now().isoformat(),
            "requestContext": {
                "requestId": outcome.request_id,
                "functionArn": f"{function.function_arn}:$LATEST",
                "condition": "RetriesExhausted" if outcome.failed else "Success",
                "approximateInvokeCount": number,
            },
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", **failed},
            "responsePayload": json.loads(outcome.payload),
        }


def install() -> None:
    """Keep a function's dead-letter target, which the double forgets."""

    def keep(name: str, key: str) -> None:
        def make(old: Function) -> Function:
            def changed(self: LambdaFunction, *args: Any, **named: Any) -> Any:
                for spec in (*args, *named.values()):
                    if isinstance(spec, dict) and key in spec:
                        setattr(self, _DEAD_LETTER, spec[key] or {})
                return old(self, *args, **named)

            return changed

        exchange(models.LambdaFunction, name, make)

    for name in ("__init__", "update_configuration"):
        keep(name, "DeadLetterConfig")

    def tell(old: Function) -> Function:
        def get_configuration(self: LambdaFunction, *args: Any, **named: Any) -> Any:
            told = old(self, *args, **named)
            dead_letter = getattr(self, _DEAD_LETTER, {})
            return {**told, "DeadLetterConfig": dead_letter} if dead_letter else told

        return get_configuration

    exchange(models.LambdaFunction, "get_configuration", tell)
