"""The blocks of an Avro object container file: what its head says, and what is packed in each."""

from __future__ import annotations

import bz2
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import fastavro
from backports import zstd
from fastavro import read as avro

from headwater.model.amount import counted
from headwater.reading.unreadable import Unreadable

MAGIC = b"Obj\x01"
_HEAD_BYTES = 16 << 20
_SYNC_BYTES = 16
_BLOCK_BYTES = 64 << 20  # that a block may have, unpacked
_LONG_BYTES = 10  # that a number has at most
_HEAD = {
    "type": "record",
    "name": "head",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "magic", "size": len(MAGIC)}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "sync", "size": _SYNC_BYTES}},
    ],
}
_MUCH = 1 << 20  # records of nothing
_SEVEN_BITS, _MORE = 0x7F, 0x80  # of a byte of a number: its bits, and whether others follow


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file."""

    schema: dict[str, Any]  # of its records, as it was written
    codec: str
    sync: bytes  # behind each block
    end: int  # where the first block begins


@dataclass(frozen=True, slots=True)
class Block:
    """Some records, packed together."""

    number: int  # of the block, from 1
    before: int  # how many records stand before it
    count: int
    start: int  # where its bytes lie in the file
    size: int


def head_of(path: Path) -> Head:
    """What the file says of itself. Unreadable: avro, compression."""
    with path.open("rb") as file:
        start = BytesIO(file.read(_HEAD_BYTES))
    try:
        head: Any = fastavro.schemaless_reader(start, _HEAD, None)
        schema = json.loads(head["meta"]["avro.schema"])
        codec = head["meta"].get("avro.codec", b"null").decode()
    except Exception as error:  # damage is whatever decoders stumble over
        raise damaged("in its head", error) from error
    if head["magic"] != MAGIC:
        raise Unreadable("avro", "it does not begin as Avro files do; send it again whole")
    if codec not in avro.BLOCK_READERS:
        raise Unreadable("compression", f"its blocks are packed with {codec[:40]}; use deflate")
    if not isinstance(schema, dict) or schema.get("type") not in {"record", "error"}:
        raise Unreadable("avro", "its values are no records; write each as a record with fields")
    return Head(schema, codec, head["sync"], start.tell())


def blocks_of(path: Path, head: Head) -> Iterator[Block]:
    """All blocks in their order, looked at from outside: none is unpacked.

    Unreadable (avro) if one is cut or its end mark is another. A file that is cut between
    blocks is whole as far as anybody can tell, since the format has no end mark.
    """
    size = path.stat().st_size
    at, before, number = head.end, 0, 0
    with path.open("rb") as file:
        while at < size:
            number += 1
            where = f"in block {number:,}, behind record {before:,}"
            file.seek(at)
            start = BytesIO(file.read(2 * _LONG_BYTES))
            count, packed = _long(start, where), _long(start, where)
            begin = at + start.tell()
            if count < 0 or packed < 0 or begin + packed + _SYNC_BYTES > size:
                raise damaged(where, "it is cut")
            file.seek(begin + packed)
            if file.read(_SYNC_BYTES) != head.sync:
                raise damaged(where, "it does not end with the mark of the file")
            yield Block(number, before, count, begin, packed)
            before += count
            at = begin + packed + _SYNC_BYTES


def unpacked(file: BinaryIO, block: Block, codec: str) -> bytes:
    """The records of the block as they are encoded. Unreadable: avro, compression, too_big."""
    where = f"in block {block.number:,}, behind record {block.before:,}"
    if block.size > _BLOCK_BYTES:
        raise _too_big(where)
    file.seek(block.start)
    packed = file.read(block.size)
    try:
        content = _unpacked(packed, codec, where)
    except Unreadable:
        raise
    except Exception as error:  # the same as with the head
        if "need to install" in str(error):
            advice = f"{error}; or write the file with the deflate codec"
            raise Unreadable("compression", advice) from error
        raise damaged(where, error) from error
    if len(content) > _BLOCK_BYTES:
        raise _too_big(where)
    if block.count > max(len(content), _MUCH):
        raise Unreadable(
            "ratio",
            f"{where} the Avro file tells of {block.count:,} records in "
            f"{counted(len(content), 'byte')}, "
            "as a bomb does",
        )
    return content


def damaged(where: str, error: object) -> Unreadable:
    """The refusal of a file that cannot be read further."""
    said = str(error) or type(error).__name__
    return Unreadable(
        "avro", f"the Avro file is damaged or cut {where} ({said[:200]}); send it again whole"
    )


def spelled_long(number: int) -> bytes:
    """A number as the format has it."""
    rest, spelled = number << 1, bytearray()
    while rest > _SEVEN_BITS:
        spelled.append(rest & _SEVEN_BITS | _MORE)
        rest >>= 7
    spelled.append(rest)
    return bytes(spelled)


def _unpacked(packed: bytes, codec: str, where: str) -> bytes:
    if codec == "null":
        return packed
    if codec in _INFLATERS:
        inflater = _INFLATERS[codec]()
        content: bytes = inflater.decompress(packed, _BLOCK_BYTES + 1)
        if not inflater.eof and len(content) <= _BLOCK_BYTES:
            raise damaged(where, "what is packed in it has no end")
        return content
    if _told(packed, codec) > _BLOCK_BYTES:
        raise _too_big(where)
    sized = BytesIO(spelled_long(len(packed)) + packed)
    return bytes(avro.BLOCK_READERS[codec](sized).read())


_INFLATERS: dict[str, Callable[[], Any]] = {
    "deflate": lambda: zlib.decompressobj(-zlib.MAX_WBITS),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_BLOCK_BYTES),
    "zstandard": zstd.ZstdDecompressor,
}


def _told(packed: bytes, codec: str) -> int:
    """How large a block says that it is, by the codecs that unpack all at once."""
    if codec == "lz4":
        return int.from_bytes(packed[:4], "little")
    size = 0
    for place, byte in enumerate(packed[:_LONG_BYTES]):
        size |= (byte & _SEVEN_BITS) << (7 * place)
        if not byte & _MORE:
            break
    return size


def _long(start: BytesIO, where: str) -> int:
    try:
        number: Any = fastavro.schemaless_reader(start, "long", None)
    except Exception as error:  # the same
        raise damaged(where, "it is cut") from error
    return int(number)


def _too_big(where: str) -> Unreadable:
    return Unreadable(
        "too_big",
        f"{where} the Avro file has more than {_BLOCK_BYTES >> 20} MiB at once; "
        "write it with smaller blocks",
    )
