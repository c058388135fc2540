"""What a file's first bytes say it is, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from headwater.reading.unreadable import Unreadable

PARQUET = b"PAR1"
PARQUET_ENCRYPTED = b"PARE"
PARQUET_FOOTER_BYTES = 12  # the length of the footer and the magic, and the magic at the start


class Compression(StrEnum):
    """How a file is packed; found by its magic bytes, never by its name."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZ4 = "lz4"
    ZIP = "zip"


_PACKED = (
    (b"\x1f\x8b", Compression.GZIP),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
    (b"BZh", Compression.BZIP2),
    (b"\xfd7zXZ\x00", Compression.XZ),
    (b"\x04\x22\x4d\x18", Compression.LZ4),
    (b"PK\x03\x04", Compression.ZIP),
    (b"PK\x05\x06", Compression.ZIP),
)
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.DOTALL)  # a frame of zstd and lz4
_SKIPPABLE_HEADER_BYTES = 8


@dataclass(frozen=True, slots=True)
class _Stranger:
    """A kind of file that is known and not read."""

    magic: bytes
    code: str
    what: str
    advice: str
    offset: int = 0


_PACK = "unpack it, or pack it with gzip, zstd or zip"
_EXPORT = "export it as CSV, NDJSON or Parquet"
_STRANGERS = (
    _Stranger(b"PK\x07\x08", "compression", "a part of a split zip archive", "send it in one file"),
    _Stranger(b"7z\xbc\xaf\x27\x1c", "compression", "a 7z archive", _PACK),
    _Stranger(b"Rar!\x1a\x07", "compression", "a rar archive", _PACK),
    _Stranger(b"\x02\x21\x4c\x18", "compression", "an lz4 file of the old kind", _PACK),
    _Stranger(b"LZIP\x01", "compression", "an lzip file", _PACK),
    _Stranger(b"\x89LZO\x00\r\n", "compression", "an lzop file", _PACK),
    _Stranger(b"\x5d\x00\x00", "compression", "an lzma file", _PACK),
    _Stranger(b"MSCF\x00\x00\x00\x00", "compression", "a cabinet archive", _PACK),
    _Stranger(b"\x1f\x9d", "compression", "a file packed with compress (.Z)", _PACK),
    _Stranger(b"\xff\x06\x00\x00sNaPpY", "compression", "a snappy file", _PACK),
    _Stranger(b"ustar", "compression", "a tar archive", "land its members one by one", 257),
    _Stranger(b"ARROW1\x00\x00", "type", "an Arrow (Feather) file", _EXPORT),
    _Stranger(b"SQLite format 3\x00", "type", "an SQLite database", _EXPORT),
    _Stranger(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "type", "an old Excel or Word file", _EXPORT),
    _Stranger(b"%PDF-", "type", "a PDF document", _EXPORT),
    _Stranger(b"\x89PNG\r\n", "type", "a PNG picture", _EXPORT),
    _Stranger(b"\xff\xd8\xff", "type", "a JPEG picture", _EXPORT),
    _Stranger(b"GIF8", "type", "a GIF picture", _EXPORT),
    _Stranger(b"\x7fELF", "type", "a program", _EXPORT),
    _Stranger(b"\x89HDF\r\n", "type", "an HDF5 file", _EXPORT),
)
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")  # pi where a block starts, its root where none does
_AVRO = b"Obj\x01"
_ORC = b"ORC"


def compression_of(head: bytes) -> Compression:
    """How the file is packed."""
    if skippable := _SKIPPABLE.match(head):
        size = int.from_bytes(head[skippable.end() : _SKIPPABLE_HEADER_BYTES], "little")
        return compression_of(head[_SKIPPABLE_HEADER_BYTES + size :])
    for magic, compression in _PACKED:
        if head.startswith(magic) and _confirmed(magic, head):
            return compression
    return Compression.NONE


def is_parquet(head: bytes, tail: bytes, size_bytes: int) -> bool:
    """Whether it is a Parquet file; one that starts as such and does not end so is refused."""
    if head.startswith(PARQUET_ENCRYPTED):
        raise Unreadable("encrypted", "the Parquet file is encrypted; export it without a key")
    if not head.startswith(PARQUET):
        return False
    footer = int.from_bytes(tail[-8:-4], "little")
    if not tail.endswith(PARQUET) or footer + PARQUET_FOOTER_BYTES > size_bytes:
        if not tail.endswith(PARQUET) and _is_text_behind(PARQUET, head):
            return False
        raise Unreadable(
            "parquet",
            "the Parquet file is cut: its footer is missing or incomplete; send it again whole",
        )
    return True


def is_avro(head: bytes) -> bool:
    """Whether it is an Avro object container file."""
    return head.startswith(_AVRO)


def is_orc(head: bytes, tail: bytes) -> bool:
    """Whether it is an ORC file; a text may begin with the same letters."""
    return head.startswith(_ORC) and tail[-4:-1] == _ORC


def is_opaque(head: bytes) -> bool:
    """Whether lines in these bytes are no records: they are packed, or of a format that packs."""
    return compression_of(head) is not Compression.NONE or _packing(head) is not None


def refuse_nested(head: bytes) -> None:
    """Refuse what begins as packed data inside packed data, formats that pack among it."""
    if compression_of(head) is not Compression.NONE:
        raise Unreadable("nested", "it is packed twice; unpack it once before it is sent")
    name = _packing(head)
    if name is not None:
        raise Unreadable(
            "nested",
            f"it is a packed {name} file, which packs its own data; send it unpacked",
        )


def refuse_strangers(head: bytes) -> None:
    """Refuse files of a kind that is known and not read, saying what they are."""
    for stranger in _STRANGERS:
        end = stranger.offset + len(stranger.magic)
        if head[stranger.offset : end] == stranger.magic and _confirmed(stranger.magic, head):
            raise Unreadable(stranger.code, f"it is {stranger.what}; {stranger.advice}")


def _packing(head: bytes) -> str | None:
    """The format that packs its own data, if these bytes begin one."""
    for magic, name in ((PARQUET, "Parquet"), (_ORC, "ORC"), (_AVRO, "Avro")):
        if head.startswith(magic) and not _is_text_behind(magic, head):
            return name
    return None


def _confirmed(magic: bytes, head: bytes) -> bool:
    """Whether what follows a magic that a text may begin with, too, is no text."""
    if magic == b"BZh":
        return head[4:10] in _BZIP2_BLOCKS
    return magic != b"\x5d\x00\x00" or head[5:13] == b"\xff" * 8


def _is_text_behind(magic: bytes, head: bytes) -> bool:
    """A text may begin with a magic's letters; such a file has binary right behind them."""
    behind = head[len(magic) : 64].translate(None, b"\t\r\n")
    return behind.isascii() and behind.decode().isprintable()
