"""What a person says about columns, and what is wrong with it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from headwater.errors import UsageError
from headwater.flow.decide import decide
from headwater.flow.schema import ColumnStanding, ColumnStory, Origin
from headwater.flow.undecided import Undecided
from headwater.model.change import ChangeKind
from headwater.model.decision import Decisions
from headwater.model.feed import Feed
from headwater.model.types import BIGINT, TEXT, Column, Schema, decimal

NOON = datetime(2026, 4, 2, 12, tzinfo=UTC)
FEED = Feed(
    "sales",
    ("sales/**",),
    "sales",
    schema=Schema((Column("id", BIGINT),)),
    rename=(("nr", "id"),),
    refuse=("password",),
)


def undecided(name, *types):
    return Undecided(name, ChangeKind.IGNORED, types, "b.csv", 1, NOON, NOON)


def standing(name, kind, origin=Origin.INFERRED):
    return ColumnStanding(name, kind, nullable=True, origin=origin)


STORY = ColumnStory(
    feed="sales",
    table="sales",
    version=3,
    columns=(
        standing("id", "bigint", Origin.DECLARED),
        standing("customer_id", "text"),
        standing("month", "int", Origin.PARTITION),
        standing("_arrival", "text", Origin.PROVENANCE),
    ),
    versions=(),
    waiting=(undecided("Region", "text"), undecided("tax", "bigint"), undecided("a=b", "date")),
)


def accepted(words, story=STORY):
    (column,) = decide(FEED, story, accept=[words]).accepted
    return column


def test_a_column_is_accepted_with_the_type_that_files_had_and_spelled_as_they_have_it():
    assert accepted("region") == Column("Region", TEXT)
    assert accepted("tax") == Column("tax", BIGINT)


def test_a_type_that_is_given_wins():
    assert accepted("tax=decimal(12,2)") == Column("tax", decimal(12, 2))


def test_a_column_whose_name_holds_an_equals_sign_can_be_accepted():
    assert accepted("a=b").name == "a=b"
    assert accepted("a=b=text") == Column("a=b", TEXT)


def test_a_column_that_no_file_brought_is_accepted_with_a_type_alone():
    assert accepted("later=text") == Column("later", TEXT)
    with pytest.raises(UsageError, match="no file has brought a column later") as refused:
        accepted("later")
    assert refused.value.hint == "say what it will be: --accept later=text"


def test_a_column_of_the_table_is_declared_as_the_table_has_it():
    assert accepted("CUSTOMER_ID") == Column("customer_id", TEXT)
    with pytest.raises(UsageError, match="the table has customer_id as text"):
        accepted("customer_id=bigint")


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (("int", "bigint", "smallint"), "bigint"),
        (("int", "decimal(6,4)"), "decimal(14,4)"),
        (("decimal(38,0)", "decimal(38,38)"), "text"),
        (("bigint", "text"), "text"),
        (("date", "timestamp"), "text"),
        ((), "text"),
    ],
)
def test_of_several_types_one_is_taken_that_holds_them_all(seen, kind):
    story = replace(STORY, waiting=(undecided("x", *seen),))

    assert str(accepted("x", story).type) == kind


def test_a_name_in_files_is_mapped_to_a_column_whatever_its_case():
    said = decide(FEED, STORY, rename=["TAX=Customer_ID", "a=b=id"])

    assert said == Decisions(renamed=(("tax", "customer_id"), ("a=b", "id")))


def test_a_name_is_mapped_to_a_column_that_is_accepted_in_the_same_breath():
    said = decide(FEED, STORY, accept=["later=text"], rename=["tax=later"])

    assert said.renamed == (("tax", "later"),)


def test_a_refusal_takes_any_name():
    assert decide(FEED, STORY, refuse=["REGION", "fax"]).refused == ("Region", "fax")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"accept": ["regoin"]}, r"no file has brought.*regoin.*did you mean Region\?"),
        ({"accept": ["id"]}, "declares id already"),
        ({"accept": ["nr"]}, "renames nr to id already"),
        ({"accept": ["password"]}, "refuses password already"),
        ({"accept": ["month"]}, "month is no column of files"),
        ({"accept": ["tax=txt"]}, "'txt' is not a type"),
        ({"rename": ["tax"]}, "does not say which column it is"),
        ({"rename": ["tax=customer"]}, r"no column customer.*did you mean customer_id\?"),
        ({"rename": ["tax=_arrival"]}, "_arrival is no column of files"),
        ({"rename": ["nr=customer_id"]}, "renames nr to id already"),
        ({"refuse": ["Password"]}, "refuses Password already"),
        ({"accept": ["tax", "TAX=text"]}, "tax is decided twice"),
        ({"rename": ["tax=id"], "refuse": ["tax"]}, "tax is decided twice"),
        ({"refuse": ["nr"]}, "renames nr to id already"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_can(says, why):
    with pytest.raises(UsageError) as refused:
        decide(FEED, STORY, **says)

    assert re.search(why, f"{refused.value.message} {refused.value.hint}")
