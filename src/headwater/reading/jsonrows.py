"""Where the records of a JSON text are: in its lines, or in a list that is wrapped up in it."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.model.feed import Format
from headwater.reading.found import Found, overruled
from headwater.reading.json.wrapped import (
    ListFound,
    Wrapped,
    list_named,
    list_of_records,
    lists_in,
)
from headwater.reading.textkind import Text
from headwater.reading.unreadable import Unreadable

_SHOWN = 8


def lists_of(letters: str, found: Format) -> tuple[ListFound, ...]:
    """The lists in a JSON text that is one object; none in lines of which each is a record."""
    one = found is Format.JSON or "\n" not in letters.strip()
    return lists_in(letters) if one else ()


def wrapped_of(text: Text, lists: tuple[ListFound, ...], columns: tuple[str, ...]) -> Found | None:
    """What a JSON text is that is one object with a list of records in it; None if it is not.

    Unreadable: its feed says in which list they are, and it has none.
    """
    if text.declared is Format.NDJSON:
        return None
    wanted, usual = text.selection.row, _usual_row(text)
    if wanted is not None:
        chosen = list_named(lists, wanted)
        if chosen is None:
            raise Unreadable("json", f"it has no list {wanted}, which is to hold its rows")
        return _found(text, chosen, "as it is declared", Wrapped(chosen.path, any_beside=True))
    if usual is not None and (chosen := list_named(lists, usual)) is not None:
        return _found(text, chosen, "as in the feed's other files", _taken(chosen))
    if (chosen := list_of_records(lists, columns)) is not None:
        why = "beside which nothing is a record's own"
        return _found(text, chosen, why, _taken(chosen), *_left_out(chosen))
    return None


def told_of(lists: tuple[ListFound, ...]) -> tuple[str, ...]:
    """What is to be said of a text that is read as one record, and has lists that may be more."""
    names = [each.name for each in lists if each.of_objects]
    if not names:
        return ()
    return (f"it is one object, and one row; `row: {names[0]}` makes rows of the list in it",)


def _found(text: Text, chosen: ListFound, why: str, wrapped: Wrapped, *notes: str) -> Found:
    return Found(
        Format.JSON,
        text.wrapping.compression,
        notes=(*overruled(text.declared, Format.JSON), *notes),
        reasons=(f"it is one object, and its rows are those of its list {chosen.name}, {why}",),
        rows=wrapped,
    )


def _taken(chosen: ListFound) -> Wrapped:
    return Wrapped(chosen.path, any_beside=chosen.is_collection)


def _left_out(chosen: ListFound) -> Iterator[str]:
    if chosen.beside:
        keys = ", ".join(chosen.beside[:_SHOWN])
        yield f"left out, as it stands beside the rows in {chosen.name}: {keys}"


def _usual_row(text: Text) -> str | None:
    """The list of the feed's other files."""
    usual = text.usual
    return usual.selection.row if usual is not None and usual.format is Format.JSON else None
