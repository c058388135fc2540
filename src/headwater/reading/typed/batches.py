"""Rows with types of their own, and what takes them from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from headwater.errors import MissingExtra
from headwater.model.feed import Format

TYPED = frozenset({Format.AVRO, Format.ORC})
_EXTRAS = {Format.AVRO: ("Avro", "avro"), Format.ORC: ("ORC", "arrow")}


@dataclass(frozen=True, slots=True)
class TypedRows:
    """The rows of one file, some thousands at a time."""

    schema: Any  # of Arrow
    count: int  # how many rows there are, known without reading them
    batches: Iterator[Any]  # of Arrow


class TypedReader(Protocol):
    """A module of this room that reads one format."""

    def columns_of(self, path: Path) -> tuple[str, ...]:
        """The names of a file's columns, in their order. Unreadable."""
        ...

    def typed_rows(
        self, path: Path, names: Sequence[str], texts: frozenset[str] = frozenset()
    ) -> TypedRows:
        """All its rows under these names; times of columns in `texts` as text.

        While rows are taken, Unreadable tells where the damage is, and TooFine which
        column has to be among the texts.
        """
        ...


def typed_reader(form: Format) -> TypedReader:
    """What reads the format; MissingExtra, if what that stands on is not installed."""
    try:
        return cast("TypedReader", import_module(f"headwater.reading.typed.{form.value}"))
    except ImportError as cause:
        name, extras = _EXTRAS[form]
        raise MissingExtra(
            f"to read {name} files takes {cause.name}, which is not installed",
            hint=f"pip install 'headwater[{extras}]'",
        ) from cause
