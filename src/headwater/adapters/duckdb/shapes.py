"""Sources sorted by shape: those of one shape are read by one reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

import duckdb

from headwater.adapters.duckdb import quote
from headwater.adapters.duckdb.fault import first_line
from headwater.adapters.duckdb.feeding import LINE_DELIMITER
from headwater.adapters.duckdb.relation import Group, Shape
from headwater.adapters.duckdb.source import Source, Way
from headwater.model.feed import Format
from headwater.reading.dump.tables import DELIMITER as DUMP
from headwater.reading.fixed.rows import DELIMITER as FIXED
from headwater.reading.log.rows import DELIMITER as LOG
from headwater.reading.names import clean_names
from headwater.reading.packing.wrapping import text_head
from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.table import DELIMITER as EXCEL

SAMPLE_BYTES = 256 * 1024
_SAMPLE_LINES = 1_000
_OBJECTS = frozenset({Format.XML, Format.AVRO, Format.ORC})  # read as objects of JSON
_LISTS = {  # read as delimited records, by this mark
    Format.FIXED: FIXED,
    Format.LOG: LOG,
    Format.EXCEL: EXCEL,
    Format.SQLDUMP: DUMP,
}


def shape_of(connection: duckdb.DuckDBPyConnection, source: Source) -> Shape:
    """The shape of one source; Unreadable if its columns cannot be columns."""
    found = source.found
    if found.format is Format.PARQUET:
        return _parquet(connection, source)
    if found.format in {Format.JSON, Format.NDJSON}:
        keys, uniform = _sampled_keys(source)
        return json_shape(keys, uniform=uniform)
    if found.format in _OBJECTS:
        return json_shape(found.originals, uniform=False, texts=found.format is Format.XML)
    if found.format in _LISTS:
        return Shape(Format.CSV, found.columns, delimiter=_LISTS[found.format])
    dialect = source.dialect
    return Shape(
        Format.CSV,
        found.columns,
        delimiter=dialect.piece_delimiter,
        quote=dialect.quote,
        newline="\n" if dialect.newline == "\r" and source.way is Way.JOINED else dialect.newline,
    )


def json_shape(keys: Sequence[str], *, uniform: bool, texts: bool = False) -> Shape:
    """The shape of JSON objects with these keys."""
    columns, _ = clean_names(keys) if keys else ((), ())
    return Shape(
        Format.NDJSON,
        columns,
        keys=tuple(keys),
        delimiter=LINE_DELIMITER,
        strict=uniform,
        texts=texts,
    )


def grouped_by_shape(shaped: Iterable[tuple[Source, Shape]]) -> list[Group]:
    """Groups in the order of their first sources; JSON lines that differ in keys form one."""
    groups: dict[object, Group] = {}
    for source, shape in shaped:
        lines = shape.json and source.way is not Way.CAREFUL
        key = source.place if source.way is Way.CAREFUL else (Format.NDJSON if lines else shape)
        group = groups.setdefault(key, Group(shape, []))
        group.sources.append(source)
        if lines and shape != group.shape:
            group.shape = _both(group.shape, shape)
    for group in groups.values():
        group.sources.sort(key=lambda each: (each.way.value, each.place))
    return list(groups.values())


def _both(one: Shape, other: Shape) -> Shape:
    if set(one.keys) == set(other.keys):
        return replace(one, strict=one.strict and other.strict)
    keys = tuple(dict.fromkeys((*one.keys, *other.keys)))
    return json_shape(keys, uniform=False)


def _sampled_keys(source: Source) -> tuple[tuple[str, ...], bool]:
    """The keys of the first objects in order, and whether each of these has all of them."""
    if source.way is Way.CAREFUL:
        return (), False
    content, whole = text_head(source.path, source.found.wrapping, SAMPLE_BYTES)
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    keys: dict[str, None] = {}
    sets = set()
    for line in islice(lines if whole else lines[:-1], _SAMPLE_LINES):
        try:
            each = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(each, dict):
            keys |= dict.fromkeys(each)
            sets.add(frozenset(each))
    return tuple(keys), len(sets) == 1


def _parquet(connection: duckdb.DuckDBPyConnection, source: Source) -> Shape:
    path = quote.text(str(source.path))
    try:
        rows = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({path}, hive_partitioning = false)"
        ).fetchall()
        counted = connection.execute(
            f"SELECT num_rows FROM parquet_file_metadata({path})"
        ).fetchone()
    except duckdb.Error as error:
        raise Unreadable("parquet", f"it is no sound Parquet file: {first_line(error)}") from error
    source.counted = int(counted[0]) if counted else 0
    keys = tuple(row[0] for row in rows)
    columns, notes = clean_names(keys)
    source.notes += notes
    return Shape(Format.PARQUET, columns, keys=keys, natives=tuple(row[1] for row in rows))
