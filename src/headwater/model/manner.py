"""The manner in which files are spelled: what was found of them, kept to find it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from headwater.model.feed import Format, Place, Selection
from headwater.model.ids import Key

_CHARACTERS = {"\t": "tab", " ": "blank", "": "none"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one file is spelled, or all files of a manifest that are spelled so.

    What a text does not show is None: one without a quote says nothing of its quotes.
    """

    format: Format
    encoding: str | None = None  # of text
    delimiter: str | None = None  # of delimited text, as are the next six
    quote: str | None = None  # empty: nothing is quoted
    escape: str | None = None  # empty: a quote in quotes is doubled
    comment: str | None = None
    nulls: tuple[str, ...] = ()
    decimal: str | None = None
    header_rows: int | None = None
    skipped_lines: int = 0  # before the table or the first record
    selection: Selection = field(default_factory=Selection)  # of other formats
    first: Key | None = None  # the first file that is so
    files: int = 1  # how many are


def gathered(manners: Iterable[tuple[Key, Manner]]) -> tuple[Manner, ...]:
    """The manners of many files, each told once, with its first file and their number."""
    met: dict[int, tuple[Key, Manner, int]] = {}  # most files of a kind have the very same one
    for key, each in manners:
        first, _, times = met.get(id(each), (key, each, 0))
        met[id(each)] = (first, each, times + 1)
    found: dict[Manner, Manner] = {}
    for key, each, times in met.values():
        same = replace(each, first=None, files=1)
        known = found.get(same)
        first, files = (known.first or key, known.files) if known else (key, 0)
        found[same] = replace(same, first=first, files=files + each.files * times)
    return tuple(found.values())


def customary(manners: Iterable[Manner]) -> Manner | None:
    """The manner that most files have."""
    return max(manners, key=lambda each: each.files, default=None)


def in_words(manner: Manner) -> str:
    """A manner as a person tells it, shortly."""
    words = [manner.format.value]
    if manner.encoding not in {None, "utf-8"}:
        words.append(str(manner.encoding))
    if manner.delimiter is not None:
        words.append(f"delimiter {_shown(manner.delimiter)}")
    if manner.quote not in {None, '"'}:
        words.append(f"quote {_shown(manner.quote or '')}")
    if manner.escape:
        words.append(f"escape {_shown(manner.escape)}")
    if manner.header_rows is not None and manner.header_rows != 1:
        words.append(_heads(manner.header_rows))
    return ", ".join(words)


def differences(found: Manner, usual: Manner) -> tuple[str, ...]:
    """What of a file is clearly otherwise than its feed's other files have it, in words."""
    told = (
        f"{what} where the feed's files have {other}" for what, other in _differences(found, usual)
    )
    return tuple(told)


def _differences(found: Manner, usual: Manner) -> Iterator[tuple[str, str]]:
    if found.format is not usual.format:
        yield f"format {found.format}", usual.format.value
    if found.encoding and usual.encoding and found.encoding != usual.encoding:
        yield f"encoding {found.encoding}", usual.encoding
    for name in ("delimiter", "quote", "escape"):
        mine, theirs = getattr(found, name), getattr(usual, name)
        if mine is not None and theirs is not None and mine != theirs:
            yield f"{name} {_shown(mine)}", _shown(theirs)
    mine, theirs = found.header_rows, usual.header_rows
    if mine is not None and theirs is not None and mine != theirs:
        yield _heads(mine), _heads(theirs)
    yield from _otherwise_placed(found.selection, usual.selection)


def _otherwise_placed(found: Selection, usual: Selection) -> Iterator[tuple[str, str]]:
    for name in ("row", "sheet", "pattern", "dump_table"):
        mine, theirs = getattr(found, name), getattr(usual, name)
        if mine and theirs and mine != theirs:
            yield f"{name.replace('_', ' ')} {mine}", theirs
    if found.columns and usual.columns:
        others = {each.name: each for each in usual.columns}
        names = [each.name for each in found.columns]
        if names != list(others):
            yield f"columns {', '.join(names)}", ", ".join(others)
        for each in found.columns:
            other = others.get(each.name)
            if other is not None and other.start != each.start:
                yield f"column {_place(each)}", _place(other)


def _heads(rows: int) -> str:
    return {0: "no header", 1: "one header row"}.get(rows, f"{rows} header rows")


def _place(place: Place) -> str:
    end = f" to {place.start + place.length - 1}" if place.length else ""
    return f"{place.name} at {place.start}{end}"


def _shown(text: str) -> str:
    return _CHARACTERS.get(text) or f"`{text if text.isprintable() else ascii(text)[1:-1]}`"
