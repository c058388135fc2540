"""Executions of a state machine: begun once for each name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from headwater.adapters.aws.door import VENDOR, code_of, translate
from headwater.adapters.aws.settings import AwsSettings

_AGAIN = 9  # executions of one name and its like
_TAKEN = "ExecutionAlreadyExists"
_RUNNING = "RUNNING"


class Executions:
    """Those of one state machine."""

    def __init__(self, machine: str, settings: AwsSettings | None = None) -> None:
        """Take the machine's ARN."""
        self._machine = machine
        self._states = (settings or AwsSettings()).client("stepfunctions")

    def begin(self, name: str, words: Mapping[str, Any]) -> bool:
        """Begin one of this name, unless one runs; whether it began.

        One of the name that has ended has left something undone, or nobody would ask again:
        another is begun, under the name with a number.
        """
        for number in range(1, _AGAIN + 1):
            called = name if number == 1 else f"{name}-{number}"
            if self._begin(called, words):
                return True
            if self._runs(called):
                return False
        return False

    def _begin(self, name: str, words: Mapping[str, Any]) -> bool:
        try:
            self._states.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps(words)
            )
        except VENDOR as error:
            if code_of(error) == _TAKEN:
                return False
            raise translate(self._machine, error) from error
        return True

    def _runs(self, name: str) -> bool:
        # arn:aws:states:REGION:ACCOUNT:stateMachine:NAME
        arn = f"{self._machine.replace(':stateMachine:', ':execution:', 1)}:{name}"
        try:
            status: str = self._states.describe_execution(executionArn=arn)["status"]
        except VENDOR as error:
            raise translate(arn, error) from error
        return status == _RUNNING
