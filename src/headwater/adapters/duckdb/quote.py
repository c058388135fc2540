"""How names and values are spelled in SQL text: one function each."""

from __future__ import annotations

from collections.abc import Iterable


def name(identifier: str) -> str:
    """An identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal."""
    if "\0" in value:
        return " || chr(0) || ".join(text(piece) for piece in value.split("\0"))
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A list of text literals."""
    return "[" + ", ".join(text(value) for value in values) + "]"


def struct(fields: Iterable[tuple[str, str]]) -> str:
    """A struct of literals, as read_csv takes its columns."""
    return "{" + ", ".join(f"{name(key)}: {value}" for key, value in fields) + "}"
