"""The JSON form of model values: the same in the ledger, the table log and the command line."""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from pathlib import Path, PurePath
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from headwater.errors import HeadwaterError

T = TypeVar("T")


class Misshapen(ValueError):
    """Plain data is not the value it is read as; the message says where and why."""

    def __init__(self, why: str, *where: str) -> None:
        """Take what is wrong and the path to it, outermost step first."""
        self.why = why
        self.where = where
        super().__init__(f"{''.join(where).lstrip('.') or 'the value'}: {why}")

    def below(self, step: str) -> Misshapen:
        """The same fault, seen from one level up."""
        return Misshapen(self.why, step, *self.where)


def to_plain(value: object) -> Any:
    """Spell a value in dicts, lists, text and numbers.

    Times become ISO 8601 in UTC with a Z, durations seconds, enums their value.
    """
    kind: Any = type(value)
    return _writer(kind)(value)


def from_plain(kind: type[T], plain: Any) -> T:
    """Read a value back; Misshapen if anything is unknown, missing or of another type.

    A missing field takes its default, so that what an earlier version wrote stays readable.
    """
    hint: Any = kind
    value: T = _reader(hint)(plain)
    return value


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        tag = getattr(kind, "TAG", None)

        def write_fields(value: Any) -> dict[str, Any]:
            return {name: to_plain(getattr(value, name)) for name in names}

        return write_fields if tag is None else lambda value: {tag: write_fields(value)}
    for parent, write in _WRITERS:
        if issubclass(kind, parent):
            return write
    raise TypeError(f"a {kind.__name__} has no JSON form")


def _as_it_is(value: Any) -> Any:
    return value


def _write_float(value: float) -> float:
    if not math.isfinite(value):
        raise Misshapen(f"{value} has no JSON form")
    return value


def _write_time(value: datetime) -> str:
    if value.tzinfo is None:
        raise Misshapen(f"{value} has no time zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write_duration(value: timedelta) -> int | float:
    if value.microseconds == 0:
        return value.days * 86_400 + value.seconds
    return value.total_seconds()


def _write_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    written = {to_plain(name): to_plain(item) for name, item in value.items()}
    for name in written:
        if not isinstance(name, str):
            raise Misshapen(f"{name!r} is not text, as a JSON key must be")
    return written


def _write_items(value: Sequence[Any]) -> list[Any]:
    return [to_plain(item) for item in value]


_WRITERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Enum, attrgetter("value")),  # before str: a StrEnum is both
    (str, _as_it_is),
    (int, _as_it_is),
    (types.NoneType, _as_it_is),
    (float, _write_float),
    (datetime, _write_time),
    (timedelta, _write_duration),
    (Mapping, _write_mapping),
    (tuple, _write_items),
    (list, _write_items),
    (PurePath, str),
    (HeadwaterError, attrgetter("document")),
)


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, NewType):
        return _reader(hint.__supertype__)
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _optional_reader(hint)
    if origin is tuple:
        return _tuple_reader(get_args(hint))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(*get_args(hint))
    return _single_reader(hint)


def _single_reader(hint: Any) -> Callable[[Any], Any]:
    if is_dataclass(hint):
        tag = getattr(hint, "TAG", None)
        if tag is not None:
            return _tagged_reader({tag: hint})
        return lambda plain: _read_fields(hint, plain)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda plain: _read_enum(hint, plain)
    if hint in _READERS:
        return _READERS[hint]
    raise TypeError(f"{hint} has no JSON form")


def _optional_reader(hint: Any) -> Callable[[Any], Any]:
    kinds = [kind for kind in get_args(hint) if kind is not types.NoneType]
    tagged = {kind.TAG: kind for kind in kinds if hasattr(kind, "TAG")}
    if len(tagged) == len(get_args(hint)):
        return _tagged_reader(tagged)
    if len(kinds) != 1:
        raise TypeError(f"{hint} has no JSON form: which of them is meant cannot be told")
    read = _reader(kinds[0])
    return lambda plain: None if plain is None else read(plain)


