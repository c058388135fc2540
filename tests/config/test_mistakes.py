"""Mistakes in headwater.yaml are named with file, line, key, and what would be right."""

import pytest
import yaml

from headwater.config import document
from headwater.config.load import parse
from headwater.errors import ConfigError


def refused(text, **environment):
    with pytest.raises(ConfigError) as caught:
        parse(text, environment=environment)
    return caught.value.message, caught.value.hint or ""


def feed(*lines):
    return "\n".join(["feeds:", "  sales:", *(f"    {line}" for line in lines)])


def test_an_unknown_key_is_named_with_its_line_and_the_key_that_was_meant():
    message, hint = refused(feed("match: sales/**", "formt: csv"))

    assert message == "headwater.yaml:4: feeds.sales.formt: no such key"
    assert hint.startswith("did you mean 'format'? keys of a feed: match, format, encoding, member")


def test_a_key_in_the_wrong_place_is_told_where_it_belongs():
    message, hint = refused("compression: zstd\n")

    assert message == "headwater.yaml:1: compression: no such key"
    assert hint.startswith("it is a key of a feed; keys of the file: lake, zones")


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file():
    message, hint = refused(
        "lake: ftp://acme\n" + feed("format: yaml", "match: a//b", "schema: {ts: text}")
        + "\n    partition: [year(ts)]\n    max_bad: 200%\nlease: 1"
    )  # fmt: skip

    assert [line.split(": ")[:2] for line in message.splitlines()] == [
        ["headwater.yaml:1", "lake"],
        ["headwater.yaml:4", "feeds.sales.format"],
        ["headwater.yaml:5", "feeds.sales.match"],
        ["headwater.yaml:7", "feeds.sales.partition"],
        ["headwater.yaml:8", "feeds.sales.max_bad"],
        ["headwater.yaml:9", "lease"],
    ]
    assert "line 4: the values are auto, csv, tsv, json, ndjson, xml, fixed, log, sqldump, " in hint
    assert "line 9: write 1s, 1m, 1h or 1d" in hint


def test_a_long_list_of_mistakes_is_cut_and_says_how_many_there_are():
    message, _ = refused("\n".join(f"wrong{number}: 1" for number in range(50)))

    assert message.splitlines()[-1] == "headwater.yaml: 30 more mistakes"


