"""Avro object container files, read block by block."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
from fastavro import _read_py as slow_avro

from headwater.reading.typed.avroschema import AvroTypes
from headwater.reading.typed.batches import TypedRows
from headwater.reading.typed.blocks import (
    Block,
    Head,
    blocks_of,
    damaged,
    head_of,
    spelled_long,
    unpacked,
)
from headwater.reading.typed.values import TooFine, settled, settled_type
from headwater.reading.unreadable import Unreadable

_BATCH_BYTES = 4 << 20  # of encoded records: as Python has them, they are ten times as large


def columns_of(path: Path) -> tuple[str, ...]:
    """The fields of its records, in their order. Unreadable: avro, compression."""
    return AvroTypes(head_of(path).schema).names


def typed_rows(path: Path, names: Sequence[str], texts: frozenset[str] = frozenset()) -> TypedRows:
    """All its records, each field as a column of that name and of the type that it has.

    The count is what the blocks say from outside. Times are of microseconds; those of
    `texts` are text, to the nanosecond. While rows are taken, Unreadable (avro,
    compression, too_big, ratio, depth) tells in which block the damage is, and TooFine
    which column has to be among the `texts`.
    """
    head = head_of(path)
    types = AvroTypes(head.schema)
    kinds = [
        settled_type(node.kind, as_text=name in texts)
        for name, node in zip(names, types.fields, strict=True)
    ]
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    count = sum(block.count for block in blocks_of(path, head))
    return TypedRows(schema, count, _Records(path, head, types, schema).batches())


class _Records:
    """The records of one file."""

    def __init__(self, path: Path, head: Head, types: AvroTypes, schema: Any) -> None:
        self._path = path
        self._head = head
        self._types = types
        self._schema = schema
        bare = types.bare()
        # The compiled reader goes as deep as a value does, until the stack is used up.
        self._avro: Any = slow_avro if types.recursive else fastavro
        try:
            self._one = fastavro.parse_schema(bare)
            self._many = fastavro.parse_schema({"type": "array", "items": bare})
        except Exception as error:  # as many kinds as there are mistakes
            raise damaged("in its schema", error) from error
        names = [f"c{place}" for place in range(len(types.fields))]
        self._cells = itemgetter(*names, names[0])  # of one name it would give no tuple

    def batches(self) -> Iterator[Any]:
        held, size, where = list[dict[str, Any]](), 0, ""
        with self._path.open("rb") as file:
            for block in blocks_of(self._path, self._head):
                where = _place(block)
                content = unpacked(file, block, self._head.codec)
                for rows, taken in self._rows(content, block):
                    held += rows
                    size += taken
                    if size >= _BATCH_BYTES:
                        yield self._batch(held, where)
                        held, size = [], 0
        if held:
            yield self._batch(held, where)

    def _rows(self, content: bytes, block: Block) -> Iterator[tuple[list[dict[str, Any]], int]]:
        """The records of a block, and how many bytes they had."""
        try:
            if len(content) <= _BATCH_BYTES:
                yield self._all(content, block), len(content)
            else:
                yield from self._few(content, block)
        except Unreadable:
            raise
        except RecursionError as error:
            raise Unreadable("depth", "a value of it is nested too deep; flatten it") from error
        except Exception as error:  # damage is whatever decoders stumble over
            raise damaged(_place(block), error) from error

    def _all(self, content: bytes, block: Block) -> list[dict[str, Any]]:
        """All at once, as the list of records that a block is but for its brackets."""
        text = BytesIO(b"%b%b\0" % (spelled_long(block.count), content))
        with _collector_at_rest():
            rows: list[dict[str, Any]] = self._avro.schemaless_reader(text, self._many, None)
        if text.read(1) or len(rows) != block.count:
            raise ValueError("it has more in it than its records")
        return rows

    def _few(self, content: bytes, block: Block) -> Iterator[tuple[list[dict[str, Any]], int]]:
        text, rows, start = BytesIO(content), list[dict[str, Any]](), 0
        for _ in range(block.count):
            rows.append(self._avro.schemaless_reader(text, self._one, None))
            if text.tell() - start >= _BATCH_BYTES:
                yield rows, text.tell() - start
                rows, start = [], text.tell()
        if text.read(1):
            raise ValueError("it has more in it than its records")
        yield rows, len(content) - start

    def _batch(self, rows: list[dict[str, Any]], where: str) -> Any:
        columns = []
        try:
            with _collector_at_rest():
                cells = list(zip(*map(self._cells, rows), strict=True))[:-1]
            for values, node, field in zip(cells, self._types.fields, self._schema, strict=True):
                spelled = values if node.spell is None else map(node.spell, values)
                column = pa.array(list(spelled), node.kind)
                columns.append(settled(column, field.name, field.type))
        except (Unreadable, TooFine):
            raise
        except Exception as error:  # the same
            raise damaged(where, error) from error
        return pa.RecordBatch.from_arrays(columns, schema=self._schema)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without looks for cycles: decoded values have none, and are many, so looks take a quarter."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()


def _place(block: Block) -> str:
    return f"in block {block.number:,}, behind record {block.before:,}"