def _tagged_reader(kinds: Mapping[str, Any]) -> Callable[[Any], Any]:
    """One of several kinds, each written below a key of its own."""

    def read(plain: Any) -> Any:
        _require_object(plain)
        if len(plain) != 1 or (tag := next(iter(plain))) not in kinds:
            raise Misshapen(f"{', '.join(plain) or 'nothing'} is not one of {', '.join(kinds)}")
        return _read_step(f".{tag}", partial(_read_fields, kinds[tag]), plain[tag])

    return read


def _tuple_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    repeated = len(kinds) == 2 and kinds[1] is Ellipsis  # noqa: PLR2004 - tuple[kind, ...] has two arguments
    readers = [_reader(kind) for kind in kinds if kind is not Ellipsis]

    def read(plain: Any) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise Misshapen(f"{plain!r} is not a list")
        if not repeated and len(plain) != len(readers):
            raise Misshapen(f"{len(readers)} items are expected, not {len(plain)}")
        each = readers * len(plain) if repeated else readers
        return tuple(
            _read_step(f"[{number}]", each[number], item) for number, item in enumerate(plain)
        )

    return read


def _mapping_reader(name_kind: Any, item_kind: Any) -> Callable[[Any], Any]:
    read_name, read_item = _reader(name_kind), _reader(item_kind)

    def read(plain: Any) -> dict[Any, Any]:
        _require_object(plain)
        return {
            _read_step(f"[{name!r}]", read_name, name): _read_step(f"[{name!r}]", read_item, item)
            for name, item in plain.items()
        }

    return read


def _read_fields(kind: Any, plain: Any) -> Any:
    _require_object(plain)
    readers, required = _fields(kind)
    gone: frozenset[str] = getattr(kind, "GONE", frozenset())  # fields of earlier versions
    if gone & plain.keys():
        plain = {name: item for name, item in plain.items() if name not in gone}
    if unknown := plain.keys() - readers.keys():
        raise Misshapen(f"{kind.__name__} has no {', '.join(sorted(map(repr, unknown)))}")
    if missing := required - plain.keys():
        raise Misshapen(f"{kind.__name__} lacks {', '.join(sorted(map(repr, missing)))}")
    return kind(
        **{name: _read_step(f".{name}", readers[name], item) for name, item in plain.items()}
    )


@cache
def _fields(kind: Any) -> tuple[dict[str, Callable[[Any], Any]], frozenset[str]]:
    hints = get_type_hints(kind)
    required = frozenset(
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    )
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}, required


def _read_step(step: str, read: Callable[[Any], Any], plain: Any) -> Any:
    try:
        return read(plain)
    except Misshapen as cause:
        raise cause.below(step) from None


def _require_object(plain: Any) -> None:
    if not isinstance(plain, dict):
        raise Misshapen(f"{plain!r} is not an object")


def _read_enum(kind: type[Enum], plain: Any) -> Enum:
    try:
        return kind(plain)
    except ValueError:
        known = ", ".join(repr(member.value) for member in kind)
        raise Misshapen(f"{plain!r} is not one of {known}") from None


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:  # a bool is an int to isinstance, and a mistake here
            raise Misshapen(f"{plain!r} is not {_NAMES[kind]}")
        return plain

    return read


def _read_number(plain: Any) -> float:
    if type(plain) not in {int, float}:
        raise Misshapen(f"{plain!r} is not a number")
    return float(plain)


def _read_time(plain: Any) -> datetime:
    if not isinstance(plain, str) or not plain.endswith("Z"):
        raise Misshapen(f"{plain!r} is not a time in UTC, such as 2025-04-02T06:00:00Z")
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        raise Misshapen(f"{plain!r} is not a time in UTC, such as 2025-04-02T06:00:00Z") from None


_NAMES = {str: "text", int: "a whole number", bool: "true or false", types.NoneType: "null"}
_READERS: dict[Any, Callable[[Any], Any]] = {
    Any: _as_it_is,
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    types.NoneType: _exactly(types.NoneType),
    float: _read_number,
    datetime: _read_time,
    timedelta: lambda plain: timedelta(seconds=_read_number(plain)),
    Path: lambda plain: Path(_exactly(str)(plain)),
}
