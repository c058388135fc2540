"""An execution is begun once for each name, and again only where it has ended."""

import pytest

from headwater.errors import StoreError
from headwater.wiring.visit import executions_of
from tests.emulator.making import make_machine

_WAITS = {"Type": "Wait", "Seconds": 3, "End": True}


@pytest.fixture
def box(aws_in_the_box, monkeypatch):
    for name, value in aws_in_the_box.environment.items():
        monkeypatch.setenv(name, value)
    return aws_in_the_box


def names(box, machine):
    listed = box.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return sorted(each["name"] for each in listed)


def test_a_second_begin_is_refused_while_the_first_runs(box):
    machine = make_machine(box, "waits", Wait=_WAITS)
    executions = executions_of(machine)

    assert executions.begin("m1-1", {"n": 1})
    assert not executions.begin("m1-1", {"n": 2})
    assert names(box, machine) == ["m1-1"]


def test_one_that_ended_and_left_its_work_undone_is_begun_again_under_a_number(box):
    machine = make_machine(box, "passes", Pass={"Type": "Pass", "End": True})
    executions = executions_of(machine)
    assert executions.begin("m1-1", {})
    assert box.quiet(30)

    assert executions.begin("m1-1", {"n": 2})
    assert names(box, machine) == ["m1-1", "m1-1-2"]


def test_a_machine_that_is_not_there_is_an_error_of_ours(box):
    missing = f"arn:aws:states:eu-central-1:{box.account}:stateMachine:none"

    with pytest.raises(StoreError, match="none"):
        executions_of(missing).begin("m1-1", {})
