"""Steps that look at several rows at once, or make several of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from sqlglot import exp, parse_one

from headwater.model.steps import (
    Aggregate,
    Dedupe,
    Explode,
    FillForward,
    Join,
    Keep,
    Missing,
    Query,
)
from headwater.shape.expression import Misread, find_column, read_aggregate
from headwater.shape.fragment import sql
from headwater.shape.questions import ROWS, placed_query
from headwater.shape.rows import (
    AGGREGATED,
    DEDUPLICATED,
    FATE,
    FILTERED,
    NUMBER,
    OWN,
    WEIGHT,
    Reference,
    Rows,
    column,
    columns,
    fate_of,
    is_among,
    rule_of,
)
from headwater.shape.steps import taken, through
from headwater.shape.table import PROVENANCE

__all__ = ["through"]  # which knows these steps once they are read

_STAYS = "headwater stays"  # no column of the user's can be called that
_FOUND = "_found"
_PLACE = "_place"
_ONCE = "once"  # rows that are asked for twice

_NUMBERED = """
    SELECT *, row_number() OVER (PARTITION BY _arrival) AS _k,
        count(*) OVER (PARTITION BY _arrival) AS _m
    FROM given
"""
_HAD = """
    SELECT _arrival AS _a, CAST(sum(_weight) AS BIGINT) AS _stood, min(_n) AS _first
    FROM once WHERE _fate IS NULL GROUP BY ALL
