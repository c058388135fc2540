"""Terraform and the handlers say the same of each other: names, events, environment, words."""

from __future__ import annotations

import inspect
import json
import re
from importlib import import_module
from pathlib import Path

from headwater import lambdas
from headwater.lambdas import arrivals, container
from tests.infra.stage import INFRA

MODULES = INFRA / "modules"


def text(*parts):
    return INFRA.joinpath(*parts).read_text(encoding="utf-8")


def block(name, said):
    """What stands between the braces behind a name."""
    begin = said.index("{", re.search(rf"\b{name}\s*=?\s*{{", said).start())
    depth = 0
    for at in range(begin, len(said)):
        depth += {"{": 1, "}": -1}.get(said[at], 0)
        if depth == 0:
            return said[begin + 1 : at]
    raise AssertionError(f"{name} does not end")


def keys(said):
    """The names that a block gives values to, not those of blocks within it."""
    return set(re.findall(r"^\s*(\w+)\s+= ", said, re.MULTILINE))


def handlers():
    folder = Path(inspect.getfile(lambdas)).parent
    modules = {
        each.stem: import_module(f"headwater.lambdas.{each.stem}")
        for each in folder.glob("[a-z]*.py")
    }
    return {name for name, module in modules.items() if hasattr(module, "handle")}


def test_each_function_is_a_handler_and_each_handler_a_function():
    said = text("modules", "functions", "main.tf")

    assert keys(block("defaults", said)) == handlers()
    assert set(re.findall(r"headwater\.lambdas\.\S+?\}\.(\w+)", said)) == {arrivals.handle.__name__}


def test_the_environment_is_what_handlers_ask_for():
    given = keys(block("environment", text("main.tf")))

    assert given == {container.LAKE, container.MACHINE, container.CONFIGURED}


def test_every_word_of_a_machine_is_filled_in_and_none_besides():
    asked = {
        word
        for each in (INFRA / "machines").glob("*.json")
        for word in re.findall(r"\$\{(\w+)\}", each.read_text(encoding="utf-8"))
    }

    assert keys(block("words", text("modules", "machines", "main.tf"))) == asked


def test_timers_send_what_the_handler_understands():
    said = block("schedules", text("modules", "functions", "schedules.tf"))

    sent = dict(re.findall(r"(\w+)\s*= \{ when = \S+ input = (\{.*?\}) \}", said))
    inputs = {name: json.loads(re.sub(r"(\w+) = ", r'"\1": ', each)) for name, each in sent.items()}

    assert inputs == {
        "timer": {},
        "notices": {"notify": True},
        "reconcile": {"reconcile": True, "days": 3},
        "search": {"reconcile": True},
    }
    understood = set(re.findall(r'event\.get\("(\w+)"', inspect.getsource(arrivals.handle)))
    assert {word for each in inputs.values() for word in each} <= understood


def test_each_kind_of_machine_that_may_be_asked_for_has_its_document():
    [named] = re.findall(r"contains\((\[.*?\]), coalesce\(var\.large", text("variables.tf"))

    assert set(json.loads(named)) == {each.stem for each in (INFRA / "machines").glob("*.json")}
