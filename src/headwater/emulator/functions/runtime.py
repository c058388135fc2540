"""What runs inside a function's process: a handler, asked one event after the other.

It stands alone: nothing of Headwater is imported here, so that a handler gets what
it brings and what the interpreter's own environment holds, and nothing else.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, Any], Any]


class Context:
    """What a handler is told of its invocation."""

    def __init__(self, about: dict[str, Any]) -> None:
        """Take what the box says of it."""
        self.aws_request_id = about["request_id"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = about["arn"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = about["request_id"]
        self._end = time.monotonic() + about["timeout_seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """How long the handler may still take."""
        return max(0, int((self._end - time.monotonic()) * 1000))


def main() -> None:
    """Answer one line with one line, until there are no more."""
    requests, answers = _streams()
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.path[1:1] = [each for each in os.environ.get("HEADWATER_LAYERS", "").split(":") if each]
    handler: Handler | None = None
    for line in requests:
        asked = json.loads(line)
        try:
            handler = handler or _load(os.environ["_HANDLER"])
            value = handler(asked["event"], Context(asked))
            answer = json.dumps({"value": value})
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its answer
            answer = json.dumps({"error": _told(error)})
        sys.stdout.flush()
        answers.write(answer + "\n")
        answers.flush()


def _streams() -> tuple[Any, Any]:
    """Where events come from and answers go; what a handler prints goes to its log."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _load(name: str) -> Handler:
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


def _told(error: Exception) -> dict[str, Any]:
    traceback.print_exc()
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": "",
        "stackTrace": traceback.format_tb(error.__traceback__)[1:],
    }


if __name__ == "__main__":
    main()
