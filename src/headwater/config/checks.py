"""Checks as the user writes them: a key that names the rule, and what follows if it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from headwater.config import parts
from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.quantity import parse_duration
from headwater.config.values import read_column_name, read_text
from headwater.model.checks import (
    OF_BATCHES,
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
    Rule,
    Unique,
    When,
)

_BESIDE = ("action", "name", "when")


def read_check_of_model(value: object) -> Check:
    """One check of a model: it warns or halts, and looks at the rows that are built."""
    if isinstance(value, Mapping) and "when" in value:
        what = "a model's checks look at the rows that were built"
        raise Wrong(what, "leave out when", ("when",))
    given = value.get("action") if isinstance(value, Mapping) else None
    if given == Action.QUARANTINE.value:
        what = "a model's rows are made of others, and there is none to send to quarantine"
        raise Wrong(what, "write action: warn or action: halt", ("action",))
    check = read_check(value)
    return check if given is not None else replace(check, action=Action.WARN)


def read_check(value: object) -> Check:
    """One check; Wrong says what is wrong, and how it is written."""
    if not isinstance(value, Mapping):
        raise Wrong("a check is a rule with what follows", "write {not_null: order_id}")
    rules = [str(key) for key in value if key not in _BESIDE]
    if len(rules) != 1 or rules[0] not in _READERS:
        raise _unknown(rules)
    rule = parts.at((rules[0],), _READERS[rules[0]], value[rules[0]])
    first = Action.WARN if isinstance(rule, OF_BATCHES) else Action.QUARANTINE
    action = _beside(value, "action", parts.word_of(Action), first)
    if isinstance(rule, OF_BATCHES) and action is Action.QUARANTINE:
        what = f"{rule.TAG} is about all rows together, of which none is to blame"
        raise Wrong(what, "write action: warn or action: halt", ("action",))
    when = _beside(value, "when", parts.word_of(When), When.STEPS)
    if isinstance(rule, Fresh) and when is When.READ:
        raise Wrong("fresh looks at the rows that are written", "leave out when", ("when",))
    return Check(_beside(value, "name", parts.some_text, _called(rule)), rule, action, when)


def _unknown(rules: list[str]) -> Wrong:
    listed = ", ".join(sorted(_READERS))
    if len(rules) > 1 and all(rule in _READERS for rule in rules):
        return Wrong(f"{' and '.join(rules)} are two checks", "write each as an item of the list")
    strange = next((rule for rule in rules if rule not in _READERS), None)
    if strange is None:
        return Wrong("there is no rule in it", f"the rules are {listed}")
    meant = nearest(strange, [*_READERS, *_BESIDE])
    guess = f"did you mean {meant}? " if meant else ""
    return Wrong(f"there is no rule {show(strange)}", f"{guess}the rules are {listed}")


def _beside(
    value: Mapping[object, object],
    key: str,
    read: Callable[[object], parts.Answer],
    default: parts.Answer,
) -> parts.Answer:
    return parts.at((key,), read, value[key]) if key in value else default


def _called(rule: Rule) -> str:
    """What a check without a name is called: its rule and its columns."""
    match rule:
        case NotNull(columns) | Unique(columns):
            return f"{rule.TAG} {', '.join(columns)}"
        case Holds(expression):
            return expression
        case RowCount():
            return rule.TAG
    return f"{rule.TAG} {rule.column}"


def _not_null(body: object) -> Rule:
    return NotNull(parts.names(body))


def _unique(body: object) -> Rule:
    if not isinstance(body, Mapping):
        return Unique(parts.names(body))
    keys = parts.Below(body, "unique", {"columns": True, "across": False})
    return Unique(
        keys.read("columns", parts.names), keys.read("across", parts.across, default=False)
    )


def _range(body: object) -> Rule:
    column, bounds = _one(body, "{amount: [0, 100000]}")
    least, most = parts.at((column,), _bounds, bounds)
    if least is None and most is None:
        raise Wrong("it has no bound", "write [0, null], [null, 10] or [0, 10]", (column,))
    parts.at((column,), _ordered, bounds)
    return Range(column, least, most)


def _ordered(bounds: object) -> None:
    """Wrong if the least is the greater one: no value would ever fit."""
    match bounds:
        case [int() | float() as least, int() | float() as most] if least > most:
            raise Wrong(f"{least} is more than {most}", f"write [{most}, {least}]")


def _length(body: object) -> Rule:
    column, bounds = _one(body, "{name: [1, 80]}")
    least, most = parts.at((column,), _counts, bounds)
    parts.at((column,), _ordered, bounds)
    return Length(column, least, most)


def _pattern(body: object) -> Rule:
    column, pattern = _one(body, "{zip: '[0-9]{5}'}")
    return Pattern(column, parts.at((column,), parts.regular, pattern))


def _one_of(body: object) -> Rule:
    column, values = _one(body, "{country: [DE, FR]}")
    if not isinstance(values, list) or not values:
        raise Wrong("a list of values is expected", "write [DE, FR]", (column,))
    return OneOf(column, tuple(parts.at((column,), parts.constant, each) for each in values))


def _holds(body: object) -> Rule:
    return Holds(parts.expression(body))


def _exists(body: object) -> Rule:
    column, there = _one(body, "{customer_id: customers.id}")
    table, dot, name = read_text(there).partition(".")
    if not dot or not table or not name:
        raise Wrong(f"{show(there)} names no column of a table", "write customers.id", (column,))
    return Exists(column, table, name)


def _rows(body: object) -> Rule:
    least, most = _counts(body)
    return RowCount(least, most)


def _fresh(body: object) -> Rule:
    column, within = _one(body, "{order_ts: 2d}")
    return Fresh(column, parts.at((column,), _seconds, within))


_READERS: Mapping[str, Callable[[object], Rule]] = {
    "not_null": _not_null,
    "unique": _unique,
    "range": _range,
    "length": _length,
    "pattern": _pattern,
    "one_of": _one_of,
    "holds": _holds,
    "exists": _exists,
    "rows": _rows,
    "fresh": _fresh,
}


def _one(body: object, such_as: str) -> tuple[str, object]:
    if not isinstance(body, Mapping) or len(body) != 1:
        raise Wrong("one column with what is asked of it is expected", f"write {such_as}")
    name, asked = next(iter(body.items()))
    return read_column_name(str(name)), asked


def _pair(body: object) -> tuple[object, object]:
    if not isinstance(body, list) or len(body) != len(("least", "most")):
        raise Wrong("the least and the most are expected", "write [0, 10], or null for no bound")
    return body[0], body[1]


def _bounds(body: object) -> tuple[str | None, str | None]:
    least, most = _pair(body)
    return (
        None if least is None else parts.constant(least),
        None if most is None else parts.constant(most),
    )


def _counts(body: object) -> tuple[int, int | None]:
    least, most = _pair(body)
    return parts.count(least or 0), None if most is None else parts.count(most)


def _seconds(value: object) -> float:
    return parse_duration(read_text(value)).total_seconds()
