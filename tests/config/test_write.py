"""What init and new write, and what they leave as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.config.load import parse
from headwater.config.write import FeedDraft, starter, with_feed
from headwater.errors import ConfigError
from headwater.model.feed import Format, PartitionBy

DRAFT = FeedDraft(
    Format.CSV,
    columns=(("order_id", "bigint not null"), ("ts", "timestamp")),
    partition=("year(ts)",),
    notes=("delimiter ;",),
)


def test_a_starter_loads_and_has_no_feeds():
    read = parse(starter("acme: the\nlake \x07"))

    assert read.feeds == ()


def test_a_starter_names_the_schema_for_editors():
    assert starter("acme").startswith("# yaml-language-server: $schema=headwater.schema.json\n")


def test_a_feed_is_added_as_it_was_drafted():
    (feed,) = parse(with_feed(starter("acme"), "sales", DRAFT)).feeds

    assert (feed.name, feed.format, feed.match) == ("sales", Format.CSV, ("sales/**",))
    assert [str(column.type) for column in feed.schema.columns] == ["bigint", "timestamp"]
    assert feed.partition == (PartitionBy("year", "year", "ts"),)


def test_what_the_sample_showed_is_written_as_comments():
    draft = FeedDraft(Format.CSV, notes=("delimiter ;", "null is \x01"))

    after = with_feed(starter("acme"), "sales", draft)

    assert "    # delimiter ;\n    # null is \\U00000001\n" in after


COMMENTED = """# mine
feeds:   # all of them

    first:
        match: 'first/**'   # by hand
        # types: text
    # second: later

# the rest
lake:    ./here
"""


def test_comments_blanks_and_quotes_of_the_user_stay():
    after = with_feed(COMMENTED, "sales", DRAFT)

    at = after.index("    sales:")
    end = after.index("\n# the rest")
    assert after[:at] + after[end:] == COMMENTED
    assert after[:at].endswith("# second: later\n")


def test_a_second_feed_goes_behind_the_first():
    twice = with_feed(with_feed(COMMENTED, "b", DRAFT), "a", DRAFT)

    assert [feed.name for feed in parse(twice).feeds] == ["first", "b", "a"]


@pytest.mark.parametrize(
    "text",
    [
        "lake: .",
        "feeds:\n",
        "feeds: # none yet\n# more\nlake: .\n",
        "feeds: null # x\n",
        "feeds: {\n}\nlake: .\n",
        "  lake: .\n",
        "---\nlake: .\n...\n",
        "feeds:\n  e:\n",
        "  feeds:\n    a:\n      match: x\n\n  # end\n  lake: .\n",
        "feeds:\n  a:\n    match: x\n\n\n\n",
        "# Ünïcödé 😀\nfeeds: {} # 😀\n",
        "feeds:\n  a:\n    match: |-\n      a/**\n",
        "feeds:\n  a: {match: x}",
    ],
)
def test_a_feed_finds_its_place_in_any_shape_of_file(text):
    before = parse(text)

    after = parse(with_feed(text, "sales", DRAFT))

    assert after.feeds[:-1] == before.feeds
    assert after.feeds[-1].name == "sales"
    assert after.home == before.home


def test_line_ends_of_windows_stay():
    after = with_feed("feeds:\r\n  a:\r\n    match: q", "sales", DRAFT)

    assert after.count("\n") == after.count("\r\n")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["no", "y", "1", "~", "a: b", "#", "- x", "<<", "${X}", "'", '"', "\\"]
            ),
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
        ).filter(lambda name: name.strip() and name.lower() != "_arrival"),
        unique_by=str.lower,
        max_size=5,
    )
)
def test_every_column_name_is_read_back_letter_by_letter(names):
    draft = FeedDraft(Format.NDJSON, columns=tuple((name, "text") for name in names))

    (feed,) = parse(with_feed("feeds:", "sales", draft)).feeds

    assert feed.schema.names() == tuple(names)


@pytest.mark.parametrize("name", ["no", "Order Date", 'q"x', "${X}", "a,b", "é"])
def test_a_partition_by_any_column_is_read_back(name):
    quoted = '"' + name.replace('"', '""') + '"'
    draft = FeedDraft(Format.CSV, columns=((name, "text"),), partition=(quoted,))

    (feed,) = parse(with_feed("feeds:", "sales", draft)).feeds

    assert feed.partition == (PartitionBy(name, "column", name),)


def test_a_feed_that_is_there_already_is_refused():
    with pytest.raises(ConfigError, match="feed first is there already"):
        with_feed(COMMENTED, "first", DRAFT)


def test_a_name_that_no_feed_can_have_is_refused_with_one_that_can():
    with pytest.raises(ConfigError) as refused:
        with_feed(COMMENTED, "Sales 2024", DRAFT)

    assert refused.value.hint.startswith("write sales_2024:")


@pytest.mark.parametrize("text", ["feeds: {a: {match: x}}\n", "{lake: .}\n"])
def test_a_file_in_one_line_is_refused_with_the_block_to_write_by_hand(text):
    with pytest.raises(ConfigError, match=r"feed sales cannot be added: the feeds are") as refused:
        with_feed(text, "sales", DRAFT)

    assert "  sales:\n    # delimiter ;\n    match: sales/**\n" in refused.value.hint


def test_a_draft_that_breaks_a_rule_is_refused_with_the_rule():
    draft = FeedDraft(Format.CSV, columns=(("Id", "int"), ("ID", "int")))

    with pytest.raises(ConfigError, match="differs from column Id by case only"):
        with_feed("feeds:", "sales", draft)
