"""What waits for a decision, as receipts tell it and the configuration has settled it."""

from datetime import UTC, datetime, timedelta

import pytest

from headwater.flow.undecided import undecided
from headwater.model.change import Change, ChangeKind
from headwater.model.feed import Feed
from headwater.model.types import BIGINT, TEXT, Column, Schema
from headwater.ports.ledger import Brought

NOON = datetime(2026, 4, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TABLE = Schema((Column("id", BIGINT), Column("customer_id", TEXT)))
NEW = [ChangeKind.IGNORED, ChangeKind.RESCUED, ChangeKind.REFUSED]


def brought(*changes, batch=1):
    return Brought("sales", f"m{batch}", batch, NOON + batch * HOUR, changes)


def new(column, kind=ChangeKind.IGNORED, type="text", first="b.csv", files=1):  # noqa: A002 - as a Change has it
    return Change(kind, column, type, first=first, files=files)


def missing(column, first="b.csv", files=1):
    return Change(ChangeKind.MISSING, column, first=first, files=files)


def feed(**says):
    return Feed("sales", ("sales/**",), "sales", **says)


def waiting_of(feed, *told, there=TABLE, lacking=("customer_id", "gone")):
    return undecided(feed, there, told, lacking=lacking)


def names(feed, *told, **more):
    return [each.column for each in waiting_of(feed, *told, **more)]


@pytest.mark.parametrize("kind", NEW)
def test_a_column_that_the_table_has_not_waits_with_its_files_and_times(kind):
    told = [
        brought(new("region", kind, first="b.csv", files=2)),
        brought(new("Region", kind, type="bigint", first="c.csv", files=3), batch=5),
    ]

    (waiting,) = waiting_of(feed(), *told)

    assert (waiting.column, waiting.kind, waiting.types) == ("region", kind, ("text", "bigint"))
    assert (waiting.first, waiting.files) == ("b.csv", 5)
    assert (waiting.since, waiting.last) == (NOON + HOUR, NOON + 5 * HOUR)


def test_a_column_is_what_became_of_it_last():
    told = [
        brought(new("region", ChangeKind.REFUSED)),
        brought(new("region", ChangeKind.RESCUED), batch=2),
    ]

    (waiting,) = waiting_of(feed(), *told)

    assert waiting.kind is ChangeKind.RESCUED


@pytest.mark.parametrize(
    "says",
    [
        {"schema": Schema((Column("region", TEXT),))},
        {"rename": (("REGION", "customer_id"),)},
        {"rename": ((" region ", "customer_id"),)},
        {"refuse": ("Region",)},
    ],
)
def test_what_the_configuration_decides_does_not_wait(says):
    assert names(feed(**says), brought(new("region"))) == []


def test_what_the_table_has_by_now_does_not_wait():
    assert names(feed(), brought(new("ID"))) == []


def test_a_column_that_went_missing_waits_with_the_type_of_the_table():
    (waiting,) = waiting_of(feed(), brought(missing("customer_id", files=4)))

    assert (waiting.kind, waiting.types, waiting.files) == (ChangeKind.MISSING, ("text",), 4)


def test_a_declared_column_may_be_missing():
    declared = feed(schema=Schema((Column("customer_id", TEXT),)))

    assert names(declared, brought(missing("customer_id"))) == []


def test_a_column_that_the_table_has_not_any_more_is_not_missing():
    assert names(feed(), brought(missing("gone"))) == []


def test_a_column_that_came_back_is_not_missing_unless_it_may_have_been_renamed():
    alone, renamed = brought(missing("customer_id")), brought(new("cust_id"), batch=1)

    assert names(feed(), alone, lacking=()) == []
    assert names(feed(), alone, renamed, lacking=()) == ["customer_id", "cust_id"]


def test_a_likely_rename_is_told_of_both_its_ends():
    told = brought(new("cust_id"), missing("customer_id"))

    found = waiting_of(feed(), told)

    assert [(each.likely.name, each.likely.column) for each in found] == [
        ("cust_id", "customer_id"),
        ("cust_id", "customer_id"),
    ]


def test_a_likely_rename_of_a_column_that_was_added_waits_although_it_is_declared():
    declared = feed(schema=Schema((Column("customer_id", TEXT),)))
    there = TABLE.plus((Column("cust_id", TEXT),))
    told = brought(new("cust_id", ChangeKind.ADDED), missing("customer_id"))

    (waiting,) = waiting_of(declared, told, there=there)

    assert (waiting.column, waiting.likely.name) == ("customer_id", "cust_id")


def test_a_rename_that_was_decided_is_not_suggested_and_neither_end_waits():
    renamed = feed(rename=(("cust_id", "customer_id"),))

    assert names(renamed, brought(new("cust_id"), missing("customer_id"))) == []


def test_a_column_that_was_refused_for_good_is_no_likely_rename():
    (waiting,) = waiting_of(
        feed(refuse=("cust_id",)), brought(new("cust_id"), missing("customer_id"))
    )

    assert (waiting.column, waiting.likely) == ("customer_id", None)
