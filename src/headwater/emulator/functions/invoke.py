"""Functions are run, instead of being handed to Docker.

The double starts a container for each invocation and needs Docker for it. AWS keeps
processes warm, kills them past their time or memory, and answers with `Unhandled`
whatever a handler raises; so does this.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from moto.awslambda import models
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend

from headwater.emulator.environment import passed_on
from headwater.emulator.faults import Faults
from headwater.emulator.functions.retries import Retries
from headwater.emulator.functions.sandbox import Limits, Outcome, Sandbox
from headwater.emulator.functions.warm import Warm
from headwater.emulator.patch import Function, exchange

_MEBI = 1 << 20
_TAIL_BYTES = 4096


class Functions:
    """Whoever invokes a function comes by here."""

    def __init__(self, warm: Warm, faults: Faults, url: str) -> None:
        """Take the processes, what goes wrong, and where functions find AWS."""
        self._warm = warm
        self._faults = faults
        self._url = url

    def run(self, function: LambdaFunction, event: Any) -> Outcome:
        """Run the handler, and write what it printed to its log group."""
        if function.package_type == "Image":
            said = {"errorType": "Runtime.Image", "errorMessage": "the box runs no images"}
            return Outcome(json.dumps(said), failed=True, log="", request_id="")
        what = _fingerprint(function)
        sandbox = self._warm.take(what, lambda: self._start(function, what))
        try:
            killed = self._faults.kills(function.function_name)
            outcome = sandbox.invoke(event, function.function_arn, killed=killed)
        finally:
            self._warm.give_back(what, sandbox)
        function.logs_backend.ensure_log_group(function.logs_group_name)
        function.save_logs(outcome.log)
        return outcome

    def _start(self, function: LambdaFunction, what: str) -> Sandbox:
        layers = [
            get_backend(function.account_id, function.region).layers_versions_by_arn(layer["Arn"])
            for layer in function.layers
        ]
        archives = (function.code_bytes, *(each.code_bytes for each in layers if each is not None))
        code, *below = self._warm.unpack(what, archives)
        limits = Limits(float(function.timeout), int(function.memory_size) * _MEBI)
        return Sandbox(code, self._environment(function, code, below), limits)

    def _environment(
        self, function: LambdaFunction, code: Path, layers: list[Path]
    ) -> dict[str, str]:
        return {
            **passed_on(self._url, function.account_id, function.region),
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "LAMBDA_TASK_ROOT": str(code),
            "HEADWATER_LAYERS": ":".join(str(each / "python") for each in layers),
            "_HANDLER": str(function.handler),
            **{name: str(value) for name, value in function.environment_vars.items()},
        }


def install(functions: Functions, retries: Retries) -> None:
    """Let every invocation come by here, whoever asks for it."""

    def make(_: Function) -> Function:
        def invoke(self: LambdaFunction, body: Any, headers: Any, answers: Any) -> str | bytes:
            event = json.loads(body) if body else {}
            manner = headers.get("x-amz-invocation-type", "RequestResponse")
            if manner == "Event":
                retries.begin(self, event)
                return b""
            if manner == "DryRun":
                return b""
            outcome = functions.run(self, event)
            if outcome.failed:
                answers["x-amz-function-error"] = "Unhandled"
            answers["x-amz-executed-version"] = str(self.version)
            tail = outcome.log.encode()[-_TAIL_BYTES:]
            answers["x-amz-log-result"] = base64.b64encode(tail).decode()
            return outcome.payload.encode()

        return invoke

    exchange(models.LambdaFunction, "invoke", make)


def _fingerprint(function: LambdaFunction) -> str:
    """What a process runs: the code and all that it was started with."""
    started_with = json.dumps(
        [
            function.function_arn, function.code_sha_256, function.handler, function.timeout,
            function.memory_size, sorted(function.environment_vars.items()),
            [layer["Arn"] for layer in function.layers],
        ],
        default=str,
    )  # fmt: skip
    return hashlib.sha256(started_with.encode()).hexdigest()[:32]
