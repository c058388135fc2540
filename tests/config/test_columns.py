"""The keys that say which columns a table gets, and the mistakes between them."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.feed import OnBadValue, OnNewColumn


def feed_of(*lines):
    text = "\n".join(["feeds:", "  sales:", *(f"    {line}" for line in lines)])
    return parse(text).feeds[0]


def refused(*lines):
    with pytest.raises(ConfigError) as caught:
        feed_of(*lines)
    return caught.value.message, caught.value.hint or ""


def test_renamed_and_refused_columns_reach_the_feed():
    feed = feed_of('rename: {customer id: cust, "1": one}', "refuse: [region, Fax]")

    assert feed.rename == (("customer id", "cust"), ("1", "one"))
    assert feed.refuse == ("region", "Fax")


@pytest.mark.parametrize("word", list(OnNewColumn))
def test_every_word_for_new_columns_is_read(word):
    assert feed_of(f"on_new_column: {word.value}").on_new_column is word


@pytest.mark.parametrize("word", list(OnBadValue))
def test_every_word_for_bad_values_is_read(word):
    assert feed_of(f"on_bad_value: {word.value}").on_bad_value is word


@pytest.mark.parametrize(
    ("lines", "what", "right"),
    [
        (["rename: {a: c, b: c}"], "rename.b: a is renamed to c as well", "one source"),
        (["rename: {a: c, b: C}"], "rename.b: a is renamed to C as well", "one source"),
        (["rename: {a b: c, A_B: d}"], "rename.A_B: it is the same name in files as a b", "keep"),
        (["rename: {a: A}"], "rename.a: it is renamed to what it is called", "leave it out"),
        (["rename: {a: a b}"], "rename.a: 'a b' is not what a table can call a column", "a_b"),
        (["schema: {a: int}", "rename: {A: b}"], "the schema declares A", "declare b"),
        (["rename: {a: _rescued}"], "_rescued is Headwater's own column", "another name"),
        (["schema: {_rescued: text}"], "_rescued is Headwater's own column", "another name"),
        (["rename: [a]"], "keys are expected below it, not a list", ""),
        (["refuse: a"], "a list is expected, not 'a'", "write [a]"),
        (["refuse: [a, A]"], "refuse: A is there twice", "keep one"),
        (["schema: {a: int}", "refuse: [A]"], "A is refused, and the schema declares it", "keep"),
        (["rename: {a: b}", "refuse: [a]"], "a is refused, and `rename` wants it", "keep"),
        (["rename: {a: b}", "refuse: [B]"], "B is refused, and `rename` wants it", "keep"),
        (["refuse: [r]", "partition: [r]"], "r is refused, and the table is partitioned", "keep"),
    ],
)
def test_a_mistake_between_them_is_named_with_what_would_be_right(lines, what, right):
    message, hint = refused(*lines)

    assert what in message
    assert right in hint


def test_a_column_may_take_the_name_that_another_gives_up():
    assert feed_of("rename: {a: b, b: a}").rename == (("a", "b"), ("b", "a"))
