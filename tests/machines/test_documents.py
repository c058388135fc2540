"""The documents in infra/machines are what the code writes, and documents of machines."""

import json
from pathlib import Path

import pytest

from headwater.machines.__main__ import FOLDER, write
from headwater.machines.machine import Large, machine

ROOT = Path(__file__).parents[2]


def test_the_documents_are_those_that_the_code_writes(tmp_path):
    write(tmp_path)

    kept = {each.name: each.read_text() for each in (ROOT / FOLDER).iterdir()}
    assert kept == {each.name: each.read_text() for each in tmp_path.iterdir()}


@pytest.mark.parametrize("large", Large)
def test_a_document_is_valid(large, aws_in_the_box):
    states = aws_in_the_box.client("stepfunctions")

    answer = states.validate_state_machine_definition(definition=json.dumps(machine(large)))

    assert answer["diagnostics"] == []


@pytest.mark.parametrize("large", Large)
def test_every_task_is_retried_and_ends_in_time(large):
    tasks = [each for each in machine(large)["States"].values() if each["Type"] == "Task"]

    assert tasks
    for task in tasks:
        assert task["TimeoutSeconds"]
        assert {each["JitterStrategy"] for each in task["Retry"]} == {"FULL"}
        assert any("States.Timeout" in each["ErrorEquals"] for each in task["Retry"])


@pytest.mark.parametrize("large", Large)
def test_whatever_fails_is_told_of(large):
    states = machine(large)["States"]
    tasks = {name: each for name, each in states.items() if each["Type"] == "Task"}

    caught = {name: [c["Next"] for c in each.get("Catch", ())] for name, each in tasks.items()}

    assert caught.pop("Fail") == []
    assert set(map(tuple, caught.values())) == {("Fail",)}
