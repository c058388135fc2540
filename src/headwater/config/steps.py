"""Steps as the user writes them: one key each, which names the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from headwater.config.mistakes import Path, Wrong, nearest, show
from headwater.config.values import read_column_name, read_one_of, read_text
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
    Keep,
    MapValues,
    Missing,
    Parse,
    Rename,
    Select,
    Split,
    Step,
)
from headwater.model.types import Type, parse_type
from headwater.shape.expression import Misread, read_aggregate, read_expression

_Enum = TypeVar("_Enum", bound=StrEnum)
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
    return _at((str(name),), reader, body)


_Answer = TypeVar("_Answer")


def _at(below: Path, read: Callable[[object], _Answer], value: object) -> _Answer:
    """Read a value, and tell of a mistake in it where it is."""
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(str(wrong), wrong.hint, (*below, *wrong.below)) from None
    except ValueError as error:
        raise Wrong(str(error), None, below) from None


def _rename(body: object) -> Step:
    return Rename(_pairs(body, read_column_name, "{old: new}"))


def _select(body: object) -> Step:
    return Select(_names(body))


def _drop(body: object) -> Step:
    return Drop(_names(body))


def _cast(body: object) -> Step:
    return Cast(_pairs(body, _type, "{amount: bigint}"))


def _derive(body: object) -> Step:
    return Derive(_pairs(body, _expression, "{total: amount * quantity}"))


def _filter(body: object) -> Step:
    return Filter(_expression(body))


def _fill(body: object) -> Step:
    return Fill(_pairs(body, _constant, "{country: unknown, quantity: 0}"))


def _fill_forward(body: object) -> Step:
    if not isinstance(body, Mapping):
        return FillForward(_names(body))
    keys = _Keys(body, "fill_forward", {"columns": True, "by": False, "order": False})
    return FillForward(
        columns=keys.read("columns", _names),
        by=keys.read("by", _names, ()),
        order=keys.read("order", read_column_name, None),
    )


def _split(body: object) -> Step:
    keys = _Keys(body, "split", {"column": True, "between": True, "into": True})
    return Split(
        keys.read("column", read_column_name),
        keys.read("between", _some_text),
        keys.read("into", _names),
    )


def _parse(body: object) -> Step:
    keys = _Keys(body, "parse", {"column": True, "formats": True, "as": False})
    return Parse(
        keys.read("column", read_column_name),
        keys.read("as", _dated, Type("timestamp")),
        keys.read("formats", _texts),
    )


def _clean(body: object) -> Step:
    keys = _Keys(body, "clean", {"columns": True, "how": True})
    return Clean(keys.read("columns", _names), keys.read("how", _cleanings))


def _map(body: object) -> Step:
    named = {"column": True, "values": True, "missing": False, "otherwise": False}
    keys = _Keys(body, "map", named)
    return MapValues(
        column=keys.read("column", read_column_name),
        values=keys.read("values", lambda value: _pairs(value, _word, "{DE: Germany}")),
        missing=keys.read("missing", _word_of(Missing), Missing.KEEP),
        otherwise=keys.read("otherwise", _word, None),
    )


def _explode(body: object) -> Step:
    if not isinstance(body, Mapping):
        return Explode(read_column_name(body))
    keys = _Keys(body, "explode", {"column": True, "into": False, "empty": False})
    empty = keys.read("empty", _word_of(Missing), Missing.KEEP)
    if empty is Missing.REFUSE:
        raise Wrong("empty: refuse is not known", "write keep or filter", ("empty",))
    return Explode(
        keys.read("column", read_column_name),
        keys.read("into", read_column_name, None),
        keep_empty=empty is Missing.KEEP,
    )


def _dedupe(body: object) -> Step:
    keys = _Keys(body, "dedupe", {"by": True, "keep": False, "across": False})
    keep, latest = keys.read("keep", _keep, (Keep.FIRST, None))
    across = keys.read("across", _across, default=False)
    return Dedupe(keys.read("by", _names), keep, latest, across)


def _aggregate(body: object) -> Step:
    keys = _Keys(body, "aggregate", {"by": True, "columns": True})
    columns = keys.read("columns", lambda value: _pairs(value, _grouped, "{revenue: sum(total)}"))
    return Aggregate(keys.read("by", _names), columns)


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
}
_NOTHING = object()


class _Keys:
    """The keys below a step."""

    def __init__(self, body: object, step: str, known: Mapping[str, bool]) -> None:
        """Take what is written, and which keys there may be, or must be."""
        listed = ", ".join(known)
        if not isinstance(body, Mapping):
            raise Wrong(f"{step} takes keys", f"write {{{listed}}}")
        for key in body:
            if key not in known:
                meant = nearest(str(key), known)
                guess = f"did you mean {meant}? " if meant else ""
                what = f"{step} has no key {show(key)}"
                raise Wrong(what, f"{guess}its keys are {listed}", (str(key),))
        for key, needed in known.items():
            if needed and key not in body:
                raise Wrong(f"{step} lacks {key}", f"its keys are {listed}")
        self._body = body

    def read(
        self, key: str, read: Callable[[object], _Answer], default: object = _NOTHING
    ) -> _Answer:
        """The value of a key, or the default where it is not written."""
        if key not in self._body and default is not _NOTHING:
            return default  # type: ignore[return-value]
        return _at((key,), read, self._body[key])


def _pairs(
    body: object, read: Callable[[object], _Answer], such_as: str
) -> tuple[tuple[str, _Answer], ...]:
    if not isinstance(body, Mapping) or not body:
        raise Wrong("names with values are expected", f"write {such_as}")
    return tuple(
        (read_column_name(str(name)), _at((str(name),), read, value))
        for name, value in body.items()
    )


def _names(body: object) -> tuple[str, ...]:
    listed = body if isinstance(body, list) else [body]
    if not listed:
        raise Wrong("no column is named", "name one")
    names = tuple(read_column_name(each) for each in listed)
    for name in names:
        if [each.lower() for each in names].count(name.lower()) > 1:
            raise Wrong(f"{name} is named twice", "name it once")
    return names


def _texts(body: object) -> tuple[str, ...]:
    listed = body if isinstance(body, list) else [body]
    return tuple(_some_text(each) for each in listed)


def _some_text(value: object) -> str:
    text = read_text(value)
    if not text:
        raise Wrong("it is empty", "write at least one character")
    return text


def _word(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else str(value)
        if isinstance(value, int | float)
        else read_text(value)
    )


def _constant(value: object) -> str:
    """A value as an expression."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = read_text(value).replace("'", "''")
    return f"'{text}'"


def _expression(value: object) -> str:
    text = _constant(value) if isinstance(value, bool | int | float) else read_text(value)
    return _checked(text, read_expression)


def _grouped(value: object) -> str:
    return _checked(read_text(value), read_aggregate)


def _checked(text: str, read: Callable[[str], object]) -> str:
    try:
        read(text)
    except Misread as wrong:
        raise Wrong(f"{show(text)}: {wrong.what}", wrong.hint) from None
    return text


def _type(value: object) -> Type:
    return parse_type(read_text(value))


def _dated(value: object) -> Type:
    kind = _type(value)
    if kind.kind not in _DATED:
        raise Wrong(f"{kind} is no date and no time", f"write {' or '.join(_DATED)}")
    return kind


def _word_of(choices: type[_Enum]) -> Callable[[object], _Enum]:
    return lambda value: read_one_of(value, choices=choices)


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


def _across(value: object) -> bool:
    text = read_text(value)
    if text not in {"batch", "table"}:
        raise Wrong(f"{show(text)} is neither batch nor table", "write batch or table")
    return text == "table"
