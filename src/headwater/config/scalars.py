"""Names and values, written so that YAML reads them back letter by letter."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE_VALUE = re.compile(r"[A-Za-z_][\w./*-]*", re.ASCII)
_BARE_TYPE = re.compile(r"[a-z][a-z0-9_(),<> ]*(?<! )")
_BARE_CALL = re.compile(r"[a-z]+\([A-Za-z_][A-Za-z0-9_]*\)")
_MISREAD = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def key(text: str) -> str:
    """A key, or the name of a column: never the environment's."""
    bare = _BARE.fullmatch(text) and text.lower() not in _MISREAD
    return text if bare else _quoted(text)


def value(text: str) -> str:
    """A value; the environment has no say in it."""
    return _quoted(text.replace("${", "$${"))


def written(thing: object) -> str:
    """A value of any kind that YAML has, in one line."""
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, Mapping):
        return f"{{{', '.join(f'{key(str(name))}: {written(of)}' for name, of in thing.items())}}}"
    if isinstance(thing, list | tuple):
        return f"[{', '.join(map(written, thing))}]"
    return value(thing) if isinstance(thing, str) else str(thing)


def column_type(text: str, *, among_others: bool = False) -> str:
    """A column's type; among others in { }, where a comma ends it."""
    if among_others and "," in text:
        return f'"{text}"'
    return text if _BARE_TYPE.fullmatch(text) else value(text)


def expression(text: str) -> str:
    """A partition's expression."""
    return text if _BARE_CALL.fullmatch(text) else key(text) if "$" not in text else value(text)


def escaped(letter: str) -> str:
    """A letter that does not print, as double quotes hold it."""
    return f"\\U{ord(letter):08x}"


def _quoted(text: str) -> str:
    if _BARE_VALUE.fullmatch(text):
        return text if text.lower() not in _MISREAD else f'"{text}"'
    letters = (
        json.dumps(letter, ensure_ascii=False)[1:-1] if letter.isprintable() else escaped(letter)
        for letter in text
    )
    return f'"{"".join(letters)}"'
