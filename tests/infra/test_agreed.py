"""What Terraform lays down and what the code expects of it are the same words."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from headwater.lambdas import container

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FUNCTIONS = ("arrivals", "convert", "commit", "fail")


def text(*parts: str) -> str:
    return INFRA.joinpath(*parts).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_handler_of_a_function_is_there(name):
    said = re.search(
        r'"headwater\.lambdas\.\$\{each\.key\}\.(\w+)"', text("modules/functions/main.tf")
    )

    assert callable(getattr(importlib.import_module(f"headwater.lambdas.{name}"), said[1]))


@pytest.mark.parametrize("name", [container.LAKE, container.MACHINE])
def test_a_function_is_told_what_it_asks_for(name):
    assert re.search(rf"^    {name} +=", text("main.tf"), re.MULTILINE)


def test_each_word_of_a_machine_is_filled_in():
    asked = {
        word
        for file in INFRA.joinpath("machines").glob("*.json")
        for word in re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8"))
    }
    block = text("modules/machines/main.tf").partition("words = merge(")[2].partition("\n  )\n")[0]
    filled = {*FUNCTIONS, *re.findall(r"^ {6}(\w+) +=", block, re.MULTILINE)}

    assert asked <= filled
    assert filled - asked <= {"arrivals"}


def test_no_two_alarms_bear_one_name_where_a_machine_and_a_job_are_called_alike():
    names = re.findall(r'alarm_name += "([^"]+)"', text("modules/alarms/work.tf"))

    assert "${each.key}-failed" not in names
    assert len(set(names)) == len(names)
