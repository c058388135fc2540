"""How each service says that it is asked too much, and that something broke within it."""

from __future__ import annotations

import json
from typing import NamedTuple


class Refusal(NamedTuple):
    """An answer that turns a call away."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


_SAYS = {
    "s3": ("503 Slow Down", "SlowDown"),
    "dynamodb": ("400 Bad Request", "ProvisionedThroughputExceededException"),
    "kinesis": ("400 Bad Request", "ProvisionedThroughputExceededException"),
    "sqs": ("403 Forbidden", "RequestThrottled"),
    "lambda": ("429 Too Many Requests", "TooManyRequestsException"),
    "athena": ("400 Bad Request", "TooManyRequestsException"),
    "sns": ("400 Bad Request", "Throttling"),
    "cloudwatch": ("400 Bad Request", "Throttling"),
    "monitoring": ("400 Bad Request", "Throttling"),
}
_ELSE = ("400 Bad Request", "ThrottlingException")
_BROKEN = "500 Internal Server Error"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def refusal(service: str, content_type: str) -> Refusal:
    """What the service answers, in the manner in which it was asked."""
    status, code = _SAYS.get(service, _ELSE)
    return _answer(service, content_type, status, code)


def broken(service: str, content_type: str) -> Refusal:
    """What the service answers once something in it has broken, whatever it did before that."""
    code = "InternalError" if service in {"s3", "sqs", "sns"} else "InternalServerError"
    return _answer(service, content_type, _BROKEN, code)


def _answer(service: str, content_type: str, status: str, code: str) -> Refusal:
    said = "the box was told to answer so"
    if service == "s3":
        body = f"{_XML}<Error><Code>{code}</Code><Message>{said}</Message></Error>"
        return Refusal(status, [("Content-Type", "application/xml")], body.encode())
    if "x-www-form-urlencoded" in content_type:
        fault = "Receiver" if status == _BROKEN else "Sender"
        error = f"<Error><Type>{fault}</Type><Code>{code}</Code><Message>{said}</Message></Error>"
        body = f"{_XML}<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
        return Refusal(status, [("Content-Type", "text/xml")], body.encode())
    document = json.dumps({"__type": code, "message": said})
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-errortype", code)]
    return Refusal(status, headers, document.encode())
