"""Checks made part of the query that gives the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from sqlglot import exp

from headwater.model.checks import (
    Action,
    Check,
    Exists,
    Holds,
    Length,
    NotNull,
    OneOf,
    Pattern,
    Range,
    Rule,
    Unique,
)
from headwater.shape.expression import Misread, read_expression
from headwater.shape.fragment import sql
from headwater.shape.rows import FATE, OWN, Rows, column, columns, is_among, is_among_rows, rule_of

CHECK = "check"
"""What the rules of checks begin with."""


class MisplacedCheck(ValueError):
    """A check does not fit the rows it looks at: which one, what is wrong, what would be right."""

    def __init__(self, check: Check, cause: Misread) -> None:
        """Take the check and what is wrong."""
        self.check = check
        self.what = cause.what
        self.hint = cause.hint
        super().__init__(f"check {check.name}: {cause.what}")


def watched(rows: Rows, checks: Sequence[Check], first: int = 1) -> Rows:
    """The rows, looked at by the checks in order; MisplacedCheck if one does not fit.

    They are numbered from the first on.

    Rows that fail a check of the action quarantine are refused, or end the query; those that
    fail another are counted and go on. A row that has ended is looked at no more.
    """
    for number, check in enumerate(checks, first):
        try:
            rows = _watched(replace(rows, step=number), check)
        except Misread as cause:
            raise MisplacedCheck(check, cause) from None
    return rows


def _watched(rows: Rows, check: Check) -> Rows:
    if isinstance(check.rule, Unique):
        rows = rows.cut()
    true = holds(check.rule, rows)
    if check.action is Action.QUARANTINE:
        rows = rows.judge({rule_of(CHECK, check.name): true})
    else:
        rows = rows.note(true, "warned" if check.action is Action.WARN else "halted")
    return rows


@singledispatch
def holds(rule: Rule, rows: Rows) -> exp.Expr:
    """Whether a row keeps a rule; a null keeps every one but not_null."""
    raise TypeError(f"{rule.TAG} over {rows.columns}")


@holds.register
def _not_null(rule: NotNull, rows: Rows) -> exp.Expr:
    there = [sql("$value IS NOT NULL", value=column(rows.find(each))) for each in rule.columns]
    return exp.and_(*there)


@holds.register
def _range(rule: Range, rows: Rows) -> exp.Expr:
    value = column(rows.find(rule.column))
    bounds = [("$value >= $bound", rule.least), ("$value <= $bound", rule.most)]
    kept = [
        sql(text, value=value, bound=read_expression(bound).tree)
        for text, bound in bounds
        if bound is not None
    ]
    return _or_null(exp.and_(*kept))


@holds.register
def _length(rule: Length, rows: Rows) -> exp.Expr:
    text = column(rows.find(rule.column))
    kept = [sql("length($text) >= $least", text=text, least=rule.least)]
    if rule.most is not None:
        kept.append(sql("length($text) <= $most", text=text, most=rule.most))
    return _or_null(exp.and_(*kept))


@holds.register
def _pattern(rule: Pattern, rows: Rows) -> exp.Expr:
    text = column(rows.find(rule.column))
    return _or_null(sql("regexp_full_match($text, $pattern)", text=text, pattern=rule.pattern))


@holds.register
def _one_of(rule: OneOf, rows: Rows) -> exp.Expr:
    values = [read_expression(each).tree for each in rule.values]
    return _or_null(exp.In(this=column(rows.find(rule.column)), expressions=values))


@holds.register
def _holds(rule: Holds, rows: Rows) -> exp.Expr:
    true = rows.tree(rule.expression)
    if not rows.telling:
        return _or_null(true)
    # An expression that cannot be made is not true, and none of the neighbours' concern.
    return sql("coalesce(TRY([coalesce($true, TRUE)]), [FALSE])[1]", true=true)


@holds.register
def _exists(rule: Exists, rows: Rows) -> exp.Expr:
    other = rows.references.get(rule.table)
    if other is None:
        raise Misread(f"there is no table {rule.table}", "name a table of the lake")
    return _or_null(is_among([rows.find(rule.column)], other, [rule.there]))


@holds.register
def _unique(rule: Unique, rows: Rows) -> exp.Expr:
    keys = [rows.find(each) for each in rule.columns]
    nulls = exp.or_(*(sql("$key IS NULL", key=column(key)) for key in keys))
    still = sql("$fate IS NULL", fate=column(FATE))
    twins = exp.select(*columns(keys)).from_(rows.below).where(exp.and_(still, exp.not_(nulls)))
    twins = twins.group_by(*columns(keys)).having(sql("count(*) > 1"))
    alone: exp.Expr = exp.not_(is_among_rows(keys, twins))
    if rule.across and (there := rows.references.get(OWN)) is not None:
        alone = exp.and_(alone, exp.not_(is_among(keys, there, rule.columns)))
    return sql("$alone OR $nulls", alone=alone, nulls=nulls)


def _or_null(true: exp.Expr) -> exp.Expr:
    return sql("coalesce($true, TRUE)", true=true)
