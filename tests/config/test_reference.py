"""The reference of headwater.yaml is what the code says."""

from pathlib import Path

import pytest

from headwater.config.athena_keys import AthenaKeys
from headwater.config.batch_keys import BatchKeys, RetryKeys
from headwater.config.expect_keys import ControlKeys, ExpectKeys
from headwater.config.feed_keys import FeedKeys
from headwater.config.lake_keys import LakeKeys
from headwater.config.load import parse
from headwater.config.model_keys import ModelKeys
from headwater.config.notify_keys import NotifyKeys
from headwater.config.price_keys import BudgetKeys, PriceKeys
from headwater.config.reference import reference
from headwater.config.zone_keys import ZoneKeys

MODELS = [
    LakeKeys,
    ZoneKeys,
    AthenaKeys,
    NotifyKeys,
    FeedKeys,
    BatchKeys,
    RetryKeys,
    BudgetKeys,
    ExpectKeys,
    ControlKeys,
    ModelKeys,
    PriceKeys,
]
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "write it anew: python -c 'from headwater.config.reference import reference; "
        f"print(reference(), end=str())' > {PAGE.name}"
    )


@pytest.mark.parametrize("model", MODELS)
def test_every_key_has_its_row(model):
    page = reference()

    for name, info in model.model_fields.items():
        assert f"\n| `{info.alias or name}` | " in page


def test_every_example_of_a_feed_loads():
    rows = reference().split("## A feed")[1].split("## batch")[0].splitlines()
    examples = [row.rsplit("| `", 1)[1].removesuffix("` |") for row in rows if row[:3] == "| `"]

    for example in examples:
        parse(f"feeds:\n  sales:\n    {example}\n")
    assert len(examples) == len(FeedKeys.model_fields)


def test_every_example_of_the_file_loads():
    rows = reference().split("## The file")[1].split("## zones")[0].splitlines()
    examples = [row.rsplit("| `", 1)[1].removesuffix("` |") for row in rows if row[:3] == "| `"]

    parse("\n".join(examples))
