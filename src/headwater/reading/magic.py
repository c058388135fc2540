"""What a file's first bytes say it is, whatever its name says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from headwater.reading.unreadable import Unreadable

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
PARQUET = b"PAR1"
PARQUET_ENCRYPTED = b"PARE"
PARQUET_FOOTER_BYTES = 12  # the length of the footer and the magic, and the magic at the start


class Compression(StrEnum):
    """How a file is packed; found by its magic bytes, never by its name."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True, slots=True)
class _Stranger:
    """A kind of file that is known and not read."""

    magic: bytes
    code: str
    what: str
    advice: str
    offset: int = 0


_PACK = "unpack it, or pack it with gzip or zstd"
_EXPORT = "export it as CSV, NDJSON or Parquet"
_STRANGERS = (
    _Stranger(b"PK\x03\x04", "compression", "a zip archive", _PACK),
    _Stranger(b"PK\x05\x06", "compression", "an empty zip archive", _PACK),
    _Stranger(b"BZh", "compression", "a bzip2 file", _PACK),
    _Stranger(b"\xfd7zXZ\x00", "compression", "an xz file", _PACK),
    _Stranger(b"\x04\x22\x4d\x18", "compression", "an lz4 file", _PACK),
    _Stranger(b"7z\xbc\xaf\x27\x1c", "compression", "a 7z archive", _PACK),
    _Stranger(b"Rar!\x1a\x07", "compression", "a rar archive", _PACK),
    _Stranger(b"\x1f\x9d", "compression", "a file packed with compress (.Z)", _PACK),
    _Stranger(b"\xff\x06\x00\x00sNaPpY", "compression", "a snappy file", _PACK),
    _Stranger(b"ustar", "compression", "a tar archive", "land its members one by one", 257),
    _Stranger(b"Obj\x01", "type", "an Avro file", _EXPORT),
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
_BZIP2_BLOCK = b"1AY&SY"  # pi, where the first block starts
_ORC = b"ORC"


def compression_of(head: bytes) -> Compression:
    """How the file is packed."""
    if head.startswith(GZIP):
        return Compression.GZIP
    return Compression.ZSTD if head.startswith(ZSTD) else Compression.NONE


def is_parquet(head: bytes, tail: bytes, size_bytes: int) -> bool:
    """Whether it is a Parquet file; one that starts as such and does not end so is refused."""
    if head.startswith(PARQUET_ENCRYPTED):
        raise Unreadable("encrypted", "the Parquet file is encrypted; export it without a key")
    if not head.startswith(PARQUET):
        return False
    footer = int.from_bytes(tail[-8:-4], "little")
    if not tail.endswith(PARQUET) or footer + PARQUET_FOOTER_BYTES > size_bytes:
        if _is_text_behind_magic(head):
            return False
        raise Unreadable(
            "parquet",
            "the Parquet file is cut: its footer is missing or incomplete; send it again whole",
        )
    return True


def refuse_packed_parquet(head: bytes) -> None:
    """Refuse what begins as Parquet inside gzip or zstd."""
    if head.startswith(PARQUET) and not _is_text_behind_magic(head):
        raise Unreadable(
            "nested", "it is a packed Parquet file, which packs its own pages; send it unpacked"
        )


def refuse_strangers(head: bytes, tail: bytes) -> None:
    """Refuse files of a kind that is known and not read, saying what they are."""
    if head.startswith(_ORC) and tail[-4:-1] == _ORC:
        raise Unreadable("type", f"it is an ORC file; {_EXPORT}")
    for stranger in _STRANGERS:
        end = stranger.offset + len(stranger.magic)
        if head[stranger.offset : end] == stranger.magic and _confirmed(stranger, head):
            if b"[Content_Types].xml" in head[:4096]:
                raise Unreadable("type", f"it is an Excel workbook or a like document; {_EXPORT}")
            raise Unreadable(stranger.code, f"it is {stranger.what}; {stranger.advice}")


def _confirmed(stranger: _Stranger, head: bytes) -> bool:
    return stranger.magic != b"BZh" or head[4:10] == _BZIP2_BLOCK


def _is_text_behind_magic(head: bytes) -> bool:
    """A text may begin with Parquet's letters; a Parquet file has binary right behind them."""
    behind = head[len(PARQUET) : 64].translate(None, b"\t\r\n")
    return behind.isascii() and behind.decode().isprintable()
