"""Steps that look at several rows at once, or make several of one."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from headwater.model.steps import Aggregate, Dedupe, Explode, FillForward, Keep
from headwater.shape.expression import read_aggregate
from headwater.shape.fragment import sql
from headwater.shape.rows import FLAW, NUMBER, Rows, column, columns
from headwater.shape.steps import taken, through

__all__ = ["through"]  # which knows these steps once they are read

_RANK = "_rank"


@taken.register
def _dedupe(step: Dedupe, rows: Rows) -> Rows:
    """Rows whose key has a null are no duplicates of each other, and stay."""
    keys = [rows.find(name) for name in step.by]
    order = _order(step, rows)
    apart = [*columns(keys), *([sql("$flaw IS NULL", flaw=column(FLAW))] if rows.flaws else [])]
    rank = exp.Window(
        this=sql("row_number()"), partition_by=apart, order=exp.Order(expressions=order)
    )
    ranked = rows.set({_RANK: rank})
    nulls = exp.or_(*(sql("$key IS NULL", key=column(name)) for name in keys))
    first = sql("$rank = 1 OR $nulls", rank=column(_RANK), nulls=nulls)
    kept = replace(ranked.keep(first, "deduplicated"), columns=rows.columns)
    return kept.select(dict.fromkeys(rows.columns))


def _order(step: Dedupe, rows: Rows) -> list[exp.Expr]:
    """By what the row that stays is the first of its key."""
    if not rows.numbered:
        raise ValueError("rows that are ordered have numbers")
    backwards = step.keep is not Keep.FIRST
    latest: list[exp.Expr] = []
    if step.keep is Keep.LATEST:
        name = rows.find(step.latest or "")
        latest = [exp.Ordered(this=column(name), desc=True, nulls_first=False)]
    return [*latest, exp.Ordered(this=column(NUMBER), desc=backwards)]


@taken.register
def _aggregate(step: Aggregate, rows: Rows) -> Rows:
    """Groups are made in each file by itself, so that each row comes from one arrival."""
    counted = rows.count("before")
    keys = [rows.find(name) for name in step.by]
    made = {name: read_aggregate(text).placed(rows.find) for name, text in step.columns}
    own = [name for name in rows.own if name != NUMBER]
    groups = columns((*own, *keys))
    values = [exp.alias_(tree, name, quoted=True) for name, tree in made.items()]
    query = exp.select(*groups, *values).from_(counted.below).group_by(*groups)
    grouped = replace(counted, query=query, columns=(*keys, *made), numbered=False)
    return grouped.count("after")


@taken.register
def _explode(step: Explode, rows: Rows) -> Rows:
    name = rows.find(step.column)
    some = "CASE WHEN len($list) > 0 THEN $list END"
    if step.keep_empty:
        some = "CASE WHEN len($list) > 0 THEN $list ELSE [NULL] END"
    else:
        rows = rows.keep(sql("coalesce(len($list) > 0, FALSE)", list=column(name)), "filtered")
    each = sql(f"unnest({some})", list=column(name))
    into = step.into or name
    every = {into if other == name else other: None for other in rows.columns}
    return rows.count("before").select({**every, into: each}).count("after")


@taken.register
def _fill_forward(step: FillForward, rows: Rows) -> Rows:
    if not rows.numbered:
        raise ValueError("rows that are ordered have numbers")
    apart = columns(rows.find(name) for name in step.by)
    first = rows.find(step.order) if step.order else NUMBER
    order = [exp.Ordered(this=column(each)) for each in dict.fromkeys((first, NUMBER))]
    made: dict[str, exp.Expr] = {}
    for name in (rows.find(each) for each in step.columns):
        last = exp.IgnoreNulls(this=sql("last_value($value)", value=column(name)))
        made[name] = exp.Window(this=last, partition_by=apart, order=exp.Order(expressions=order))
    return rows.set(made)
