"""headwater.yaml becomes settings."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.config.load import load, parse
from headwater.config.settings import ZONES
from headwater.errors import ConfigError, NoLake
from headwater.model.feed import (
    BatchLimits,
    Feed,
    Format,
    OnBadValue,
    OnNewColumn,
    PartitionBy,
    Retries,
    Tolerance,
    Types,
)
from headwater.model.types import parse_type

FULL = """
lake: ./lake
zones: {raw: /srv/raw}
lease: 90s
retention: 1d
memory: 1GiB
threads: 3
feeds:
  sales:
    match: [sales/**, shop/*.csv]
    format: csv
    schema:
      order_id: bigint not null
      order_ts: timestamp
      no: decimal(12,2)
      1: text
    types: text
    timezone: Europe/Berlin
    on_new_column: ignore
    on_bad_value: null
    max_bad: 1%
    table: orders
    partition: [year(Order_TS), month(order_ts), arrival_date]
    batch: {files: 10, bytes: 2GB, age: 5m}
    compression: gzip
    parquet: wide
    file_size: 128MB
    retries: {attempts: 3, first_delay: 10s, longest_delay: 1h}
"""


def test_every_key_of_a_feed_reaches_the_feed():
    (feed,) = parse(FULL).feeds

    assert feed.match == ("sales/**", "shop/*.csv")
    assert (feed.table, feed.format, feed.types) == ("orders", Format.CSV, Types.TEXT)
    assert feed.schema.names() == ("order_id", "order_ts", "no", "1")
    assert [column.nullable for column in feed.schema.columns] == [False, True, True, True]
    assert feed.schema.columns[2].type == parse_type("decimal(12,2)")
    assert feed.timezone == "Europe/Berlin"
    assert (feed.on_new_column, feed.on_bad_value) == (OnNewColumn.IGNORE, OnBadValue.NULL)
    assert feed.max_bad == Tolerance(share=0.01)
    assert feed.batch == BatchLimits(10, 2_000_000_000, timedelta(minutes=5))
    assert (feed.compression, feed.wide, feed.file_size_bytes) == ("gzip", True, 128_000_000)
    assert feed.retries == Retries(3, timedelta(seconds=10), timedelta(hours=1))


def test_a_partition_names_its_column_as_the_schema_spells_it():
    (feed,) = parse(FULL).feeds

    assert feed.partition == (
        PartitionBy("year", "year", "order_ts"),
        PartitionBy("month", "month", "order_ts"),
        PartitionBy("arrival_date", "arrival_date", None),
    )


def test_every_key_of_the_file_reaches_the_settings(tmp_path):
    read = parse(FULL, root=tmp_path)

    assert (read.root, read.home) == (tmp_path, tmp_path / "lake")
    assert (read.lease, read.retention) == (timedelta(seconds=90), timedelta(days=1))
    assert (read.memory_bytes, read.threads) == (2**30, 3)


def test_a_feed_that_says_nothing_has_the_defaults_of_the_model():
    (feed,) = parse("feeds:\n  sales:\n").feeds

    assert feed == Feed(name="sales", match=("sales/**",), table="sales")


def test_without_keys_the_lake_lies_beside_its_file(tmp_path):
    read = parse("feeds: {}", root=tmp_path)

    assert read.home == tmp_path
    assert read.zones == {zone: tmp_path / zone for zone in ZONES}
    assert (read.ledger, read.queue) == (tmp_path / "ledger.sqlite", tmp_path / "queue.sqlite")
    assert (read.lease, read.retention) == (timedelta(seconds=60), timedelta(days=7))
    assert read.memory_bytes == 400_000_000
    assert 1 <= read.threads <= 4


def test_a_zone_may_lie_elsewhere_and_the_others_stay(tmp_path):
    read = parse("lake: l\nzones: {raw: r, results: /srv/results}", root=tmp_path)

    assert read.zones["raw"] == tmp_path / "r"
    assert read.zones["results"] == Path("/srv/results")
    assert read.zones["processed"] == tmp_path / "l" / "processed"


def test_retries_may_be_a_plain_number():
    (feed,) = parse("feeds: {a: {retries: 7}}").feeds

    assert feed.retries == Retries(attempts=7)


def test_two_feeds_share_a_table_if_they_partition_alike():
    read = parse(
        "feeds:\n  a: {table: t, partition: [year(ts)]}\n  b: {table: t, partition: ['YEAR(ts)']}\n"
    )

    assert {feed.table for feed in read.feeds} == {"t"}


def test_a_value_takes_variables_of_the_environment():
    read = parse(
        "lake: ${WHERE}/lake\nthreads: ${N}\nmemory: ${MEMORY}",
        root=Path("/r"),
        environment={"WHERE": "/srv", "N": "2", "MEMORY": "1GB"},
    )

    assert (read.home, read.threads, read.memory_bytes) == (Path("/srv/lake"), 2, 10**9)


def test_two_dollars_keep_a_brace_as_it_is():
    read = parse("feeds: {a: {match: 'x/$${Y}/**'}}", environment={})

    assert read.feeds[0].match == ("x/${Y}/**",)


def test_an_anchor_shares_keys_between_feeds():
    read = parse(
        "feeds:\n  a: &a\n    match: a/**\n    format: csv\n  b:\n    <<: *a\n    match: b/**\n"
    )

    assert [(feed.match, feed.format) for feed in read.feeds] == [
        (("a/**",), Format.CSV),
        (("b/**",), Format.CSV),
    ]


def test_settings_cannot_be_changed():
    read = parse("lake: .")

    with pytest.raises(AttributeError):
        read.threads = 9


def test_a_file_is_read_from_its_folder_or_by_its_name(tmp_path):
    (tmp_path / "headwater.yaml").write_text("\ufefflake: l\n", encoding="utf-8")

    assert load(tmp_path) == load(tmp_path / "headwater.yaml")
    assert load(tmp_path).home == tmp_path.resolve() / "l"


@pytest.mark.parametrize("where", ["", "headwater.yaml", "no/such/folder", "file/headwater.yaml"])
def test_where_there_is_no_file_there_is_no_lake(tmp_path, where):
    (tmp_path / "file").touch()

    with pytest.raises(NoLake) as refused:
        load(tmp_path / where)

    assert "headwater init" in refused.value.hint


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "headwater.yaml").mkdir()

    with pytest.raises(ConfigError, match=r"headwater\.yaml cannot be read: is a directory"):
        load(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused_with_line_and_byte(tmp_path):
    (tmp_path / "headwater.yaml").write_bytes(b"lake: .\n# caf\xe9\n")

    with pytest.raises(ConfigError, match=r"headwater\.yaml:2: byte 14 of the file is not UTF-8"):
        load(tmp_path)


def test_the_messages_name_the_file_as_one_would_type_it(tmp_path, monkeypatch):
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "headwater.yaml").write_text("laek: .\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match=r"^l/headwater\.yaml:1: laek: no such key"):
        load(tmp_path / "l")


def test_loading_brings_in_nothing_that_shows_or_converts():
    heavy = {"rich", "click", "duckdb", "deltalake", "pyarrow"}
    script = "import sys, headwater.config.load; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not heavy & set(loaded)


# Keys and values that YAML or Headwater takes for something particular, one blank between.
_WORDS = "lake zones raw feeds sales schema match partition batch retries table age << no 1 lease"
_VALUES = "| ~ null true -3 1.5 x year(ts) ${A} *a 1% 10MB 5m ' [ ] {} \t ~root/x 0x10 1:30 !!set"
_KEYS = st.sampled_from([*_WORDS.split(), "max_bad", "on_bad_value", "threads", "memory"])
_SCALARS = st.sampled_from(
    [*_VALUES.split(" "), "", '"', '"\\ud800"', "&a x", "&a [*a]", "- a", "{a: b}", "!!binary aGk="]
)
_LINES = st.tuples(st.integers(0, 4), _KEYS, _SCALARS).map(
    lambda line: f"{'  ' * line[0]}{line[1]}: {line[2]}"
)


def _refusal(text):
    try:
        parse(text, environment={})
    except ConfigError as error:
        return error.message
    return None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(_LINES, max_size=12).map("\n".join)))
def test_no_text_does_anything_but_load_or_be_refused(text):
    message = _refusal(text)

    assert message is None or all(
        line.startswith("headwater.yaml:") for line in message.splitlines()
    )


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | _KEYS, inner),
        max_leaves=20,
    )
)
def test_no_mapping_does_anything_but_load_or_be_refused(tree):

    text = yaml.safe_dump({"feeds": {"sales": tree}}, allow_unicode=True)

    assert _refusal(text) != ""
