"""Where an event can be sent: a queue, a topic, a function, a state machine, by its ARN."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from moto.awslambda.utils import get_backend as functions_of
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions import responses

from headwater.errors import UsageError

SENT_TO = ("sqs", "sns", "lambda", "states")


def send(arn: str, payload: str, *, group: str | None = None) -> None:
    """Send a payload to where the ARN says, as the account that it names."""
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "sqs":
        sqs_backends[account][region].send_message(
            queue_name=name, message_body=payload, group_id=group
        )
    elif service == "sns":
        sns_backends[account][region].publish(arn=arn, message=payload)
    elif service == "lambda":
        event: Mapping[str, Any] = {"x-amz-invocation-type": "Event"}
        function = functions_of(account, region).get_function(arn)
        function.invoke(payload, event, {})
    elif service == "states":
        responses.get_backend(account, region).start_execution(arn, str(uuid.uuid4()), payload)
    else:
        raise UsageError(
            f"the box sends no events to {arn}", hint=f"send it to one of {', '.join(SENT_TO)}"
        )
