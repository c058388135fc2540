"""Steps that look at several rows at once, or make several of one."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from headwater.model.steps import Aggregate, Dedupe, Explode, FillForward, Join, Keep, Missing
from headwater.shape.expression import Misread, find_column, read_aggregate
from headwater.shape.fragment import sql
from headwater.shape.rows import FLAW, NUMBER, Reference, Rows, column, columns, rule_of
from headwater.shape.steps import taken, through

__all__ = ["through"]  # which knows these steps once they are read

_RANK = "_rank"
_FOUND = "_found"


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


@taken.register
def _join(step: Join, rows: Rows) -> Rows:
    """Each row with what the other table has under its key; a null key finds nothing."""
    other = rows.references.get(step.table or step.file or "")
    if other is None:
        what = f"there is no {step.table or step.file}"
        raise Misread(what, "name a table of the lake, or a file")
    joined = _found(step, rows, other)
    names = dict.fromkeys(name for name in joined.columns if name != _FOUND)
    is_found = sql("$found IS NOT NULL", found=column(_FOUND))
    if step.missing is Missing.FILTER:
        joined = joined.keep(is_found, "filtered")
    elif step.missing is Missing.REFUSE:
        joined = joined.judge({rule_of("join", step.on[0][0]): is_found})
    return joined.select(names)


def _found(step: Join, rows: Rows, other: Reference) -> Rows:
    """All rows with what was found, and whether anything was."""
    more = {name: find_column(there, other.columns) for there, name in step.take}
    for name, old in more.items():
        if rows.has(name):
            hint = f"give it another name: take: {{{old}: other_{name}}}"
            raise Misread(f"there is a column {name!r} already", hint)
    keys = {f"_key{n}": find_column(there, other.columns) for n, (_, there) in enumerate(step.on)}
    seen = [exp.alias_(column(old), new, quoted=True) for new, old in {**keys, **more}.items()]
    seen.append(exp.alias_(exp.true(), _FOUND, quoted=True))
    there = exp.select(*seen).from_(other.query.subquery("t"))
    same = [
        sql("$here = $there", here=column(rows.find(here)), there=column(key))
        for (here, _), key in zip(step.on, keys, strict=True)
    ]
    query = exp.select(*columns((*rows.own, *rows.columns, *more, _FOUND))).from_(rows.below)
    query = query.join(there.subquery("k"), on=exp.and_(*same), join_type="left")
    return replace(rows, query=query, columns=(*rows.columns, *more, _FOUND))
