"""Sources sorted by shape: those of one shape are read by one reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from headwater.adapters.duckdb.columns.naming import Pairs, named
from headwater.adapters.duckdb.columns.numbers import Numbers
from headwater.adapters.duckdb.sources.feeding import LINE_DELIMITER
from headwater.adapters.duckdb.sources.lines import head_lines, is_array
from headwater.adapters.duckdb.sources.parquet import parquet_shape
from headwater.adapters.duckdb.sources.relation import Group
from headwater.adapters.duckdb.sources.shape import Shape
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.model.feed import Format
from headwater.reading.dump.tables import DELIMITER as DUMP
from headwater.reading.fixed.rows import DELIMITER as FIXED
from headwater.reading.log.rows import DELIMITER as LOG
from headwater.reading.names import clean_names
from headwater.reading.typed.batches import TYPED
from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.table import DELIMITER as EXCEL

SAMPLE_BYTES = 256 * 1024
_SAMPLE_LINES = 1_000
_MANY_KEYS = 500
_LISTS = {  # read as delimited records, by this mark
    Format.FIXED: FIXED,
    Format.LOG: LOG,
    Format.EXCEL: EXCEL,
    Format.SQLDUMP: DUMP,
}
_SPELLED = frozenset({Format.FIXED, Format.LOG})  # of these, what the source itself spells


def shape_of(connection: duckdb.DuckDBPyConnection, source: Source, rename: Pairs = ()) -> Shape:
    """The shape of one source; Unreadable if its columns cannot be columns."""
    shape = _found(connection, source)
    if not rename:
        return shape
    columns, renamed = named(shape.columns, rename)
    return replace(shape, columns=columns, rename=rename, renamed=renamed)


def _found(connection: duckdb.DuckDBPyConnection, source: Source) -> Shape:
    """The shape of a source with its columns as it calls them."""
    found = source.found
    if found.format is Format.PARQUET or found.format in TYPED:
        return parquet_shape(connection, source)
    if found.format in {Format.JSON, Format.NDJSON}:
        keys, uniform = _sampled_keys(source)
        if is_array(source) and not keys:
            source.way = Way.CAREFUL  # an empty one, or one whose first elements are no records
        return json_shape(keys, uniform=uniform)
    if found.format is Format.XML:
        return json_shape(found.originals, uniform=False, complete=True, texts=True)
    if found.format in _LISTS:
        numbers = source.numbers if found.format in _SPELLED else Numbers()
        return Shape(Format.CSV, found.columns, delimiter=_LISTS[found.format], numbers=numbers)
    dialect = source.dialect
    return Shape(
        Format.CSV,
        found.columns,
        delimiter=dialect.piece_delimiter,
        quote=dialect.quote,
        newline="\n" if dialect.newline == "\r" and source.way is Way.JOINED else dialect.newline,
        nulls=dialect.nulls,
        numbers=source.numbers,
    )


def json_shape(
    keys: Sequence[str],
    *,
    uniform: bool,
    complete: bool = False,
    texts: bool = False,
    rename: Pairs = (),
) -> Shape:
    """The shape of JSON objects with these keys."""
    columns, _ = clean_names(keys) if keys else ((), ())
    columns, renamed = named(columns, rename)
    return Shape(
        Format.NDJSON,
        columns,
        keys=tuple(keys),
        delimiter=LINE_DELIMITER,
        strict=uniform,
        complete=complete,
        texts=texts,
        rename=rename,
        renamed=renamed,
    )


def grouped_by_shape(shaped: Iterable[tuple[Source, Shape]]) -> list[Group]:
    """Groups in the order of their first sources; JSON lines that differ in keys form one."""
    groups: dict[object, Group] = {}
    lines: list[Group] = []
    for source, shape in shaped:
        if shape.json and source.way is not Way.CAREFUL:
            _join(lines, source, shape)
        else:
            key = source.place if source.way is Way.CAREFUL else shape
            groups.setdefault(key, Group(shape, [])).sources.append(source)
    every = [*groups.values(), *lines]
    for group in every:
        group.sources.sort(key=lambda each: (each.way.value, each.place))
    return sorted(every, key=lambda group: min(source.place for source in group.sources))


def _join(groups: list[Group], source: Source, shape: Shape) -> None:
    """Put JSON lines to those whose columns they can share; `Id` and `id` are one column's keys."""
    for group in groups:
        try:
            group.shape = group.shape if shape == group.shape else _both(group.shape, shape)
        except Unreadable:
            continue
        group.sources.append(source)
        return
    groups.append(Group(shape, [source]))


def knows_columns(source: Source, shape: Shape) -> bool:
    """Whether a source that was read has no other columns: its last object may have one more."""
    if not shape.json or shape.strict or shape.complete:
        return True
    small = source.input.size_bytes <= SAMPLE_BYTES and not source.found.wrapping.is_packed
    return small and source.counted is not None and source.counted <= _SAMPLE_LINES


def _both(one: Shape, other: Shape) -> Shape:
    if set(one.keys) == set(other.keys):
        strict, complete = one.strict and other.strict, one.complete and other.complete
        return replace(one, strict=strict, complete=complete)
    keys = tuple(dict.fromkeys((*one.keys, *other.keys)))
    complete = one.complete and other.complete
    return json_shape(keys, uniform=False, complete=complete, rename=one.rename)


def _sampled_keys(source: Source) -> tuple[tuple[str, ...], bool]:
    """The keys of the first objects in order, and whether each of these has all of them."""
    if source.way is Way.CAREFUL:
        return (), False
    content, whole = head_lines(source, SAMPLE_BYTES)
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    keys: dict[str, None] = {}
    sets = set()
    for number, line in enumerate(lines if whole else lines[:-1]):
        if number >= _SAMPLE_LINES and len(keys) < _MANY_KEYS:
            break  # else it may be that every object has others, which is to be known soon
        try:
            each = json.loads(line.decode()) if line.strip() else None
            "".join(each if isinstance(each, dict) else ()).encode()  # half a letter is no key
        except (ValueError, RecursionError):
            continue
        if isinstance(each, dict):
            keys |= dict.fromkeys(each)
            sets.add(frozenset(each))
    return tuple(keys), len(sets) == 1
