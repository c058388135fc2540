"""Alarms of what is called alike have names of their own."""

from __future__ import annotations

import re
from pathlib import Path

ALARMS = Path(__file__).parents[2] / "infra" / "modules" / "alarms" / "work.tf"


def test_no_two_alarms_bear_one_name_where_a_machine_and_a_job_are_called_alike():
    names = re.findall(r'alarm_name += "([^"]+)"', ALARMS.read_text(encoding="utf-8"))

    assert "${each.key}-failed" not in names
    assert len(set(names)) == len(names)
