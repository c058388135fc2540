"""The reference of steps, checks and expressions is what the code reads."""

from pathlib import Path
from typing import get_args

import pytest

from headwater.config.language import CHECKS, STEPS, language
from headwater.config.load import parse
from headwater.model.checks import Rule
from headwater.model.steps import Step

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "steps.md"


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == language(), (
        "write it anew: python -c 'from headwater.config.language import language; "
        f"print(language(), end=str())' > {PAGE.name}"
    )


def test_every_step_and_every_check_is_on_it():
    assert set(STEPS) == set(get_args(Step))
    assert set(CHECKS) == set(get_args(Rule))


@pytest.mark.parametrize(
    ("key", "kind", "example"),
    [
        (key, kind, example)
        for key, shown in (("steps", STEPS), ("checks", CHECKS))
        for kind, examples in shown.items()
        for example in examples
    ],
)
def test_every_example_loads(key, kind, example):
    settings = parse(f"feeds:\n  sales:\n    {key}:\n      - {example}\n")

    (read,) = getattr(settings.feeds[0], key)
    assert isinstance(getattr(read, "rule", read), kind)
