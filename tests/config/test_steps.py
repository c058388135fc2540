"""Steps in headwater.yaml: how each is written, and how mistakes in them are told."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.steps import (
    Aggregate,
    Cast,
    Clean,
    Cleaning,
    Dedupe,
    Derive,
    Drop,
    Explode,
    Fill,
    FillForward,
    Filter,
    Flatten,
    Join,
    Keep,
    MapValues,
    Missing,
    Parse,
    Protect,
    Protection,
    Rename,
    Select,
    Split,
)
from headwater.model.types import parse_type

BEFORE = "feeds:\n  sales:\n    steps:\n"


def steps(text):
    return parse(f"{BEFORE}      - {text}\n").feeds[0].steps


def refused(text):
    with pytest.raises(ConfigError) as caught:
        parse(f"{BEFORE}      - {text}\n")
    return caught.value.message, caught.value.hint or ""


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("rename: {cust: customer_id}", Rename((("cust", "customer_id"),))),
        ("select: [a, b]", Select(("a", "b"))),
        ("drop: a", Drop(("a",))),
        ("cast: {amount: 'decimal(12,2)'}", Cast((("amount", parse_type("decimal(12,2)")),))),
        ("derive: {total: a * b, one: 1}", Derive((("total", "a * b"), ("one", "1")))),
        ("filter: amount >= 0", Filter("amount >= 0")),
        ("fill: {a: it's, b: 0, c: false}", Fill((("a", "'it''s'"), ("b", "0"), ("c", "false")))),
        ("fill_forward: price", FillForward(("price",))),
        (
            "fill_forward: {columns: [price], by: sku, order: ts}",
            FillForward(("price",), ("sku",), "ts"),
        ),
        (
            "split: {column: name, between: ' ', into: [first, last]}",
            Split("name", " ", ("first", "last")),
        ),
        (
            "parse: {column: day, as: date, formats: ['%d.%m.%Y', '%Y']}",
            Parse("day", parse_type("date"), ("%d.%m.%Y", "%Y")),
        ),
        (
            "clean: {columns: [name], how: [trim, upper]}",
            Clean(("name",), (Cleaning.TRIM, Cleaning.UPPER)),
        ),
        (
            "map: {column: c, values: {DE: Germany, 1: one}, missing: refuse}",
            MapValues("c", (("DE", "Germany"), ("1", "one")), Missing.REFUSE),
        ),
        ("explode: items", Explode("items")),
        (
            "explode: {column: items, into: item, empty: filter}",
            Explode("items", "item", keep_empty=False),
        ),
        ("dedupe: {by: [a, b]}", Dedupe(("a", "b"))),
        ("dedupe: {by: a, keep: latest ts}", Dedupe(("a",), Keep.LATEST, "ts")),
        ("dedupe: {by: a, keep: last, across: table}", Dedupe(("a",), Keep.LAST, across=True)),
        (
            "join: {table: customers, on: customer_id, take: [segment], missing: refuse}",
            Join(
                (("customer_id", "customer_id"),),
                (("segment", "segment"),),
                "customers",
                missing=Missing.REFUSE,
            ),
        ),
        (
            "join: {file: ref.csv, on: {customer_id: id}, take: {name: customer}}",
            Join((("customer_id", "id"),), (("name", "customer"),), file="ref.csv"),
        ),
        ("flatten: address", Flatten(("address",))),
        ("flatten: {columns: [a], between: .}", Flatten(("a",), ".")),
        (
            "protect: {columns: card, by: mask, keep: 4}",
            Protect(("card",), Protection.MASK, keep=4),
        ),
        (
            "protect: {columns: mail, by: hash, secret: SALT}",
            Protect(("mail",), Protection.HASH, "SALT"),
        ),
        (
            "aggregate: {by: day, columns: {n: count(), total: sum(amount)}}",
            Aggregate(("day",), (("n", "count()"), ("total", "sum(amount)"))),
        ),
    ],
)
def test_a_step_is_read_as_it_is_written(text, step):
    assert steps(text) == (step,)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("fliter: a > 1", "there is no step 'fliter'", "did you mean filter?"),
        ("filter", "a step is one key with what it does", "write one of aggregate, cast"),
        ("{filter: a, drop: b}", "a step is one key with what it does", "write one of"),
        ("filter: amount >", "sales.steps.filter: 'amount >': it ends behind '>'", "complete it"),
        ("filter: lowr(a) = 1", "there is no function lowr()", "did you mean lower()?"),
        ("derive: {total: a == = b}", "sales.steps.derive.total: 'a == = b'", "an operator"),
        ("derive: total", "names with values are expected", "amount * quantity"),
        ("cast: {a: integr}", "steps.cast.a: 'integr' is not a type", ""),
        ("select: [a, A]", "a is named twice", "name it once"),
        ("dedupe: {by: a, keep: newest}", "steps.dedupe.keep: 'newest'", "first, last, latest"),
        ("dedupe: {by: a, keep: latest}", "does not say which row stays", "latest COLUMN"),
        ("dedupe: {keep: last}", "dedupe lacks by", "by, keep, across"),
        ("dedupe: {by: a, acros: table}", "dedupe has no key 'acros'", "did you mean across?"),
        ("split: {column: a, between: '', into: [b]}", "split.between: it is empty", "one char"),
        ("parse: {column: a, as: int, formats: x}", "int is no date and no time", "date or"),
        ("explode: {column: a, empty: refuse}", "empty: refuse is not known", "keep or filter"),
        ("aggregate: {by: a, columns: {n: b}}", "b has many values in a group", "max(b)"),
        ("join: {on: a, take: b}", "takes a table of the lake or a file", "one of table: and"),
        ("protect: {columns: a, by: hash}", "a hash is made with a secret", "environment"),
        ("protect: {columns: a, by: mask, keep: -1}", "-1 is no count", "whole number"),
        ("parse: {column: a, formats: dd.mm.yyyy}", "parse.formats: 'dd.mm.yyyy'", "%d.%m.%Y"),
        ("filter: now() > ts", "another value each time", "a column"),
    ],
)
def test_a_mistake_in_a_step_is_told_with_its_line_and_what_would_be_right(text, message, hint):
    told, tried = refused(text)

    assert told.startswith("headwater.yaml:4: feeds.sales.steps")
    assert message in told
    assert hint in tried


def test_a_mistake_below_a_step_is_told_with_its_own_line():
    message, _ = refused("derive:\n          a: 1\n          b: a +")

    assert message.startswith("headwater.yaml:6: feeds.sales.steps.derive.b: ")


def test_an_empty_list_of_steps_does_nothing():
    assert parse("feeds:\n  sales:\n    steps: []\n").feeds[0].steps == ()


def test_a_secret_that_stands_in_place_of_its_name_is_refused_and_not_repeated():
    message, hint = refused("protect: {columns: a, by: hash, secret: my pass-word}")

    assert "protect.secret: what stands there is no name" in message
    assert "the name, such as EMAIL_SALT" in hint
    assert "pass-word" not in message + hint
