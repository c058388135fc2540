"""Avro object container files, read record by record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from headwater.errors import MissingExtra
from headwater.reading.pieces.piece import Piece, PieceBuilder
from headwater.reading.typed.spelled import SEPARATOR, take_object
from headwater.reading.unreadable import Unreadable

MAGIC = b"Obj\x01"
PIECE_BYTES = 8 * 1024 * 1024


def columns_of(path: Path) -> tuple[str, ...]:
    """The fields of its records, in their order. Unreadable: avro, compression."""
    avro = _avro()
    with path.open("rb") as file:
        schema = _opened(avro, file).writer_schema
    return tuple(field["name"] for field in schema["fields"])


def careful_avro(path: Path, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Read every record as one line of JSON; its line is its number in the file.

    Refused by themselves: number (NaN, infinity). Unreadable: avro (damaged, cut inside a
    block, or of records that are no objects), compression (a codec that is not installed);
    pieces handed out before it are then to be dropped. A file that is cut between blocks
    is whole as far as anybody can tell, since the format has no end mark.
    """
    avro = _avro()
    builder = PieceBuilder(SEPARATOR)
    number = 0
    with path.open("rb") as file:
        records = iter(_opened(avro, file))
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except Exception as error:  # damage is whatever decoders stumble over
                raise _damaged(number, error) from error
            number += 1
            take_object(builder, record, number)
            if builder.size >= piece_bytes:
                yield builder.piece()
    if not builder.empty:
        yield builder.piece()


def _opened(avro: ModuleType, file: BinaryIO) -> Any:
    try:
        reader = avro.reader(file)
        codec = reader.codec
    except Exception as error:  # the same
        raise _damaged(0, error) from error
    if codec not in avro.read.BLOCK_READERS:
        raise Unreadable("compression", f"its blocks are packed with {codec}; use deflate")
    schema = reader.writer_schema
    if not isinstance(schema, dict) or schema.get("type") not in {"record", "error"}:
        raise Unreadable("avro", "its values are no records; write each as a record with fields")
    return reader


def _damaged(number: int, error: Exception) -> Unreadable:
    where = f"behind record {number:,}" if number else "at its beginning"
    reason = str(error) or type(error).__name__
    if "need to install" in reason:
        return Unreadable("compression", f"{reason}; or write the file with the deflate codec")
    return Unreadable(
        "avro", f"the Avro file is damaged or cut {where} ({reason}); send it again whole"
    )


def _avro() -> ModuleType:
    try:
        import fastavro  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise MissingExtra(
            "Avro files are read with fastavro, which is not installed",
            hint="pip install 'headwater[avro]'",
        ) from cause
    return fastavro
