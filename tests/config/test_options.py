"""Keys of a feed, given one by one as words."""

import pytest

from headwater.config.options import feed_from, keys, option
from headwater.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("delimiter=|", "|"),
        ("delimiter=,", ","),
        ("nulls=-", "-"),
        ("nulls=null", "null"),
        ("nulls=[NA, '-']", ["NA", "-"]),
        ("comment=#", "#"),
        ("pattern=a: b", "a: b"),
        ("schema={id: bigint}", {"id": "bigint"}),
        ("header=0", 0),
        ("lenient=true", True),
        ("timezone=Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_value_is_read_as_its_writer_means_it(text, value):
    assert option(text) == (text.partition("=")[0], value)


@pytest.mark.parametrize("text", ["nonsense", "=1", " =1"])
def test_what_is_no_key_and_value_is_refused(text):
    with pytest.raises(UsageError, match="not a key and a value"):
        option(text)


def test_keys_of_tables_are_none_of_a_reading():
    assert {"encoding", "schema", "columns", "ragged"} <= set(keys())
    assert not {"match", "table", "partition"} & set(keys())


def test_a_key_that_is_not_there_names_those_that_are_nearest_first():
    with pytest.raises(UsageError, match="shet: no such key") as raised:
        feed_from({"shet": 1})

    guess, _, named = (raised.value.hint or "").partition("keys: ")
    assert guess == "did you mean 'sheet'? "
    assert named.split(", ")[0] == "sheet"
    assert sorted(named.split(", ")) == sorted(keys())


@pytest.mark.parametrize("key", ["match", "table", "partition", "retries", "parquet"])
def test_a_key_of_tables_is_refused(key):
    with pytest.raises(UsageError, match=f"{key} is about tables"):
        feed_from({key: "x"})
