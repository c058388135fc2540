"""Which keys go with which formats: a key that would do nothing is a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.model.feed import DecimalMark, Doctype, Feed, Format, Ragged
from headwater.reading.fixed.declared import declared_layout
from headwater.reading.names import clean_names
from headwater.reading.unreadable import Unreadable

_DELIMITED = (Format.CSV, Format.TSV, Format.AUTO)
_LINES = (Format.CSV, Format.TSV, Format.FIXED, Format.AUTO)
_CELLS = (*_LINES, Format.LOG)
_ALONE = (Format.EXCEL, Format.PARQUET, Format.AVRO, Format.ORC)
_TEXTS = tuple(each for each in Format if each not in (*_ALONE, Format.XML))
_PACKED = tuple(each for each in Format if each not in _ALONE)


def misplaced(feed: Feed) -> Iterator[tuple[str, str, str]]:
    """Keys of the feed that its format has no use for: the key, what is wrong, what to do."""
    for key, given, formats in _uses(feed):
        if given and feed.format not in formats:
            words = ", ".join(formats)
            one = words if len(formats) == 1 else f"one of {words}"
            yield (
                key,
                f"it says nothing about format {feed.format}",
                f"leave it out, or make format {one}",
            )
    if feed.format is Format.TSV and feed.delimiter not in {None, "\t"}:
        yield "delimiter", "the delimiter of format tsv is the tab", "make format csv"
    yield from _marks(feed)
    yield from _places(feed)


def _marks(feed: Feed) -> Iterator[tuple[str, str, str]]:
    """Marks that would be taken for one another."""
    if feed.quote and feed.delimiter and feed.quote in feed.delimiter:
        yield "quote", "it is the delimiter, or part of it", "give another quote, or none"
    if feed.escape and feed.delimiter and feed.escape in feed.delimiter:
        yield "escape", "it is the delimiter, or part of it", "give another escape"
    if feed.escape and feed.escape == feed.quote:
        yield "escape", "it is the quote", "write doubled"
    if feed.grouping == (mark := feed.decimal.mark):
        other = "make decimal comma" if feed.decimal is DecimalMark.POINT else "make decimal point"
        yield "grouping", f"numbers have their fraction behind {mark}", f"{other}, or leave it out"


def _uses(feed: Feed) -> Iterator[tuple[str, bool, tuple[Format, ...]]]:
    chosen = feed.selection
    yield "encoding", feed.encoding is not None, _TEXTS
    yield "member", feed.member is not None, _PACKED
    yield "delimiter", feed.delimiter is not None, _DELIMITED
    yield "quote", feed.quote is not None, _DELIMITED
    yield "escape", feed.escape is not None, _DELIMITED
    yield "comment", feed.comment is not None, _DELIMITED
    yield "nulls", feed.nulls is not None, _DELIMITED
    yield "decimal", feed.decimal is not DecimalMark.POINT, _CELLS
    yield "grouping", bool(feed.grouping), _CELLS
    yield "table_number", feed.table_number is not None, _DELIMITED
    yield "header", feed.header is not None, _DELIMITED
    yield "skip", feed.skip is not None, _LINES
    yield "ragged", feed.ragged is not Ragged.QUARANTINE, _LINES
    yield "lenient", feed.lenient, _DELIMITED
    yield "row", chosen.row is not None, (Format.XML, Format.JSON, Format.AUTO)
    yield "doctype", chosen.doctype is not Doctype.REFUSE, (Format.XML, Format.AUTO)
    yield "sheet", chosen.sheet is not None, (Format.EXCEL, Format.AUTO)
    yield "cells", chosen.cells is not None, (Format.EXCEL, Format.AUTO)
    yield "columns", bool(chosen.columns), (Format.FIXED, Format.AUTO)
    yield "pattern", chosen.pattern is not None, (Format.LOG, Format.AUTO)
    yield "dump_table", chosen.dump_table is not None, (Format.SQLDUMP, Format.AUTO)


def _places(feed: Feed) -> Iterator[tuple[str, str, str]]:
    places = feed.selection.columns
    if not places:
        return
    try:
        declared_layout([(each.name, each.start, each.length) for each in places])
        clean_names([each.name for each in places])
    except ValueError as error:
        yield "columns", str(error), "give the columns in their order, each with a place of its own"
    except Unreadable as refusal:
        yield "columns", refusal.cause.message, "give each column a name of its own"
