"""A first guess at the types of a batch, from a few places in a few files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import duckdb

from headwater.adapters.duckdb.batch import Batch
from headwater.adapters.duckdb.columns.exact import TIMES
from headwater.adapters.duckdb.columns.observer import Answers, Observer
from headwater.adapters.duckdb.sources.cells import json_cells
from headwater.adapters.duckdb.sources.feeding import behind_header, table_of
from headwater.adapters.duckdb.sources.lines import head_lines
from headwater.adapters.duckdb.sources.relation import Group
from headwater.adapters.duckdb.sources.source import Source, Way
from headwater.model.feed import Format
from headwater.reading.delimited.soundness import Soundness
from headwater.reading.unreadable import Unreadable

_HEAD_BYTES = 64 * 1024
_COLUMN_BYTES = 128  # of the head, for each column: some twenty rows, however wide they are
_PLACE_BYTES = 8 * 1024
_PLACES = (0.25, 0.5, 0.75, 1.0)
_FILES = 12


def sample(batch: Batch) -> None:
    """Look at samples; what they do not show, the conversion itself finds out."""
    for group in batch.fast:
        if group.shape.format is Format.PARQUET or not _unsettled(batch, group):
            continue
        width, some = len(group.shape.columns), _spread(group.sources)
        pieces = [text for source in some for text in _samples(source, width)]
        try:
            _observe(batch, group, pieces)
        except duckdb.OutOfMemoryException:
            raise  # to go on would only meet it once more
        except duckdb.Error:
            continue  # a damaged record; the conversion will meet it, too


def _unsettled(batch: Batch, group: Group) -> list[int]:
    """Cells whose type is not known, or whose times may have a zone.

    To compile the question costs more than to answer it, so it is asked of no others.
    """
    known = {c.name.lower(): c.type for c in batch.job.table_schema.columns}
    known |= {c.name.lower(): c.type for c in batch.job.feed.schema.columns}
    types = [known.get(name.lower()) for name in group.shape.columns]
    return [i for i, kind in enumerate(types) if kind is None or kind.kind in TIMES]


def _observe(batch: Batch, group: Group, pieces: list[bytes]) -> None:
    shape = group.shape
    every = _unsettled(batch, group)

    def over(ask: Callable[[str], Answers], cells: frozenset[int]) -> Answers:
        stream = batch.reader.stream(iter(pieces), len(pieces))
        relation = batch.reader.text(shape, stream, nulls=shape.nulls)
        if shape.json:
            relation = f"SELECT '' AS _arrival, * FROM ({relation})"
            relation = json_cells(shape, relation, cells, only=cells)
        try:
            return ask(relation)
        finally:
            batch.reader.drop()

    if pieces:
        observer = Observer(
            batch.connection, over, json=shape.json, numbers=shape.numbers, side_by_side=0
        )
        found = observer.observe(every, {})
        batch.add({shape.columns[i].lower(): each for i, each in found.items()})


def _spread(sources: Sequence[Source]) -> list[Source]:
    """Some of the sources, from the first to the last."""
    if len(sources) <= _FILES:
        return list(sources)
    step = len(sources) / _FILES
    return [sources[int(n * step)] for n in range(_FILES)]


def _samples(source: Source, width: int) -> Iterable[bytes]:
    """Whole records of the head, and of a few places where a line's end is a record's end."""
    size = max(_HEAD_BYTES, _COLUMN_BYTES * width)
    try:
        content, whole = head_lines(source, size)
        end = b"\r" if source.dialect.newline == "\r" and source.delimited else b"\n"
        if not whole:
            content = content[: content.rfind(end) + 1]
        if source.delimited and not whole and content.count(source.dialect.quote.encode()) % 2:
            return []
        text = behind_header(source, table_of(source, content, whole=whole))
    except (Unreadable, OSError):
        return []
    if source.delimited and not Soundness(replace(source.dialect, header=False)).update(text):
        return []
    if end == b"\r" and source.way is Way.JOINED:
        text = text.replace(b"\r", b"\n")
    return [text, *_places(source, end)] if text else []


def _places(source: Source, end: bytes) -> Iterable[bytes]:
    if source.way is not Way.DIRECT:
        return
    size = source.input.size_bytes
    with source.path.open("rb") as file:
        for share in _PLACES:
            file.seek(max(0, int(size * share) - _PLACE_BYTES), os.SEEK_SET)
            text = file.read(_PLACE_BYTES)
            text = text[text.find(end) + 1 : text.rfind(end) + 1]
            if text and (not source.delimited or _is_rows(source, text, end)):
                yield text


def _is_rows(source: Source, text: bytes, end: bytes) -> bool:
    """Whether it is surely a row a line: it may have been cut out of a quoted cell."""
    mark, delimiter = source.dialect.quote.encode(), source.dialect.delimiter.encode()
    if mark in text:
        return False
    return all(line.count(delimiter) == source.width - 1 for line in text.split(end)[:-1])
