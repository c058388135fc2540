"""Partition expressions as users write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.feed import PartitionBy
from headwater.shape.partition import DATE_PARTS, parse_partition


@pytest.mark.parametrize("part", DATE_PARTS)
def test_a_part_of_a_date_is_named_after_the_part(part):
    assert parse_partition(f"{part}(ts)") == PartitionBy(part, part, "ts")


def test_a_bare_column_partitions_by_itself():
    assert parse_partition("region") == PartitionBy("region", "column", "region")


def test_the_arrival_date_needs_no_column():
    assert parse_partition("arrival_date") == PartitionBy("arrival_date", "arrival_date", None)


def test_a_quoted_arrival_date_is_a_column_of_that_name():
    assert parse_partition('"arrival_date"').function == "column"


def test_blanks_and_case_of_functions_do_not_matter():
    assert parse_partition("  YEAR ( order_ts ) ") == PartitionBy("year", "year", "order_ts")


@given(st.text(min_size=1, max_size=15))
def test_any_column_name_can_be_written_in_quotes(name):
    quoted = '"' + name.replace('"', '""') + '"'

    assert parse_partition(quoted).column == name
    assert parse_partition(f"day({quoted})").column == name


@pytest.mark.parametrize(
    "text", ["", "year()", "year(a, b)", "Order Date", '""', "a.b", "(a)", "1"]
)
def test_what_is_no_expression_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match=r"is not a partition expression; write year\(ts\)"):
        parse_partition(text)


def test_an_unknown_function_is_named_beside_those_there_are():
    with pytest.raises(ValueError, match=r"week\(\) is no partition function; write year\(ts\)"):
        parse_partition("week(ts)")


@given(st.text())
def test_any_text_is_an_expression_or_a_value_error(text):
    try:
        parsed = parse_partition(text)
    except ValueError:
        return

    assert parsed.name


def test_a_column_whose_name_leaves_no_room_in_a_folder_is_refused():
    assert parse_partition("n" * 183).name == "n" * 183

    for name in ("n" * 184, '"' + "\u00e9" * 31 + '"'):
        with pytest.raises(ValueError, match="too long for a folder; give the column a shorter"):
            parse_partition(name)
