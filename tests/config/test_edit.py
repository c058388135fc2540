"""What a decision about columns writes, and what it leaves as it is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headwater.config.edit import with_decisions
from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.decision import Decisions
from headwater.model.types import BIGINT, TEXT, Column, decimal, parse_type

REGION = Column("region", TEXT)
ALL = Decisions((REGION,), (("cust_id", "customer_id"),), ("fax",))

WRITTEN = """\
# mine
feeds:   # all of them

    sales:
        match: 'sales/**'   # by hand
        schema:
            customer_id: bigint not null  # the key
            "no": text

            # amount: decimal(12,2)
        # types: text

    # returns: later

# the rest
lake:    ./here
"""


def decided(text, decisions=ALL, feed="sales"):
    """The text after the decisions, and what it declares of the feed."""
    after = with_decisions(text, feed, decisions)
    (declared,) = [each for each in parse(after).feeds if each.name == feed]
    return after, declared


def test_each_decision_goes_where_it_belongs():
    _, feed = decided(WRITTEN)

    assert feed.schema.names() == ("customer_id", "no", "region")
    assert feed.rename == (("cust_id", "customer_id"),)
    assert feed.refuse == ("fax",)


def test_nothing_else_of_the_text_changes():
    after, _ = decided(WRITTEN)

    added = """\
            region: text
        # types: text
        rename:
            cust_id: customer_id
        refuse: [fax]
