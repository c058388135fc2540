"""`mode` in headwater.yaml: how it is written, and how mistakes in it are told."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.merge import Append, ReplacePartitions, Upsert


def feed(mode, more=""):
    text = f"feeds:\n  sales:\n    mode: {mode}\n    partition: [region]\n{more}"
    return parse(text).feeds[0]


def refused(mode, more=""):
    with pytest.raises(ConfigError) as caught:
        feed(mode, more)
    return caught.value.message, caught.value.hint or ""


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("append", Append()),
        ("replace  partitions", ReplacePartitions()),
        ("{upsert: {by: id}}", Upsert(("id",))),
        ("{upsert: {by: [id, day], keep: last}}", Upsert(("id", "day"))),
        ("{upsert: {by: [id], keep: latest updated at}}", Upsert(("id",), "updated at")),
    ],
)
def test_a_mode_is_read(text, mode):
    assert feed(text).mode == mode


def test_without_a_mode_rows_come_beside_those_that_are_there():
    assert parse("feeds:\n  sales: {}\n").feeds[0].mode == Append()


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("upsert", "mode: an upsert needs a key", "{upsert: {by: [id]}}"),
        ("replace partition", "is no mode", "did you mean 'replace partitions'?"),
        ("{upset: {by: id}}", "a mode is a word", "{upsert: {by: [id], keep: last}}"),
        ("{upsert: {bye: id}}", "mode.upsert.bye: upsert has no key", "did you mean by?"),
        ("{upsert: {}}", "mode.upsert: upsert lacks by", "its keys are by, keep"),
        ("{upsert: {by: []}}", "mode.upsert.by: no column is named", "name one"),
        ("{upsert: {by: [id, ID]}}", "mode.upsert.by: id is named twice", "name it once"),
        ("{upsert: {by: id, keep: first}}", "does not say which row stays", "latest COLUMN"),
        ("{upsert: {by: id, keep: latest}}", "does not say which row stays", "latest COLUMN"),
        ("3", "mode: 3 is not text", "put it in quotes"),
    ],
)
def test_a_mistake_in_a_mode_is_told_with_its_line_and_what_would_be_right(text, what, hint):
    said, told = refused(text)

    assert said.startswith("headwater.yaml:3: feeds.sales.mode")
    assert what in said
    assert hint in told


@pytest.mark.parametrize("mode", ["replace partitions", "{upsert: {by: id}}"])
@pytest.mark.parametrize(
    ("more", "what"),
    [
        (
            "    steps:\n      - dedupe: {by: id, across: table}\n",
            "headwater.yaml:6: feeds.sales.steps: across: table leaves out what the table has",
        ),
        (
            "    checks:\n      - {unique: {columns: id, across: table}}\n",
            "headwater.yaml:6: feeds.sales.checks: it fails where the table has a key",
        ),
    ],
)
def test_what_a_mode_contradicts_is_refused(mode, more, what):
    said, hint = refused(mode, more)

    assert what in said
    assert hint == "take across: table out, or write mode: append"


def test_partitions_can_be_replaced_where_there_are_some():
    with pytest.raises(ConfigError, match="there are no partitions to be replaced"):
        parse("feeds:\n  sales:\n    mode: replace partitions\n")


def test_feeds_that_write_one_table_write_it_in_one_mode():
    text = "feeds:\n  a:\n    mode: {upsert: {by: id}}\n  b:\n    table: a\n"
    with pytest.raises(ConfigError, match="feed a writes table a as well, in another mode"):
        parse(text)
