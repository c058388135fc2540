"""The manner of a file, taken from what it was found to be."""

from __future__ import annotations

from headwater.model.feed import Format, Place, Selection
from headwater.model.manner import Manner
from headwater.reading.dump.tables import DumpTable
from headwater.reading.fixed.declared import FixedLayout
from headwater.reading.found import Found
from headwater.reading.json.wrapped import Wrapped
from headwater.reading.log.patterns import LogPattern

_BINARY = frozenset({Format.PARQUET, Format.AVRO, Format.ORC, Format.EXCEL})
_QUOTE = '"'  # taken where nothing shows
_OWN_PATTERN = "pattern"  # the name of one that the feed spells out


def manner_of(found: Found) -> Manner:
    """How the file is spelled, as far as it shows."""
    encoding = None if found.format in _BINARY else found.wrapping.encoding
    dialect = found.dialect
    if dialect is None:
        return Manner(
            found.format,
            encoding,
            skipped_lines=found.rows.first_line - 1 if isinstance(found.rows, FixedLayout) else 0,
            selection=_selection(found),
        )
    return Manner(
        found.format,
        encoding,
        delimiter=dialect.delimiter if len(found.columns) > 1 else None,
        quote=dialect.quote if dialect.shows_quote or dialect.quote != _QUOTE else None,
        escape=dialect.escape if dialect.shows_quote or dialect.escape else None,
        comment=dialect.comment or None,
        nulls=dialect.nulls,
        decimal=None if dialect.decimal == "." else dialect.decimal,
        header_rows=dialect.heads,
        skipped_lines=dialect.skip_lines,
    )


def _selection(found: Found) -> Selection:
    match found.rows:
        case FixedLayout() as layout:  # each file is drawn as wide as its own values are
            return Selection(columns=() if layout.ruler else _places(layout))
        case LogPattern() as pattern:
            return Selection(pattern=None if pattern.name == _OWN_PATTERN else pattern.name)
        case DumpTable() as table:
            return Selection(dump_table=table.name)
        case Wrapped() as wrapped:
            return Selection(row=wrapped.name)
        case Selection() as chosen:
            return chosen
    return Selection()


def _places(layout: FixedLayout) -> tuple[Place, ...]:
    """Where the columns are; the last has no length where it goes up to the end of any line."""
    names = layout.originals or tuple(column.name for column in layout.columns)
    even = layout.longest if layout.longest == layout.shortest else None
    return tuple(
        Place(name, column.start + 1, column.width or (even or column.start) - column.start)
        for name, column in zip(names, layout.columns, strict=True)
    )
