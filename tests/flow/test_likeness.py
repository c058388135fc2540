"""Which new column is taken for a missing one, and which never is."""

import pytest

from headwater.flow.likeness import Coming, Going, likely
from headwater.model.types import parse_type


def coming(name, kind="text", file="b.csv", manifest="m1"):
    return Coming(name, parse_type(kind) if kind else None, file, manifest)


def going(name, kind="text", file="b.csv", manifest="m1"):
    return Going(name, parse_type(kind), file, manifest)


def pairs(new, missing):
    return [(each.name, each.column) for each in likely(new, missing)]


@pytest.mark.parametrize(
    ("new", "missing"),
    [
        ("cust_id", "customer_id"),
        ("customerId", "customer_id"),
        ("Customer-ID", "customer_id"),
        ("qty", "quantity"),
        ("amt_eur", "amount_eur"),
        ("order_date", "orderdate"),
        ("amuont", "amount"),
        ("Straße", "strasse"),
        ("préfixe", "prefixe"),
        ("価格", "価格税込"),
    ],
)
def test_names_that_are_alike_are_a_likely_rename_among_other_columns(new, missing):
    found = likely([coming(new), coming("zzz")], [going(missing), going("xxx")])

    assert [(each.name, each.column) for each in found] == [(new, missing)]
    assert found[0].why == "missing from the same file, and the names are alike"


@pytest.mark.parametrize(
    ("new", "missing"),
    [("region", "amount"), ("id", "amount_id"), ("c", "customer"), ("tax", "taxi_rides")],
)
def test_names_that_are_not_alike_say_nothing_among_other_columns(new, missing):
    assert pairs([coming(new), coming("zzz")], [going(missing), going("xxx")]) == []


def test_the_only_new_and_the_only_missing_column_are_a_likely_rename_whatever_their_names():
    (found,) = likely([coming("betrag", "decimal(18,2)")], [going("amount", "decimal(12,2)")])

    assert found.why == "missing from the same file, where nothing else is new or missing"


def test_names_of_several_columns_that_say_nothing_are_not_guessed():
    assert pairs([coming("betrag"), coming("kunde")], [going("amount"), going("customer")]) == []


def test_a_column_whose_values_do_not_fit_is_no_rename_however_alike_the_names_are():
    assert pairs([coming("cust_id", "text")], [going("customer_id", "bigint")]) == []
    assert pairs([coming("at", "date")], [going("At", "boolean")]) == []


def test_anything_may_be_what_a_text_column_holds_where_the_names_are_alike():
    assert pairs([coming("cust_id", "bigint")], [going("customer_id", "text")])
    assert pairs([coming("zipcode", "bigint")], [going("plz", "text")]) == []


def test_a_column_without_a_value_is_told_by_its_name_alone():
    assert pairs([coming("cust_id", None)], [going("customer_id", "bigint")])
    assert pairs([coming("kunde", None)], [going("customer_id", "bigint")]) == []


def test_what_comes_and_goes_in_different_files_is_no_rename():
    assert pairs([coming("cust_id")], [going("customer_id", file="c.csv")]) == []
    assert pairs([coming("cust_id")], [going("customer_id", manifest="m2")]) == []


def test_each_column_is_in_one_pair_and_the_most_alike_win():
    new = [coming("customer_nr"), coming("customerid")]
    missing = [going("customer_id"), going("customer_number")]

    assert set(pairs(new, missing)) == {
        ("customerid", "customer_id"),
        ("customer_nr", "customer_number"),
    }


def test_the_same_pair_of_many_batches_is_told_once():
    new = [coming("cust_id", manifest=f"m{n}") for n in range(3)]
    missing = [going("customer_id", manifest=f"m{n}") for n in range(3)]

    assert pairs(new, missing) == [("cust_id", "customer_id")]


def test_a_file_of_another_table_altogether_is_no_matter_of_renames():
    new = [coming(f"spalte_{number}") for number in range(150)]
    missing = [going(f"Spalte-{number}") for number in range(150)]

    assert likely(new, missing) == []
