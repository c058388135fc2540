"""Which feed a raw object belongs to, and which key it is a version of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.flow.route import generation_of, key_of, route, version_name
from headwater.model.feed import Feed
from headwater.model.ids import Digest, FeedName, Key, RawName, TableName


def feed(name, *match):
    return Feed(FeedName(name), match, TableName(name))


@pytest.mark.parametrize(
    ("glob", "key", "matches"),
    [
        ("sales/**", "sales/a.csv", True),
        ("sales/**", "sales/2026/01/a.csv", True),
        ("sales/**", "salesman/a.csv", False),
        ("sales/*.csv", "sales/a.csv", True),
        ("sales/*.csv", "sales/deep/a.csv", False),
        ("**/orders-?.csv", "x/y/orders-1.csv", True),
        ("**/orders-?.csv", "orders-1.csv", True),
        ("a.b/*", "aXb/c", False),
        ("a[1]/*", "a[1]/c", True),
    ],
)
def test_a_glob_matches_what_a_shell_user_expects(glob, key, matches):
    assert (route([feed("f", glob)], Key(key)) is not None) is matches


def test_the_longest_matching_glob_wins():
    feeds = [feed("all", "**"), feed("sales", "sales/**"), feed("eu", "sales/eu/**")]

    assert route(feeds, Key("sales/eu/a.csv")).name == "eu"
    assert route(feeds, Key("sales/us/a.csv")).name == "sales"
    assert route(feeds, Key("other.csv")).name == "all"


def test_what_no_feed_matches_is_unrouted():
    assert route([feed("sales", "sales/**")], Key("stray.csv")) is None


@given(st.text(min_size=1), st.integers(2, 10**6), st.text("0123456789abcdef", min_size=12))
def test_a_version_name_tells_its_key_and_generation(key, generation, digest):
    raw = version_name(Key(key), generation, Digest(digest))

    assert key_of(raw) == key
    assert generation_of(raw) == generation


@pytest.mark.parametrize("name", ["orders.csv", "backup~", "a~1-b.csv", "a~0002-9f2c41d07ab"])
def test_a_name_that_only_looks_like_a_version_is_its_own_key(name):
    assert key_of(RawName(name)) == name
    assert generation_of(RawName(name)) == 1
