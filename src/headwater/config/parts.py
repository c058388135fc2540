"""Parts of steps and checks as the user writes them: keys, names, expressions, constants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from headwater.config.mistakes import Path, Wrong, nearest, show
from headwater.config.values import read_column_name, read_one_of, read_text
from headwater.shape.expression import Misread, read_aggregate, read_expression
from headwater.shape.questions import read_question

Answer = TypeVar("Answer")
_Enum = TypeVar("_Enum", bound=StrEnum)

_NOTHING = object()


class Below:
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
        self, key: str, read: Callable[[object], Answer], default: object = _NOTHING
    ) -> Answer:
        """The value of a key, or the default where it is not written."""
        if key not in self._body and default is not _NOTHING:
            return default  # type: ignore[return-value]
        return at((key,), read, self._body[key])


def pairs(
    body: object, read: Callable[[object], Answer], such_as: str
) -> tuple[tuple[str, Answer], ...]:
    """Names with what stands behind each."""
    if not isinstance(body, Mapping) or not body:
        raise Wrong("names with values are expected", f"write {such_as}")
    return tuple(
        (read_column_name(str(name)), at((str(name),), read, value)) for name, value in body.items()
    )


def names(body: object) -> tuple[str, ...]:
    """One column or several, each once."""
    listed = body if isinstance(body, list) else [body]
    if not listed:
        raise Wrong("no column is named", "name one")
    names = tuple(read_column_name(each) for each in listed)
    for name in names:
        if [each.lower() for each in names].count(name.lower()) > 1:
            raise Wrong(f"{name} is named twice", "name it once")
    return names


def texts(body: object) -> tuple[str, ...]:
    """One text or several."""
    listed = body if isinstance(body, list) else [body]
    return tuple(some_text(each) for each in listed)


def some_text(value: object) -> str:
    """A text of at least one character."""
    text = read_text(value)
    if not text:
        raise Wrong("it is empty", "write at least one character")
    return text


def word(value: object) -> str:
    """A text, or a number or flag as it is written."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return read_text(value)


def constant(value: object) -> str:
    """A value as an expression."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = read_text(value).replace("'", "''")
    return f"'{text}'"


def expression(value: object) -> str:
    """An expression over one row."""
    text = constant(value) if isinstance(value, bool | int | float) else read_text(value)
    return _checked(text, read_expression)


def grouped(value: object) -> str:
    """An expression over a group."""
    return _checked(read_text(value), read_aggregate)


def question(value: object) -> str:
    """A SELECT from the rows."""
    return _checked(read_text(value), read_question)


def _checked(text: str, read: Callable[[str], object]) -> str:
    try:
        read(text)
    except Misread as wrong:
        raise Wrong(f"{show(text)}: {wrong.what}", wrong.hint) from None
    return text


def word_of(choices: type[_Enum]) -> Callable[[object], _Enum]:
    """A reader of one of these words."""
    return lambda value: read_one_of(value, choices=choices)


def at(below: Path, read: Callable[[object], Answer], value: object) -> Answer:
    """Read a value, and tell of a mistake in it where it is."""
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(str(wrong), wrong.hint, (*below, *wrong.below)) from None
    except ValueError as error:
        raise Wrong(str(error), None, below) from None


def across(value: object) -> bool:
    """Whether the rows of the table are looked at beside those of the batch."""
    text = read_text(value)
    if text not in {"batch", "table"}:
        raise Wrong(f"{show(text)} is neither batch nor table", "write batch or table")
    return text == "table"


def regular(value: object) -> str:
    """A regular expression."""
    text = some_text(value)
    try:
        re.compile(text)
    except re.error as error:
        raise Wrong(f"{show(text)} is no regular expression: {error}", "escape it") from None
    return text


def count(value: object) -> int:
    """How many."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Wrong(f"{show(value)} is no count", "write a whole number")
    return value
