"""A feed that says itself what a sample showed, so that it is fixed from there on."""

from __future__ import annotations

from dataclasses import replace

from headwater.model.feed import DecimalMark, Feed, Format, Place, Selection
from headwater.model.manner import Manner

_DELIMITED = frozenset({Format.CSV, Format.TSV})
_MOST_SKIPPED = 1_000


def confirmed(feed: Feed, manner: Manner) -> Feed:
    """The feed with all that a file of that manner has and that is not the default."""
    feed = replace(feed, format=manner.format)
    if manner.encoding not in {None, "utf-8"} and manner.format is not Format.XML:
        feed = replace(feed, encoding=manner.encoding)
    if manner.format in _DELIMITED:
        return _delimited(feed, manner)
    chosen = manner.selection
    if manner.format is Format.FIXED:
        chosen = Selection(columns=_side_by_side(chosen.columns))
        skip = manner.skipped_lines if chosen.columns else 0
        feed = replace(feed, skip=skip or None)
    return replace(feed, selection=chosen)


def _delimited(feed: Feed, manner: Manner) -> Feed:
    usual = "\t" if manner.format is Format.TSV else ","
    mark = manner.delimiter or usual
    unusual = mark != usual and not any(letter.isalnum() for letter in mark)
    few = 0 < manner.skipped_lines <= _MOST_SKIPPED
    return replace(
        feed,
        delimiter=mark if unusual else feed.delimiter,
        quote=manner.quote if manner.quote not in {None, '"'} else feed.quote,
        escape=manner.escape or feed.escape,
        comment=manner.comment or feed.comment,
        nulls=manner.nulls or feed.nulls,
        decimal=DecimalMark.COMMA if manner.decimal == "," else feed.decimal,
        header=manner.header_rows if manner.header_rows != 1 else feed.header,
        skip=manner.skipped_lines if few else feed.skip,
    )


def _side_by_side(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Columns without gaps, so that no text can stand between them unseen.

    None, where the last goes up to the end of lines that are not of one length.
    """
    if not places or not places[-1].length:
        return ()
    starts = [1, *(place.start for place in places[1:])]
    behind = [*starts[1:], places[-1].start + places[-1].length]
    return tuple(
        Place(place.name, start, end - start)
        for place, start, end in zip(places, starts, behind, strict=True)
    )