"""
_FOUND_AGAIN = "SELECT * FROM numbered JOIN had ON _arrival = _a"
_NOT_FOUND = "SELECT * FROM had ANTI JOIN given ON _a = _arrival"
_OWN_COLUMNS = (PROVENANCE, NUMBER, FATE, WEIGHT)
_STANDING = {
    PROVENANCE: column(PROVENANCE),
    NUMBER: sql("_first + _k - 1"),
    FATE: exp.null(),
    WEIGHT: sql(
        "CASE WHEN _k = 1 AND _stood > 0 THEN _stood - least(_m, _stood) + 1 "
        "WHEN _k <= _stood THEN 1 ELSE 0 END"
    ),
}
_LOST = {
    PROVENANCE: column("_a"),
    NUMBER: column("_first"),
    WEIGHT: column("_stood"),
}


@taken.register
def _dedupe(step: Dedupe, rows: Rows) -> Rows:
    """Rows whose key has a null are no duplicates of each other, and stay."""
    keys = [rows.find(name) for name in step.by]
    nulls = exp.or_(*(sql("$key IS NULL", key=column(name)) for name in keys))
    if step.across and (there := rows.references.get(OWN)) is not None:
        known = sql("NOT $known", known=is_among(keys, there, step.by))
        rows = rows.keep(sql("$known OR $nulls", known=known, nulls=nulls), DEDUPLICATED)
    _require_telling(rows)
    rows = rows.cut()
    still = sql("$fate IS NULL", fate=column(FATE))
    named = {f"headwater key {n}": key for n, key in enumerate(keys)}
    made = {**{name: column(key) for name, key in named.items()}, _STAYS: _stays(step, rows)}
    twins = exp.select(*(exp.alias_(tree, name, quoted=True) for name, tree in made.items()))
    twins = twins.from_(rows.below).where(exp.and_(still, exp.not_(nulls)))
    twins = twins.group_by(*columns(keys)).having(sql("count(*) > 1"))
    found = _joined(rows, twins, named, [_STAYS])
    stays = sql("$stays IS NULL OR $stays = $order", stays=column(_STAYS), order=rows.order)
    return found.keep(stays, DEDUPLICATED).select(dict.fromkeys(rows.columns))


def _stays(step: Dedupe, rows: Rows) -> exp.Expr:
    """The place of the row that stays, of those with one key."""
    order = rows.order
    if step.keep is not Keep.LATEST:
        return sql(f"{'min' if step.keep is Keep.FIRST else 'max'}($n)", n=order)
    return sql(
        "arg_max($n, {'there': $latest IS NOT NULL, 'latest': $latest, 'n': $n})",
        n=order,
        latest=column(rows.find(step.latest or "")),
    )


@taken.register
def _aggregate(step: Aggregate, rows: Rows) -> Rows:
    """Groups are made in each file by itself, so that each row comes from one arrival."""
    _require_telling(rows)
    rows = rows.cut()
    keys = [rows.find(name) for name in step.by]
    made = {name: read_aggregate(text).placed(rows.find) for name, text in step.columns}
    own: dict[str, exp.Expr] = {
        PROVENANCE: column(PROVENANCE),
        NUMBER: sql("min($n)", n=column(NUMBER)),
        FATE: exp.null(),
        WEIGHT: sql("CAST(sum($weight) AS BIGINT)", weight=column(WEIGHT)),
        **{
            each: sql("arg_min($element, $order)", element=column(each), order=rows.order)
            for each in rows.elements
        },
    }
    values = [exp.alias_(tree, name, quoted=True) for name, tree in {**own, **made}.items()]
    still = sql("$fate IS NULL", fate=column(FATE))
    groups = exp.select(*values[: len(own)], *columns(keys), *values[len(own) :])
    groups = groups.from_(rows.below).where(still).group_by(*columns((PROVENANCE, *keys)))
    nothing = [exp.alias_(exp.null(), name, quoted=True) for name in made]
    ended = exp.select(*columns((*rows.own, *keys)), *nothing).from_(rows.below)
    ended = ended.where(exp.not_(still.copy()))
    query = exp.union(groups, ended, distinct=False)
    types = {name: kind for name, kind in rows.types.items() if name in keys}
    return replace(rows, query=query, columns=(*keys, *made), types=types)


@taken.register
def _query(step: Query, rows: Rows) -> Rows:
    """What a SELECT of the user's gives; it tells nothing of single rows, only how many there are.

    Of each arrival, so many rows behind it stand for one row before it as there are of both; if
    there are fewer, the first stands for those that are left; if there is none, they are lost.
    """
    _require_telling(rows)
    rows = rows.cut()
    select, names = placed_query(step.sql, rows.columns, rows.references)
    tables = {each.name for each in select.find_all(exp.Table)}
    still = sql("$fate IS NULL", fate=column(FATE))
    before = exp.select(*columns((PROVENANCE, *rows.columns))).from_(_once()).where(still)
    others = {name: each.query for name, each in rows.references.items() if name in tables}
    made = {
        **others,
        _ONCE: rows.query,
        ROWS: before,
        "given": select,
        "numbered": _piece(_NUMBERED),
        "had": _piece(_HAD),
    }
    nulls = [exp.alias_(exp.null(), name, quoted=True) for name in names]
    left = exp.select(*_own(_STANDING), *columns(names)).from_(_piece(_FOUND_AGAIN).subquery("f"))
    fate = exp.Literal.string(fate_of(AGGREGATED, rule_of(str(rows.step), "")))
    lost = exp.select(*_own({**_LOST, FATE: fate}), *nulls).from_(_piece(_NOT_FOUND).subquery("h"))
    ended = exp.select(*columns(_OWN_COLUMNS), *nulls).from_(_once()).where(exp.not_(still.copy()))
    every = exp.union(exp.union(left, lost, distinct=False), ended, distinct=False)
    return replace(rows, query=_among(every, made), columns=names, exploded=0)


def _own(values: Mapping[str, exp.Expr]) -> list[exp.Expr]:
    return [exp.alias_(values[name].copy(), name, quoted=True) for name in _OWN_COLUMNS]


@taken.register
def _explode(step: Explode, rows: Rows) -> Rows:
    """The first row of a list stands for the row that had it, the others for none."""
    _require_telling(rows)
    name = rows.find(step.column)
    into = step.into or name
    if not step.keep_empty:
        rows = rows.keep(sql("coalesce(len($list) > 0, FALSE)", list=column(name)), FILTERED)
    some = sql(
        "CASE WHEN $fate IS NULL AND len($list) > 0 THEN $list ELSE [NULL] END",
        fate=column(FATE),
        list=column(name),
    )
    each = sql("unnest($some)", some=some)
    place = sql("generate_subscripts($some, 1)", some=some)
    every: dict[str, exp.Expr | None] = {
        into if other == name else other: each if other == name else None for other in rows.columns
    }
    made = rows.select({**every, _PLACE: place})
    weight = sql(
        "CASE WHEN $place = 1 THEN $weight ELSE 0 END", place=column(_PLACE), weight=column(WEIGHT)
    )
    element = {into: rows.types[name].children[0][1]} if _is_array(rows, name) else {}
    more = replace(made, columns=tuple(every), exploded=rows.exploded + 1).typed(element)
    return more.own_set({WEIGHT: weight, more.elements[-1]: column(_PLACE)})


def _is_array(rows: Rows, name: str) -> bool:
    """Whether it is known to be one."""
    kind = rows.types.get(name)
    return kind is not None and kind.kind == "array"


@taken.register
def _fill_forward(step: FillForward, rows: Rows) -> Rows:
    _require_telling(rows)
    still = sql("$fate IS NULL", fate=column(FATE))
    apart = [*columns(rows.find(name) for name in step.by), still]
    first = rows.find(step.order) if step.order else NUMBER
    names = dict.fromkeys((first, NUMBER, *rows.elements))
    order = [exp.Ordered(this=column(each)) for each in names]
    made: dict[str, exp.Expr] = {}
    for name in (rows.find(each) for each in step.columns):
        last = exp.IgnoreNulls(this=sql("last_value($value)", value=column(name)))
        made[name] = exp.Window(this=last, partition_by=apart, order=exp.Order(expressions=order))
    return rows.set(made)


@taken.register
def _join(step: Join, rows: Rows) -> Rows:
    """Each row with what the other table has under its key; a null key finds nothing."""
    other = _told(rows, step.table or step.file or "", step.TAG)
    joined = _found(step, rows, other)
    names = dict.fromkeys(name for name in joined.columns if name != _FOUND)
    is_found = sql("$found IS NOT NULL", found=column(_FOUND))
    if step.missing is Missing.FILTER:
        joined = joined.keep(is_found, FILTERED)
    elif step.missing is Missing.REFUSE:
        joined = joined.judge({rule_of("join", step.on[0][0]): is_found})
    return joined.select(names)


def _found(step: Join, rows: Rows, other: Reference) -> Rows:
    """All rows with what was found, and whether anything was."""
    more = {name: _theirs(step, other, there) for there, name in step.take}
    for name, old in more.items():
        if rows.has(name):
            hint = f"give it another name: take: {{{old}: other_{name}}}"
            raise Misread(f"there is a column {name!r} already", hint)
    keys = {f"_key{n}": _theirs(step, other, there) for n, (_, there) in enumerate(step.on)}
    seen = [exp.alias_(column(old), new, quoted=True) for new, old in {**keys, **more}.items()]
    seen.append(exp.alias_(exp.true(), _FOUND, quoted=True))
    there = exp.select(*seen).from_(other.query.subquery("t"))
    same = {key: rows.find(here) for (here, _), key in zip(step.on, keys, strict=True)}
    return _joined(rows, there, same, [*more, _FOUND])


def _theirs(step: Join, other: Reference, name: str) -> str:
    """The column of the other table; Misread says whose it is not."""
    try:
        return find_column(name, other.columns)
    except Misread as wrong:
        taken = dict(step.take).get(name, "")
        is_turned = taken.lower() in {each.lower() for each in other.columns}
        turned = f"its own name stands first: take: {{{taken}: {name}}}"
        what = f"{step.table or step.file} has no column {name!r}"
        raise Misread(what, turned if is_turned else wrong.hint) from None


def _joined(rows: Rows, there: exp.Select, keys: Mapping[str, str], more: Sequence[str]) -> Rows:
    """All rows with more columns, which a SELECT has under keys that are these columns here."""
    same = [
        sql("$here = $there", here=column(here), there=column(key)) for key, here in keys.items()
    ]
    query = exp.select(*columns((*rows.own, *rows.columns, *more))).from_(rows.below)
    query = query.join(there.subquery("k"), on=exp.and_(*same), join_type="left")
    return replace(rows, query=query, columns=(*rows.columns, *more))


def _told(rows: Rows, name: str, tag: str) -> Reference:
    other = rows.references.get(name)
    if other is None:
        raise Misread(f"{tag}: there is no {name}", "name a table of the lake, or a file")
    return other


def _require_telling(rows: Rows) -> None:
    if not rows.telling:
        raise ValueError("the step looks at several rows, which takes rows that tell their fate")


def _once() -> exp.Table:
    return exp.to_table(_ONCE, quoted=True)


def _among(query: exp.Query, made: Mapping[str, exp.Query]) -> exp.Query:
    """A query over others, each of which is made but once."""
    inner = query.subquery("e")
    whole = exp.select("*").from_(inner)
    for name, each in made.items():
        whole = whole.with_(exp.to_identifier(name, quoted=True), as_=each, materialized=True)
    return whole


@cache
def _read(text: str) -> exp.Query:
    tree = parse_one(text, dialect="duckdb")
    if not isinstance(tree, exp.Query):
        raise TypeError(text)
    return tree


def _piece(text: str) -> exp.Query:
    return _read(text).copy()