"""
    assert after == WRITTEN.replace("        # types: text\n", added)


def test_a_second_decision_goes_behind_the_first():
    once, _ = decided(WRITTEN)
    again = Decisions((Column("tax", decimal(12, 2)),), (("nr", "no"),), ("phone", "x y"))

    _, feed = decided(once, again)

    assert [str(column.type) for column in feed.schema.columns][-2:] == ["text", "decimal(12,2)"]
    assert feed.rename == (("cust_id", "customer_id"), ("nr", "no"))
    assert feed.refuse == ("fax", "phone", "x y")


@pytest.mark.parametrize(
    "text",
    [
        "feeds:\n  sales:\n",
        "feeds:\n  sales: # nothing yet\n  other:\n",
        "feeds:\n  sales: {}\n",
        "feeds:\n  sales: { } # nothing\n",
        "feeds:\n  sales: {match: x}",
        "feeds: {sales: {match: x, schema: {a: text}}}",
        "feeds: {sales: {match: x, refuse: [a]}, other: {match: y}}",
        "{feeds: {sales: {match: [x, y]}}}",
        "feeds:\n  sales:\n    match: x",
        "feeds:\n  sales:\n    schema: {}\n",
        "feeds:\n  sales:\n    schema: {a: text, b: int,}\n    refuse: []\n    rename: {}\n",
        "feeds:\n  sales:\n    schema: {a: text, # first\n      b: 'int' # last\n      }\n",
        "feeds:\n  sales:\n    refuse:\n    - a\n    - 'b' # b\n    match: x\n",
        "feeds:\n  sales:\n    refuse:\n      - a\n\n# end\n",
        "feeds:\n  sales:\n    refuse: [a, # a\n     b]\n    rename: {x: y}\n",
        "  feeds:\n   sales:\n      schema:\n         a: text\n   other:\n      match: x\n",
        "feeds:\r\n  sales:\r\n    schema:\r\n      a: text\r\n    match: x\r\n",
        "---\nfeeds:\n  sales:\n    match: |-\n      a/**\n...\n",
        "feeds:\n  sales: &it\n    match: x\n",
        "feeds:\n  sales:\n    schema: &columns\n      a: text\n",
        "# é😀\nfeeds: {sales: {schema: {é😀: text}}} # 😀\n",
        "\ufefffeeds:\n  sales:\n    match: x\n",
    ],
)
def test_a_decision_finds_its_place_in_any_shape_of_file(text):
    before = parse(text)

    after, feed = decided(text)

    (was,) = [each for each in before.feeds if each.name == "sales"]
    wanted = replace(
        was,
        schema=was.schema.plus((REGION,)),
        rename=(*was.rename, ("cust_id", "customer_id")),
        refuse=(*was.refuse, "fax"),
    )
    assert feed == wanted
    others = [each for each in before.feeds if each.name != "sales"]
    assert [each for each in parse(after).feeds if each.name != "sales"] == others
    assert after.count("\r\n") in {0, after.count("\n")}


SHARED = """\
feeds:
  sales: &base
    match: a/**
    schema: &columns
      a: text
  returns:
    <<: *base
    match: b/**
  other:
    match: c/**
    schema: *columns
"""


@pytest.mark.parametrize("feed", ["sales", "returns", "other"])
def test_what_several_feeds_share_is_not_changed_but_shown_to_be_written_by_hand(feed):
    with pytest.raises(ConfigError, match=f"feed {feed} cannot be changed") as refused:
        with_decisions(SHARED, feed, Decisions((REGION,)))

    assert refused.value.hint == (
        f"write it by hand:\nfeeds:\n  {feed}:\n    schema:\n      region: text"
    )


def test_a_decision_that_contradicts_the_feed_is_refused_in_its_own_words():
    with pytest.raises(ConfigError, match="no is refused, and the schema declares it"):
        with_decisions(WRITTEN, "sales", Decisions(refused=("no",)))


def test_a_text_that_is_wrong_is_not_made_longer():
    with pytest.raises(ConfigError, match="on_new_colum"):
        with_decisions("feeds:\n  sales:\n    on_new_colum: add\n", "sales", ALL)


NAMES = st.one_of(
    st.sampled_from(["no", "y", "1", "~", "a: b", "#", "- x", "<<", "${X}", "'", '"', "\\", "a,b"]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
).filter(lambda name: name.strip() and not name.startswith("_"))
KINDS = st.sampled_from(
    ["text", "bigint", "decimal(12,2)", "array<decimal(3,1)>", "struct<a:int,b b:map<text,date>>"]
).map(parse_type)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(NAMES, KINDS, st.booleans()), unique_by=lambda it: it[0].lower(), max_size=4
    ),
    st.sampled_from([WRITTEN, "feeds: {sales: {schema: {}}}", "feeds:\n  sales:\n    match: x\n"]),
)
def test_every_name_and_type_is_read_back_letter_by_letter(columns, text):
    accepted = tuple(Column(name, kind, nullable) for name, kind, nullable in columns)
    (was,) = parse(text).feeds
    new = tuple(column for column in accepted if was.schema.find(column.name) is None)

    _, feed = decided(text, Decisions(new))

    assert feed.schema.columns == (*was.schema.columns, *new)


COMMENTS = st.sampled_from(["", "  # why", "   # : {x} - [y]"])
BETWEEN = st.sampled_from(["", "\n", "# at the left\n", "\n\n      # further in\n"])


@st.composite
def files(draw):
    """A headwater.yaml as people write them: any order, indents, comments, styles."""
    step = draw(st.integers(1, 5))
    margin, inner = " " * (2 + step), " " * (2 + 2 * step)
    comment = lambda: draw(COMMENTS)  # noqa: E731 - drawn anew at each place
    schema = [
        f"{margin}schema:{comment()}\n{inner}a: bigint\n{draw(BETWEEN)}{inner}'b': text\n",
        f"{margin}schema: {{a: bigint, b: text}}{comment()}\n",
        f"{margin}schema: {{a: bigint,{comment()}\n{inner}b: text{comment()}\n{inner}}}\n",
    ]
    refuse = [
        f"{margin}refuse:{comment()}\n{margin}- x{comment()}\n{margin}-   'y'\n",
        f"{margin}refuse:\n{inner}- x\n{draw(BETWEEN)}{inner}- y{comment()}\n",
        f"{margin}refuse: [x, {comment()}\n{inner}y]\n",
    ]
    rename = [
        f"{margin}rename:\n{inner}B: b{comment()}\n",
        f'{margin}rename: {{"c d": a}}{comment()}\n',
    ]
    keys = [
        f"{margin}match: 'q/**'{comment()}\n",
        *(draw(st.sampled_from(each)) for each in (schema, refuse) if draw(st.booleans())),
        *([draw(st.sampled_from(rename[1:]))] if draw(st.booleans()) else []),
    ]
    body = "".join(draw(BETWEEN) + key for key in draw(st.permutations(keys)))
    other = draw(st.sampled_from(["", "  other:\n    match: z/**\n", "lake: ./x\n"]))
    text = f"feeds:{comment()}\n  sales:{comment()}\n{body}{draw(BETWEEN)}{other}"
    return text.rstrip("\n") if draw(st.booleans()) else text


@settings(max_examples=300, deadline=None)
@given(
    files(),
    st.sampled_from(
        [
            Decisions((Column("new", BIGINT, nullable=False),)),
            Decisions(renamed=(("z", "zz"),)),
            Decisions(refused=("no fax",)),
            ALL,
        ]
    ),
)
def test_whatever_the_file_is_like_only_the_decision_is_added(text, decisions):
    before = parse(text)

    after = with_decisions(text, "sales", decisions)

    rest = iter(after)
    assert all(letter in rest for letter in text), "something of the text is gone"
    written = sum(map(len, (decisions.accepted, decisions.renamed, decisions.refused)))
    assert len(after.splitlines()) - len(text.splitlines()) <= 2 * written
    was, *others = before.feeds
    is_now, *others_now = parse(after).feeds
    assert others_now == others
    assert is_now == replace(
        was,
        schema=was.schema.plus(decisions.accepted),
        rename=(*was.rename, *decisions.renamed),
        refuse=(*was.refuse, *decisions.refused),
    )
