"""The machine of one manifest: chosen by its size, converted, settled, or failed and told of.

    Choose ── small ──> Convert ──────────┐
       └───── large ──> Job ──> Commit ──>┴> Judge ── committed ──> Done
                         │ whatever raises     │  held: Wait, then Fail
                         └──────────> Fail <───┘  else: Fail
                                       └──> Reckon ──> Failed, GivenUp, or Done after all

An attempt that failed ends its execution, also where there is to be another: the timer begins
that one. So an execution that failed is no alarm, and a batch that was given up is: by their
errors the two are told apart.
Names in `${…}` are filled in by whoever lays the machine down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from headwater.model.cost import AwsEngine
from headwater.model.manifest import ManifestState

State = dict[str, Any]

FUNCTION_SECONDS = 900  # the longest that a function may take
JOB_SECONDS = 6 * 3600
_RETRIED = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "States.Timeout",
)
ATTEMPT_FAILED, GIVEN_UP = "Headwater.AttemptFailed", "Headwater.GivenUp"
_HELD = (ManifestState.CLAIMED, ManifestState.STAGED)
_DONE = (ManifestState.COMMITTED,)


class Large(StrEnum):
    """What converts the batches that are too large for a function."""

    NOTHING = "lambda"  # all batches are small
    GLUE = "glue"
    EMR = "emr"


def machine(large: Large) -> State:
    """The document of the machine whose large batches go there."""
    small = {
        "Convert": _function("convert", {"manifest.$": "$.manifest"}, "Judge"),
        "Judge": _choose("$.step.state", {"Wait": _HELD, "Done": _DONE}, default="Fail"),
        "Wait": {"Type": "Wait", "SecondsPath": "$.step.wait_seconds", "Next": "Fail"},
        "Fail": _function("fail", "$", "Reckon", caught=False),
        "Reckon": _choose(
            "$.step.state",
            {"Wait": _HELD, "Done": _DONE, "GivenUp": [ManifestState.DEAD]},
            default="Failed",
        ),
        "Done": {"Type": "Succeed"},
        "Failed": _failed(ATTEMPT_FAILED, "it is tried again; the ledger says what failed"),
        "GivenUp": _failed(GIVEN_UP, "it is not tried again; the ledger says what failed"),
    }
    if large is Large.NOTHING:
        return {"Comment": _COMMENT, "StartAt": "Convert", "States": small}
    chosen = {
        "Choose": _choose("$.engine", {"Job": [AwsEngine.GLUE]}, default="Convert"),
        "Job": _glue() if large is Large.GLUE else _emr(),
        "Commit": _function("commit", {"manifest.$": "$.manifest"}, "Judge"),
    }
    return {"Comment": _COMMENT, "StartAt": "Choose", "States": {**chosen, **small}}


_COMMENT = "One manifest of a Headwater lake; written by python -m headwater.machines"


def _failed(error: str, cause: str) -> State:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def _function(
    name: str, payload: Mapping[str, str] | str, following: str, *, caught: bool = True
) -> State:
    key = "Payload.$" if isinstance(payload, str) else "Payload"
    called = {"FunctionName": f"${{{name}}}", key: payload}
    state = _task("lambda:invoke", called, FUNCTION_SECONDS, following, caught=caught)
    answer = ("state", "wait_seconds", "error")
    return {
        **state,
        "ResultSelector": {f"{each}.$": f"$.Payload.{each}" for each in answer},
        "ResultPath": "$.step",
        "Retry": [_retry(_RETRIED, first_seconds=2)],
    }


def _glue() -> State:
    run = {
        "JobName": "${job}",
        "Arguments": {"--manifest.$": "$.manifest", "--lake": "${lake}"},
    }
    state = _task("glue:startJobRun.sync", run, JOB_SECONDS, "Commit")
    return {**state, "ResultPath": None, "Retry": [_retry(_BUSY, first_seconds=60)]}


def _emr() -> State:
    words = "States.Array('--manifest', $.manifest, '--lake', '${lake}')"
    run = {
        "ApplicationId": "${application}",
        "ExecutionRoleArn": "${job_role}",
        "JobDriver": {
            "SparkSubmit": {
                "EntryPoint": "${entry_point}",
                "EntryPointArguments.$": words,
                "SparkSubmitParameters": "${spark}",
            }
        },
    }
    state = _task("emr-serverless:startJobRun.sync", run, JOB_SECONDS, "Commit")
    return {**state, "ResultPath": None, "Retry": [_retry(_BUSY, first_seconds=60)]}


_BUSY = (
    "Glue.ConcurrentRunsExceededException",
    "Glue.ResourceNumberLimitExceededException",
    "EMRServerless.ServiceQuotaExceededException",
    "States.Timeout",
)


def _task(
    resource: str, parameters: State, seconds: int, following: str, *, caught: bool = True
) -> State:
    state: State = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
        "TimeoutSeconds": seconds,
        "Next": following,
    }
    if caught:
        catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Fail"}
        state["Catch"] = [catch]
    return state


def _retry(errors: Sequence[str], *, first_seconds: int) -> State:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": first_seconds,
        "MaxAttempts": 3,
        "BackoffRate": 2,
        "MaxDelaySeconds": 300,
        "JitterStrategy": "FULL",
    }


def _choose(variable: str, ways: Mapping[str, Sequence[StrEnum]], *, default: str) -> State:
    choices = [
        {"Variable": variable, "StringEquals": value.value, "Next": state}
        for state, values in ways.items()
        for value in values
    ]
    return {"Type": "Choice", "Choices": choices, "Default": default}
