"""State machines: executed, under names of their own, on the box's port, as their own account.

The double records executions without running them until it is told to; then it calls its
other services on `localhost`, as one account for all, takes an execution without a name
for another of that kind, and fails each task that waits for a job. Terraform asks for
ValidateStateMachineDefinition and ListStateMachineVersions, which it does not know.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from moto.core.config import default_user_config
from moto.core.responses import ActionResult
from moto.stepfunctions import responses
from moto.stepfunctions.parser.asl.utils import boto_client

from headwater.emulator.patch import Function, add, exchange

_PATIENCE_SECONDS = 900
_CALLS = Config(
    parameter_validation=False,
    retries={"max_attempts": 0},
    connect_timeout=_PATIENCE_SECONDS,
    read_timeout=_PATIENCE_SECONDS,
)
_PARSER = "moto.stepfunctions.parser.models"
_SERVICE = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service"
_WAITING = f"{_SERVICE}.state_task_service_callback"
_RESOURCE = f"{_SERVICE}.resource"
_changing = Lock()


class Machines:
    """Executions that run."""

    def step(self) -> None:
        """Begin nothing: executions have threads of their own."""

    def is_quiet(self) -> bool:
        """Whether no execution runs."""
        return all(execution.status != "RUNNING" for execution in _executions())


def install(url: str) -> None:
    """Have executions run, against the box; done before the double's parser is imported."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}

    def call_the_box(_: Function) -> Function:
        def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
            role = str(getattr(state_credentials, "role_arn", ""))
            client = boto3.client(
                service,  # type: ignore[call-overload]
                endpoint_url=url,
                region_name=region,
                aws_access_key_id=(role.split(":") + [""] * 5)[4] or "testing",
                aws_secret_access_key="testing",  # noqa: S106 - the box asks for any
                config=_CALLS,
            )
            client.meta.events.register("after-call", _count_times)
            return client

        return boto_client_for

    exchange(boto_client, "boto_client_for", call_the_box)
    exchange(responses, "get_backend", _change_parser)
    add(responses.StepFunctionResponse, "validate_state_machine_definition", _validate)
    add(responses.StepFunctionResponse, "list_state_machine_versions", _list_versions)


def _count_times(parsed: dict[str, Any], **_: Any) -> None:
    """Milliseconds for times, as AWS has them in an execution's data; JSON has no times."""
    for name, value in parsed.items():
        if isinstance(value, datetime):
            parsed[name] = int(value.timestamp() * 1000)
        elif isinstance(value, dict):
            _count_times(value)


def _change_parser(old: Function) -> Function:
    """The parser takes seconds to import: it is changed when the first machine is asked for."""

    @cache
    def change() -> None:
        backend = import_module(_PARSER).StepFunctionsParserBackend
        exchange(backend, "start_execution", _name)
        exchange(import_module(_WAITING).StateTaskServiceCallback, "__init__", _give_endpoint)

    def get_backend(account: str, region: str) -> Any:
        with _changing:
            change()
        return old(account, region)

    return get_backend


def _name(old: Function) -> Function:
    def start_execution(
        self: Any, state_machine_arn: str, name: str | None = None, *args: Any
    ) -> Any:
        return old(self, state_machine_arn, name or str(uuid.uuid4()), *args)

    return start_execution


def _give_endpoint(old: Function) -> Function:
    """Tasks that wait for a job end by closing an endpoint that only waiters for a token have."""

    def __init__(self: Any, supported_integration_patterns: set[Any]) -> None:  # noqa: N807 - of the class
        token = import_module(_RESOURCE).ResourceCondition.WaitForTaskToken
        old(self, {*supported_integration_patterns, token})

    return __init__


def _validate(self: Any) -> ActionResult:
    from moto.stepfunctions.parser.api import InvalidDefinition  # noqa: PLC0415 - slow to import

    try:
        self.stepfunction_backend._validate_definition(  # noqa: SLF001 - it checks nowhere else
            self._get_param("definition")
        )
    except InvalidDefinition as invalid:
        found = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(invalid)}
        return ActionResult({"result": "FAIL", "diagnostics": [found], "truncated": False})
    return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def _list_versions(self: Any) -> ActionResult:
    machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
    versions = sorted(machine.versions.values(), key=lambda each: int(each.version), reverse=True)
    return ActionResult(
        {
            "stateMachineVersions": [
                {"stateMachineVersionArn": each.arn, "creationDate": each.creation_date}
                for each in versions
            ]
        }
    )


def _executions() -> Iterator[Any]:
    parser = sys.modules.get(_PARSER)
    backends = {} if parser is None else parser.stepfunctions_parser_backends
    for regions in list(backends.values()):
        for backend in list(regions.values()):
            for machine in list(backend.state_machines):
                yield from list(machine.executions)