@pytest.mark.parametrize(
    ("line", "what", "right"),
    [
        ("format: xlsx", "'xlsx' is none of its values", "auto, csv"),
        ("format: parqet", "is none of its values", "did you mean 'parquet'"),
        ("format:", "nothing is given", "leave the key out for its default"),
        ("on_bad_value:", "nothing is given", "leave the key out"),
        ("match: [1]", "1 is not text", "put it in quotes"),
        ("match: {a: b}", "a list is expected, not a mapping", "write ["),
        ("match: ../x", "is not a pattern of names below the raw zone", "sales/**"),
        ("match: /abs/**", "is not a pattern of names below the raw zone", "sales/**"),
        ("schema: [a]", "keys are expected below it, not a list", "in lines of their own"),
        ("schema: {a: bigintt}", "schema.a: 'bigintt' is not a type", "did you mean 'bigint'"),
        ("schema: {a: {type: int}}", "a type is expected, not a mapping", "bigint not null"),
        ("schema: {a: 'decimal(40,2)'}", "decimal(40,2) is not a type", ""),
        ("schema: {a: int, A: int}", "schema.A: differs from column a by case only", "keep one"),
        ("schema: {_arrival: text}", "_arrival is Headwater's own column", "another name"),
        ("schema: {'': text}", "a column's name has 1 to 255 bytes", ""),
        ("types: guess", "'guess' is none of its values", "infer, text"),
        ("timezone: Europe/Belin", "is not a time zone", "did you mean Europe/Berlin"),
        ("timezone: America", "is not a time zone", ""),
        ("timezone: no", "'no' is not a time zone", ""),
        ("max_bad: 0.01", "0.01 is not a count of rows", ""),
        ("table: Sales-2024", "'Sales-2024' cannot be a name here", "write sales_2024:"),
        (f"table: {'t' * 101}", "cannot be a name here", ""),
        ("partition: year(ts)", "a list is expected, not 'year(ts)'", "write [year(ts)]"),
        ("partition: [yaer(ts)]", "yaer() is no partition function", "did you mean year?"),
        ("batch: 10", "keys are expected below it, not 10", "files, bytes, age"),
        ("batch: {age: 60}", "batch.age: 60 has no unit", "60s, 60m, 60h or 60d"),
        ("batch: {age: 1:30}", "batch.age: '1:30' is not a duration", ""),
        ("batch: {files: 0}", "batch.files: 0 is out of range", "write 1 to 100000"),
        ("batch: {files: ten}", "'ten' is not a whole number", "write 1 to 100000"),
        ("batch: {files: true}", "True is not a whole number", ""),
        ("batch: {bytes: lots}", "batch.bytes: 'lots' is not a size", ""),
        ("file_size: 1KB", "1KB is too small", "write 1MB or more"),
        ("retries: 0", "retries.attempts: 0 is out of range", ""),
        ("retries: {first_delay: 1h}", "the first wait is longer than the longest", "longest"),
        ("parquet: v1", "'v1' is none of its values", "modern, wide"),
        ("compression: lz4", "'lz4' is none of its values", "zstd, snappy, gzip"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(line, what, right):
    message, hint = refused(feed("# a comment", line))

    assert message.startswith("headwater.yaml:4: feeds.sales.")
    assert what in message.replace("feeds.sales.retries: 0", "feeds.sales.retries.attempts: 0")
    assert right in hint


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["schema: {year: int}", "partition: [year(ts)]"], "would hide the column year"),
        (["schema: {Year: int}", "partition: [year(ts)]"], "would hide the column year"),
        (["schema: {arrival_date: date}", "partition: [arrival_date]"], "would hide the column"),
        (["partition:", "  [year(a), year(b)]"], "two partitions would both be called year"),
        (["partition:", "  [year, year(b)]"], "two partitions would both be called year"),
        (["schema: {a: 'array<int>'}", "partition: [a]"], "array<int> cannot name folders"),
        (["schema: {a: 'decimal(9,2)'}", "partition: [a]"], "decimal(9,2) cannot name folders"),
        (["schema: {a: timestamp}", "partition: [a]"], "timestamp cannot name folders"),
        (["schema: {a: date}", "partition: [hour(a)]"], "hour() takes a timestamp, and a is date"),
        (["schema: {a: text}", "partition: [day(a)]"], "day() takes a date or timestamp"),
        (["types: text", "partition: [day(a)]"], "a would be text"),
    ],
)
def test_a_partition_that_cannot_be_is_named_at_its_line(lines, what):
    message, hint = refused(feed(*lines))

    assert message.startswith("headwater.yaml:4: feeds.sales.partition: ")
    assert what in message
    assert hint


@pytest.mark.parametrize("policy", ["ignore", "fail"])
def test_a_partition_by_a_column_that_can_never_come_is_a_mistake(policy):
    message, _ = refused(
        feed(f"on_new_column: {policy}", "schema: {a: int}", "partition: [region]")
    )

    assert f"the schema has no column region, and on_new_column is {policy}" in message


def test_a_partition_by_a_column_that_is_inferred_later_is_none():
    parse(feed("schema: {a: int}", "partition: [year(ts), region]"))


def test_a_quoted_column_called_like_a_date_part_may_partition():
    parse(feed("schema: {year: int}", "partition: ['\"year\"']"))


def test_two_feeds_with_one_pattern_are_refused_by_name():
    message, _ = refused("feeds:\n  a: {match: x/**}\n  b: {match: [y/**, x/**]}\n")

    assert message == "headwater.yaml:3: feeds.b.match: feed a has the same pattern 'x/**'"


def test_two_feeds_with_one_table_and_other_partitions_are_refused():
    message, hint = refused("feeds:\n  a: {partition: [region]}\n  b: {table: a}\n")

    assert message == (
        "headwater.yaml:3: feeds.b.table: feed a writes table a as well, with another partition"
    )
    assert "the same partition" in hint


