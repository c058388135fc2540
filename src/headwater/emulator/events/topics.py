"""Topics tell their subscribers, and do not wait for the functions among them.

The double runs a subscribed function while the publisher waits. What travels from a topic
meets the same faults as every other event.
"""

from __future__ import annotations

from typing import Any

from moto.sns import models
from moto.sns.models import Subscription

from headwater.emulator.agenda import Agenda
from headwater.emulator.deliveries import Deliveries
from headwater.emulator.patch import Function, exchange


def install(deliveries: Deliveries, agenda: Agenda) -> None:
    """Let what topics tell travel as other events do."""

    def make(old: Function) -> Function:
        def publish(self: Subscription, *args: Any, **named: Any) -> None:
            def tell() -> None:
                old(self, *args, **named)

            waits = self.protocol == "lambda"
            deliveries.deliver(self.endpoint, (lambda: agenda.soon(tell)) if waits else tell)

        return publish

    exchange(models.Subscription, "publish", make)
