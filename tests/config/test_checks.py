"""Checks in headwater.yaml: how each is written, and how mistakes in them are told."""

import pytest

from headwater.config.load import parse
from headwater.errors import ConfigError
from headwater.model.checks import (
    Action,
    Check,
    Exists,
    Fresh,
    Holds,
    Length,
    NotNull,
    OneOf,
    Pattern,
    Range,
    RowCount,
    Unique,
    When,
)

BEFORE = "feeds:\n  sales:\n    checks:\n"


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("{not_null: [a, b]}", Check("not_null a, b", NotNull(("a", "b")))),
        ("{unique: a, action: halt}", Check("unique a", Unique(("a",)), Action.HALT)),
        (
            "{unique: {columns: a, across: table}}",
            Check("unique a", Unique(("a",), across=True)),
        ),
        (
            "{range: {amount: [0, 1.5]}, action: warn}",
            Check("range amount", Range("amount", "0", "1.5"), Action.WARN),
        ),
        (
            "{range: {day: ['2025-01-01', null]}}",
            Check("range day", Range("day", "'2025-01-01'", None)),
        ),
        ("{length: {name: [1, 80]}}", Check("length name", Length("name", 1, 80))),
        ("{pattern: {zip: '[0-9]{5}'}}", Check("pattern zip", Pattern("zip", "[0-9]{5}"))),
        ("{one_of: {c: [DE, 1]}}", Check("one_of c", OneOf("c", ("'DE'", "1")))),
        ("{holds: a > b, name: more}", Check("more", Holds("a > b"))),
        ("{holds: a > b, when: read}", Check("a > b", Holds("a > b"), when=When.READ)),
        ("{exists: {c: customers.id}}", Check("exists c", Exists("c", "customers", "id"))),
        ("{rows: [1, null]}", Check("rows", RowCount(1, None), Action.WARN)),
        ("{fresh: {ts: 2d}, action: halt}", Check("fresh ts", Fresh("ts", 172800), Action.HALT)),
    ],
)
def test_a_check_is_read_as_it_is_written(text, check):
    assert parse(f"{BEFORE}      - {text}\n").feeds[0].checks == (check,)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{notnull: a}", "there is no rule 'notnull'", "did you mean not_null?"),
        ("{not_null: a, unique: b}", "not_null and unique are two checks", "item of the list"),
        ("{action: warn}", "there is no rule in it", "the rules are exists"),
        ("{not_null: a, action: stop}", "checks.action: 'stop'", "warn, quarantine, halt"),
        ("{rows: [1, 2], action: quarantine}", "none is to blame", "action: warn"),
        ("{range: amount}", "one column with what is asked of it", "[0, 100000]"),
        ("{range: {a: [null, null]}}", "checks.range.a: it has no bound", "[0, null]"),
        ("{range: {a: 5}}", "checks.range.a: the least and the most", "[0, 10]"),
        ("{pattern: {a: '['}}", "is no regular expression", "escape it"),
        ("{one_of: {a: x}}", "a list of values is expected", "[DE, FR]"),
        ("{holds: a >}", "checks.holds: 'a >': it ends behind '>'", "complete it"),
        ("{exists: {a: customers}}", "names no column of a table", "customers.id"),
        ("{length: {a: [-1, 2]}}", "-1 is no count", "whole number"),
        ("{length: {a: [9, 2]}}", "checks.length.a: 9 is more than 2", "write [2, 9]"),
        ("{range: {a: [100, 1.5]}}", "checks.range.a: 100 is more than 1.5", "write [1.5, 100]"),
    ],
)
def test_a_mistake_in_a_check_is_told_with_what_would_be_right(text, message, hint):
    with pytest.raises(ConfigError) as caught:
        parse(f"{BEFORE}      - {text}\n")

    assert caught.value.message.startswith("headwater.yaml:4: feeds.sales.checks")
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("{range: {a: [0, 9]}, action: warn}", "{range: {a: [0, 99]}, action: halt}", "range a"),
        ("{not_null: a, name: must}", "{unique: a, name: must}", "must"),
    ],
)
@pytest.mark.parametrize(
    "before", [BEFORE, "feeds: {b: {}}\nmodels:\n  a:\n    sql: select a from b\n    checks:\n"]
)
def test_two_checks_of_one_name_would_be_told_together_and_are_refused(before, first, second, name):
    with pytest.raises(ConfigError) as caught:
        parse(f"{before}      - {first}\n      - {second}\n")

    line = before.count("\n") + 2
    assert f"headwater.yaml:{line}: " in caught.value.message
    assert f"another check is called {name!r}" in caught.value.message
    assert caught.value.hint == "give one of them a name: of its own"
