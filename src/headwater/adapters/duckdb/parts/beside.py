"""Parquet files of the same rows, put side by side: one file with the columns of all.

What lies between its footer and its mark is copied as it is; only the footer is made anew.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from headwater.errors import EngineError
from headwater.reading.parquet.compact import STRUCT, Compact

Fields: TypeAlias = dict[int, tuple[int, bytes]]
"""Of a structure of Thrift: each field's kind, and its value as it is spelled."""

_MARK = b"PAR1"
_TAIL_BYTES = 8
_I32, _I64, _LIST = 5, 6, 9
_SHORT_STEP = 0x0F
_MANY = 15
_BLOCK_BYTES = 1 << 20

# Numbers of fields, as the format's description has them.
_SCHEMA, _ROWS, _GROUPS, _ORDERS = 2, 3, 4, 7  # of the footer
_CHILDREN = 5  # of the schema's root
_CHUNKS, _SIZE, _GROUP_ROWS, _GROUP_AT, _PACKED = 1, 2, 3, 5, 6  # of a row group
_CHUNK_AT, _CHUNK_TOLD = 2, 3  # of a column's chunk
_INDEXES = (4, 5, 6, 7)
_CHUNK_SIZE, _DATA_AT, _DICTIONARY_AT = 7, 9, 11  # of what is told of it
_ELSEWHERE = (10, 14, 15)  # an index and a filter, which lie in other places of the file


@dataclass(frozen=True, slots=True)
class Slice:
    """A file, of whose columns the first ones may be left out."""

    path: Path
    skipped: int = 0


def put_beside(slices: Sequence[Slice], path: Path) -> None:
    """Write the file. EngineError where the slices have not the same rows in each group."""
    footers = [_footer(each.path) for each in slices]
    groups = [[_fields(raw) for raw in _items(footer[_GROUPS][1])] for footer in footers]
    if len({tuple(group[_GROUP_ROWS] for group in each) for each in groups}) != 1:
        raise EngineError("columns that were written apart have not the same rows")
    with path.open("xb") as out:
        out.write(_MARK)
        made = [_put_group(slices, each, out) for each in zip(*groups, strict=True)]
        told = _struct(_whole(slices, footers, made))
        out.write(told + len(told).to_bytes(4, "little") + _MARK)


def _whole(slices: Sequence[Slice], footers: Sequence[Fields], groups: Sequence[bytes]) -> Fields:
    """The footer of the whole file."""
    whole = dict(footers[0])
    roots, columns = list[bytes](), list[bytes]()
    for each, footer in zip(slices, footers, strict=True):
        root, *own = _items(footer[_SCHEMA][1])
        roots.append(root)
        columns += own[each.skipped :]
    root = _struct(_fields(roots[0]) | {_CHILDREN: (_I32, _signed(len(columns)))})
    whole[_SCHEMA] = _LIST, _list([root, *columns])
    whole[_GROUPS] = _LIST, _list(groups)
    if _ORDERS in whole:
        order, *_ = _items(whole[_ORDERS][1])
        whole[_ORDERS] = _LIST, _list([order] * len(columns))
    return whole


def _put_group(slices: Sequence[Slice], groups: Sequence[Fields], out: BinaryIO) -> bytes:
    """Copy the chunks of a row group, and say where they are."""
    start, chunks = out.tell(), list[bytes]()
    for each, group in zip(slices, groups, strict=True):
        with each.path.open("rb") as file:
            for raw in _items(group[_CHUNKS][1])[each.skipped :]:
                chunks.append(_put_chunk(_fields(raw), file, out))
    made = dict(groups[0])
    made[_CHUNKS] = _LIST, _list(chunks)
    made[_SIZE] = _I64, _signed(sum(_number(group, _SIZE) for group in groups))
    made[_GROUP_AT] = _I64, _signed(start)
    made[_PACKED] = _I64, _signed(out.tell() - start)
    return _struct(made)


def _put_chunk(chunk: Fields, file: BinaryIO, out: BinaryIO) -> bytes:
    told = _fields(chunk[_CHUNK_TOLD][1])
    places = [_number(told, field) for field in (_DATA_AT, _DICTIONARY_AT) if field in told]
    start = min(place for place in places if place)
    shift = out.tell() - start
    _copy(file, start, _number(told, _CHUNK_SIZE), out)
    for field in (_DATA_AT, _DICTIONARY_AT):
        if field in told and _number(told, field):
            told[field] = _I64, _signed(_number(told, field) + shift)
    told = {number: each for number, each in told.items() if number not in _ELSEWHERE}
    made = {number: each for number, each in chunk.items() if number not in _INDEXES}
    made[_CHUNK_TOLD] = STRUCT, _struct(told)
    made[_CHUNK_AT] = _I64, _signed(0 if not _number(chunk, _CHUNK_AT) else start + shift)
    return _struct(made)


def _copy(file: BinaryIO, start: int, size_bytes: int, out: BinaryIO) -> None:
    file.seek(start)
    while size_bytes:
        block = file.read(min(size_bytes, _BLOCK_BYTES))
        if not block:
            raise EngineError("a file of columns ends before it should")
        out.write(block)
        size_bytes -= len(block)


def _footer(path: Path) -> Fields:
    with path.open("rb") as file:
        file.seek(-_TAIL_BYTES, os.SEEK_END)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-_TAIL_BYTES - size, os.SEEK_END)
        return _fields(file.read(size))


def _fields(data: bytes) -> Fields:
    reader, found = Compact(data), Fields()
    for number, kind in reader.fields():
        start = reader.at
        reader.skip(kind)
        found[number] = kind, data[start : reader.at]
    return found


def _items(data: bytes) -> list[bytes]:
    """The elements of a list."""
    reader = Compact(data)
    kind, count = reader.many()
    found = []
    for _ in range(count):
        start = reader.at
        reader.skip(kind)
        found.append(data[start : reader.at])
    return found


def _number(fields: Fields, number: int) -> int:
    return Compact(fields[number][1]).whole()


def _struct(fields: Fields) -> bytes:
    made, before = io.BytesIO(), 0
    for number in sorted(fields):
        kind, value = fields[number]
        step = number - before
        made.write(bytes((step << 4 | kind,)) if step <= _SHORT_STEP else bytes((kind,)))
        made.write(b"" if step <= _SHORT_STEP else _signed(number))
        made.write(value)
        before = number
    return made.getvalue() + b"\0"


def _list(structs: Iterable[bytes]) -> bytes:
    every = list(structs)
    count = len(every)
    head = bytes((count << 4 | STRUCT,)) if count < _MANY else bytes((_MANY << 4 | STRUCT,))
    return b"".join((head, b"" if count < _MANY else _unsigned(count), *every))


def _signed(number: int) -> bytes:
    return _unsigned(number << 1 if number >= 0 else (-number << 1) - 1)


def _unsigned(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - what fits beside the bit that says that more follow
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*made, number))
