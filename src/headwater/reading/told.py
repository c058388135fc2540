"""What there is to tell a dialect from: a sample of the text, and what is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headwater.model.manner import Manner


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a dialect beforehand; None is what has to be found."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_rows: int | None = None  # 0: there is none
    skip_lines: int | None = None
    comment: str | None = None
    nulls: tuple[str, ...] | None = None
    decimal: str | None = None
    table_number: int | None = None  # of several tables in one text, from 1
    usual: Manner | None = None  # of the feed's other files: it decides where nothing else does
    columns: tuple[str, ...] = ()  # that are likely to be there
    lenient: bool = False  # names that are no names, or the same, are made so


@dataclass(frozen=True, slots=True)
class Sample:
    """The first bytes of a text, and how to come by its last."""

    text: bytes
    whole: bool
    tail: Callable[[], bytes] | None = None  # of a text that is not whole
