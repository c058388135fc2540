"""Steps as the user writes them: one key each, which names the step."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from headwater.config import parts
from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.values import read_column_name, read_name, read_one_of, read_text
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
    Query,
    Rename,
    Select,
    Split,
    Step,
)
from headwater.model.types import Type, parse_type

_DATED = ("date", "timestamp")


def read_step(value: object) -> Step:
    """One step; Wrong says which, what is wrong, and how it is written."""
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Wrong(
            "a step is one key with what it does", f"write one of {', '.join(sorted(_READERS))}"
        )
    name, body = next(iter(value.items()))
    reader = _READERS.get(str(name))
    if reader is None:
        meant = nearest(str(name), _READERS)
        guess = f"did you mean {meant}? " if meant else ""
        raise Wrong(
            f"there is no step {show(name)}", f"{guess}the steps are {', '.join(sorted(_READERS))}"
        )
    return parts.at((str(name),), reader, body)


def _rename(body: object) -> Step:
    return Rename(parts.pairs(body, read_column_name, "{old: new}"))


def _select(body: object) -> Step:
    return Select(parts.names(body))


def _drop(body: object) -> Step:
    return Drop(parts.names(body))


def _cast(body: object) -> Step:
    return Cast(parts.pairs(body, _type, "{amount: bigint}"))


def _derive(body: object) -> Step:
    return Derive(parts.pairs(body, parts.expression, "{total: amount * quantity}"))


def _filter(body: object) -> Step:
    return Filter(parts.expression(body))


def _fill(body: object) -> Step:
    return Fill(parts.pairs(body, parts.constant, "{country: unknown, quantity: 0}"))


def _fill_forward(body: object) -> Step:
    if not isinstance(body, Mapping):
        return FillForward(parts.names(body))
    keys = parts.Below(body, "fill_forward", {"columns": True, "by": False, "order": False})
    return FillForward(
        columns=keys.read("columns", parts.names),
        by=keys.read("by", parts.names, ()),
        order=keys.read("order", read_column_name, None),
    )


def _split(body: object) -> Step:
    keys = parts.Below(body, "split", {"column": True, "between": True, "into": True})
    return Split(
        keys.read("column", read_column_name),
        keys.read("between", parts.some_text),
        keys.read("into", parts.names),
    )


def _parse(body: object) -> Step:
    keys = parts.Below(body, "parse", {"column": True, "formats": True, "as": False})
    return Parse(
        keys.read("column", read_column_name),
        keys.read("as", _dated, Type("timestamp")),
        keys.read("formats", _formats),
    )


def _formats(value: object) -> tuple[str, ...]:
    found = parts.texts(value)
    for each in found:
        if "%" not in each:
            what = f"{show(each)} has none of the parts of a time"
            raise Wrong(what, "write %Y, %m, %d, %H, %M, %S for them, as in '%d.%m.%Y %H:%M'")
    return found


def _clean(body: object) -> Step:
    keys = parts.Below(body, "clean", {"columns": True, "how": True})
    return Clean(keys.read("columns", parts.names), keys.read("how", _cleanings))


def _map(body: object) -> Step:
    named = {"column": True, "values": True, "missing": False, "otherwise": False}
    keys = parts.Below(body, "map", named)
    return MapValues(
        column=keys.read("column", read_column_name),
        values=keys.read("values", lambda value: parts.pairs(value, parts.word, "{DE: Germany}")),
        missing=keys.read("missing", parts.word_of(Missing), Missing.KEEP),
        otherwise=keys.read("otherwise", parts.word, None),
    )


def _explode(body: object) -> Step:
    if not isinstance(body, Mapping):
        return Explode(read_column_name(body))
    keys = parts.Below(body, "explode", {"column": True, "into": False, "empty": False})
    empty = keys.read("empty", parts.word_of(Missing), Missing.KEEP)
    if empty is Missing.REFUSE:
        raise Wrong("empty: refuse is not known", "write keep or filter", ("empty",))
    return Explode(
        keys.read("column", read_column_name),
        keys.read("into", read_column_name, None),
        keep_empty=empty is Missing.KEEP,
    )


def _dedupe(body: object) -> Step:
    keys = parts.Below(body, "dedupe", {"by": True, "keep": False, "across": False})
    keep, latest = keys.read("keep", _keep, (Keep.FIRST, None))
    across = keys.read("across", parts.across, default=False)
    return Dedupe(keys.read("by", parts.names), keep, latest, across)


def _aggregate(body: object) -> Step:
    keys = parts.Below(body, "aggregate", {"by": True, "columns": True})
    columns = keys.read(
        "columns", lambda value: parts.pairs(value, parts.grouped, "{revenue: sum(total)}")
    )
    return Aggregate(keys.read("by", parts.names), columns)


def _join(body: object) -> Step:
    known = {"table": False, "file": False, "on": True, "take": True, "missing": False}
    keys = parts.Below(body, "join", known)
    table = keys.read("table", read_name, None)
    file = keys.read("file", parts.some_text, None)
    if (table is None) == (file is None):
        raise Wrong("join takes a table of the lake or a file", "write one of table: and file:")
    return Join(
        on=keys.read("on", _same, ()),
        take=keys.read("take", _same, ()),
        table=table,
        file=file,
        missing=keys.read("missing", parts.word_of(Missing), Missing.KEEP),
    )


def _flatten(body: object) -> Step:
    if not isinstance(body, Mapping):
        return Flatten(parts.names(body))
    keys = parts.Below(body, "flatten", {"columns": True, "between": False})
    return Flatten(keys.read("columns", parts.names), keys.read("between", read_text, "_"))


def _protect(body: object) -> Step:
    known = {"columns": True, "by": True, "secret": False, "keep": False}
    keys = parts.Below(body, "protect", known)
    by = keys.read("by", parts.word_of(Protection), Protection.MASK)
    secret = keys.read("secret", _variable, None)
    if (by is Protection.MASK) != (secret is None):
        what = "a mask has no secret" if secret else f"a {by} is made with a secret"
        raise Wrong(what, "write secret: NAME, the name of an environment variable")
    keep = keys.read("keep", parts.count, 0)
    return Protect(keys.read("columns", parts.names), by, secret, keep)


def _variable(value: object) -> str:
    """The name of an environment variable. No message repeats it: it may be the secret itself."""
    name = parts.some_text(value)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        what = "what stands there is no name of an environment variable"
        raise Wrong(what, "write the name, such as EMAIL_SALT, and put the secret in the variable")
    return name


def _sql(body: object) -> Step:
    return Query(parts.question(body))


_READERS: Mapping[str, Callable[[object], Step]] = {
    "rename": _rename,
    "select": _select,
    "drop": _drop,
    "cast": _cast,
    "derive": _derive,
    "filter": _filter,
    "fill": _fill,
    "fill_forward": _fill_forward,
    "split": _split,
    "parse": _parse,
    "clean": _clean,
    "map": _map,
    "explode": _explode,
    "dedupe": _dedupe,
    "aggregate": _aggregate,
    "join": _join,
    "flatten": _flatten,
    "protect": _protect,
    "sql": _sql,
}


def _type(value: object) -> Type:
    return parse_type(read_text(value))


def _dated(value: object) -> Type:
    kind = _type(value)
    if kind.kind not in _DATED:
        raise Wrong(f"{kind} is no date and no time", f"write {' or '.join(_DATED)}")
    return kind


def _cleanings(body: object) -> tuple[Cleaning, ...]:
    listed = body if isinstance(body, list) else [body]
    return tuple(read_one_of(each, choices=Cleaning) for each in listed)


def _keep(value: object) -> tuple[Keep, str | None]:
    word, _, column = read_text(value).strip().partition(" ")
    keep = read_one_of(word, choices=Keep)
    if (keep is Keep.LATEST) != bool(column.strip()):
        raise Wrong(
            f"{show(value)} does not say which row stays", "write first, last, or latest COLUMN"
        )
    return keep, column.strip() or None


def _same(value: object) -> tuple[tuple[str, str], ...]:
    """Columns under the same name here and there, or `{here: there}`."""
    if isinstance(value, Mapping):
        return parts.pairs(value, read_column_name, "{customer_id: id}")
    return tuple((name, name) for name in parts.names(value))
