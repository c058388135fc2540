"""Alarms have names of their own, and ring for what was given up, not for what is tried again."""

from __future__ import annotations

import re
from pathlib import Path

from headwater.machines.machine import ATTEMPT_FAILED, GIVEN_UP, Large, machine

ALARMS = Path(__file__).parents[2] / "infra" / "modules" / "alarms" / "work.tf"


def test_no_two_alarms_bear_one_name_where_a_machine_and_a_job_are_called_alike():
    names = re.findall(r'alarm_name += "([^"]+)"', ALARMS.read_text(encoding="utf-8"))

    assert "${each.key}-failed" not in names
    assert len(set(names)) == len(names)


def test_an_execution_rings_by_its_error_alone_and_an_attempt_that_is_tried_again_never():
    said = ALARMS.read_text(encoding="utf-8")
    errors = {each["Error"] for each in machine(Large.GLUE)["States"].values() if "Error" in each}

    passed_over = re.findall(r"anything-but = \[(.*?)\]", said)

    assert errors == {ATTEMPT_FAILED, GIVEN_UP}
    assert passed_over == [f'"{ATTEMPT_FAILED}"']
    assert "ExecutionsFailed" not in said
