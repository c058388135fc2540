"""How files are read, as a feed says it."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.feed import DecimalMark, Format, Place, Ragged, Selection


def read(*lines):
    (feed,) = parse("\n".join(["feeds:", "  sales:", *(f"    {line}" for line in lines)])).feeds
    return feed


def refused(*lines):
    with pytest.raises(ConfigError) as caught:
        read(*lines)
    return caught.value.message, caught.value.hint or ""


def test_the_keys_of_delimited_text_reach_the_feed():
    feed = read(
        "format: csv",
        "encoding: Windows-1252",
        "member: '*.csv'",
        "delimiter: '||'",
        "header: 0",
        "skip: 3",
        "ragged: pad",
        "lenient: true",
    )

    assert (feed.format, feed.encoding, feed.member) == (Format.CSV, "Windows-1252", "*.csv")
    assert (feed.delimiter, feed.header, feed.skip) == ("||", 0, 3)
    assert (feed.ragged, feed.lenient) == (Ragged.PAD, True)


@pytest.mark.parametrize(
    ("line", "selection"),
    [
        ("row: orders/order", Selection(row="orders/order")),
        ("sheet: Sales 2024", Selection(sheet="Sales 2024")),
        ("sheet: 2", Selection(sheet="2")),
        ("cells: A5:F200", Selection(cells="A5:F200")),
        (
            "columns: [id 1 6, the name 7 20]",
            Selection(columns=(Place("id", 1, 6), Place("the name", 7, 20))),
        ),
        ("pattern: combined", Selection(pattern="combined")),
        (r"pattern: '(?P<a>\d+) (?P<b>.*)'", Selection(pattern=r"(?P<a>\d+) (?P<b>.*)")),
        ("dump_table: public.sales", Selection(dump_table="public.sales")),
    ],
)
def test_the_keys_that_choose_rows_reach_the_feed(line, selection):
    assert read(line).selection == selection


def test_the_tab_may_be_named_or_written():
    assert read("delimiter: tab").delimiter == read(r'delimiter: "\t"').delimiter == "\t"


@pytest.mark.parametrize(
    ("line", "what", "right"),
    [
        ("encoding: windows-1253x", "is not an encoding of text", "did you mean windows-1252?"),
        ("encoding: base64", "is not an encoding of text", "utf-16"),
        ("member: 1", "1 is not text", "put it in quotes"),
        ("delimiter: ''", "cannot part fields", "such as ';'"),
        ("delimiter: x", "'x' cannot part fields", "no letter"),
        ("delimiter: '\"'", "cannot part fields", "quote"),
        ("quote: ab", "'ab' cannot be a quote", "one character"),
        ("quote: x", "'x' cannot be a quote", "or none"),
        ("escape: slash", "'slash' cannot be an escape", "doubled, backslash"),
        ("comment: ''", "'' cannot begin a comment", "or none"),
        ("nulls: [NA, null]", "nothing is given", "give a value"),
        ("nulls: ['']", "an empty field is null anyway", "leave it out"),
        ("nulls: 'a''b'", "cannot stand for null", "without quotes"),
        ("decimal: komma", "'komma' is none of its values", "did you mean 'comma'?"),
        ("grouping: x", "'x' cannot stand between thousands", "or none"),
        ("table_number: 0", "0 is out of range", "write 1 to 1000"),
        ("header: 11", "11 is out of range", "write 0 to 10"),
        ("skip: -1", "-1 is out of range", "write 0 to 1000"),
        ("ragged: padd", "is none of its values", "did you mean 'pad'?"),
        ("lenient: maybe", "'maybe' is neither true nor false", "write true or false"),
        ("sheet: 0", "0 is no sheet's number", "from 1"),
        ("cells: everything", "'everything' is no range of cells", "A1:F200"),
        ("columns: [id]", "'id' is no place of a column", "amount 17 10"),
        ("columns: [id 1 6, name 4 5]", "inside the column before it", "in their order"),
        ("columns: [id 1 6, ID 7 5]", "have the same name", "a name of its own"),
        ("pattern: '(a'", "no regular expression", "common, combined, level, python, syslog"),
        ("pattern: '.*'", "no named groups", "common, combined, level, python, syslog"),
        ("shet: 1", "no such key", "did you mean 'sheet'?"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(line, what, right):
    message, hint = refused(line)

    assert message.startswith("headwater.yaml:3: feeds.sales.")
    assert what in message
    assert right in hint


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("csv", "row: sale"),
        ("csv", "columns: [id 1 6]"),
        ("xml", "encoding: utf-16"),
        ("xml", "sheet: Sales"),
        ("excel", "delimiter: ';'"),
        ("parquet", "member: '*.csv'"),
        ("ndjson", "ragged: pad"),
        ("log", "skip: 1"),
        ("fixed", "pattern: common"),
        ("json", "lenient: true"),
        ("orc", "dump_table: a"),
        ("avro", "cells: A1"),
        ("log", "header: 1"),
        ("log", "quote: none"),
        ("fixed", "nulls: NA"),
        ("ndjson", "decimal: comma"),
        ("excel", "grouping: ','"),
        ("json", "table_number: 2"),
    ],
)
def test_a_key_that_the_format_has_no_use_for_is_a_mistake(form, line):
    message, hint = refused(f"format: {form}", line)

    assert message.startswith(f"headwater.yaml:4: feeds.sales.{line.partition(':')[0]}: ")
    assert f"it says nothing about format {form}" in message
    assert "make format" in hint


def test_tsv_has_its_delimiter():
    message, hint = refused("format: tsv", "delimiter: ';'")

    assert "the delimiter of format tsv is the tab" in message
    assert hint.endswith("make format csv")


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ("delimiter: '|'", "quote: '|'", "quote"),
        ("delimiter: '^'", "escape: '^'", "escape"),
        ("quote: '^'", "escape: '^'", "escape"),
        ("decimal: comma", "grouping: ','", "grouping"),
        ("decimal: point", "grouping: '.'", "grouping"),
    ],
)
def test_marks_that_would_be_taken_for_one_another_are_a_mistake(one, other, key):
    message, hint = refused(one, other)

    assert f"feeds.sales.{key}: " in message
    assert hint


def test_what_is_said_of_a_dialect_is_what_the_feed_has():
    (feed,) = parse(
        "feeds:\n  sales:\n    quote: none\n    escape: backslash\n    comment: '#'\n"
        "    nulls: [NA, '-']\n    decimal: comma\n    grouping: blank\n    table_number: 2\n"
    ).feeds

    said = (feed.quote, feed.escape, feed.comment, feed.nulls, feed.grouping, feed.table_number)
    assert said == ("", "\\", "#", ("NA", "-"), " ", 2)
    assert feed.decimal is DecimalMark.COMMA


def test_one_null_needs_no_list():
    (feed,) = parse("feeds:\n  sales:\n    nulls: NA\n    escape: doubled\n").feeds

    assert (feed.nulls, feed.escape, feed.quote) == (("NA",), "", None)