def test_a_wrong_key_gives_no_second_mistake_through_its_default():
    message, _ = refused("feeds:\n  a: {partition: [region]}\n  b: {table: A, partition: [x]}\n")

    assert message == "headwater.yaml:3: feeds.b.table: 'A' cannot be a name here"


@pytest.mark.parametrize("zones", ["{raw: x, processed: x}", "{raw: x, processed: x/y}"])
def test_zones_within_each_other_are_refused(zones):
    message, _ = refused(f"lake: l\nzones: {zones}")

    assert "headwater.yaml:2: zones.processed: the zones raw and processed" in message


def test_a_zone_that_holds_the_lake_is_refused():
    message, _ = refused("zones: {raw: .}")

    assert "the zones raw and processed lie one in the other" in message


def test_a_key_that_is_there_twice_names_both_lines():
    message, hint = refused(feed("format: csv", "types: text", "format: json"))

    assert message == (
        "headwater.yaml:5: feeds.sales.format: the key is there twice, in lines 3 and 5"
    )
    assert hint == "keep one of them"


def test_a_variable_that_is_not_set_is_named():
    message, hint = refused("lake: ${LAKE_DIR}\n")

    assert message == "headwater.yaml:1: lake: the environment variable 'LAKE_DIR' is not set"
    assert "export LAKE_DIR=" in hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: the file says nothing"),
        ("# only a comment\n", "1: the file says nothing"),
        ("null", "1: the file says nothing"),
        ("- a\n- b\n", "1: keys are expected, not a list"),
        ("42", "1: keys are expected, not 42"),
        ("lake: .\nfeeds: 3\n", "2: feeds: keys are expected below it, not 3"),
        ("lake: .\n\tfeeds:\n", "2: a tab is used where YAML wants spaces"),
        ("feeds:\n\tsales:\n", "2: a tab is used where YAML wants spaces"),
        ("lake: .\nfeeds\n", "2: a key has no ':' behind it"),
        ("feeds:\n  a:\n    format csv\n    table: x\n", "4: a ':' stands where no key can be"),
        ("feeds:\n  a:\n    x: 1\n   y: 2\n", "4: this does not fit the lines above it"),
        ("feeds:\n  a: [x,\nlake: .\n", "3: a list in [ ] is not closed"),
        ("feeds: {a: {}\n\n", "2: a mapping in { } is not closed"),
        ("lake: 'x\n\n", "2: a quote is not closed; it was opened in line 1"),
        ("feeds: {a: {match: *.csv}}", "1: a value that begins with *"),
        ("lake: .\na: @x\n", "2: no value can begin with this character"),
        ('lake: "C:\\data"', "1: a backslash in double quotes begins no escape"),
        ("lake: .\n---\nlake: .\n", "2: a second document begins"),
        ("lake: [", "1: the file ends in the middle of a value"),
        ("lake: .\n# \x07\n", "2: the text holds a character"),
        ("lake: \ud800", "1: the text holds a character"),
        ("lake: .\n? [a]\n: b\n", "2: a list or a mapping stands where a key is expected"),
        ("lake: !!python/name:os.system x\n", "1: lake: the tag"),
        ("a: &a [*a]", "1: a: lists or mappings are nested too deep"),
        ("[" * 900 + "]" * 900, "1: lists or mappings are nested too deep"),
        ("<<: 3\nlake: .", "1: << takes a mapping"),
    ],
)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_text_that_cannot_be_read_gets_a_line_and_a_plain_sentence(
    text, message, loader, monkeypatch
):
    monkeypatch.setattr(document, "_LOADER", loader)  # machines without libyaml have the first
    said, _ = refused(text)

    assert said.startswith(f"headwater.yaml:{message}")


def test_aliases_of_aliases_do_not_unfold_for_ever():
    bomb = ["a0: &a0 x", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))]

    message, _ = refused("\n".join(bomb))

    assert "nested too deep, or too many" in message
