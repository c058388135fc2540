"""A zip archive's directory: what lies where in it, as it says itself."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from headwater.reading.unreadable import Unreadable

MEMBERS = 10_000
LOCAL = struct.Struct("<4s5H3L2H")
"""The header before each member's bytes."""

_DIRECTORY_BYTES = 32 << 20
_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
_COMMENT_BYTES = 0xFFFF
_IN_64 = 0xFFFFFFFF
_EXTRA_64 = 0x0001
_ENCRYPTED = 0x2041  # by a password, strongly, or with hidden headers
_UTF8_NAME = 0x0800
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, as the archive's directory has it."""

    name: str
    method: int
    checksum: int
    packed_bytes: int
    size_bytes: int
    offset: int
    spelled: bytes  # its name as the archive has it


class Entry(NamedTuple):
    """A member, and what is odd about it."""

    member: Member
    is_encrypted: bool
    is_link: bool
    behind: int  # where its packed bytes end at the earliest


def directory(file: BinaryIO) -> list[Entry]:
    """All entries. Unreadable: truncated, corrupt, count, compression, overlap."""
    return list(_entries(file, *_place(file, file.seek(0, 2))))


def damaged(what: str) -> Unreadable:
    """The refusal of an archive that contradicts itself."""
    return Unreadable("corrupt", f"the zip archive is damaged: {what}; send it again")


def _place(file: BinaryIO, size_bytes: int) -> tuple[int, int, int]:
    """Where the directory starts, its size, and how many entries it has."""
    start = max(0, size_bytes - _COMMENT_BYTES - _END.size)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_END_MAGIC)
    while place >= 0:
        if place + _END.size <= len(tail):
            end = _END.unpack_from(tail, place)
            if place + _END.size + end[7] == len(tail):
                break
        place = tail.rfind(_END_MAGIC, 0, place)
    else:
        raise Unreadable(
            "truncated", "the zip archive has no directory at its end; send it again whole"
        )
    _, disk, first_disk, _, count, directory_bytes, offset, _ = end
    limit = start + place
    if count == 0xFFFF or _IN_64 in (directory_bytes, offset):  # noqa: PLR2004 - as the format has it
        disk, first_disk, count, directory_bytes, offset = _place_64(file, limit)
    if disk or first_disk:
        raise Unreadable("compression", "it is a part of a split zip archive; send it in one file")
    if count > MEMBERS or directory_bytes > _DIRECTORY_BYTES:
        raise Unreadable(
            "count",
            f"its zip archive holds {count:,} files and {MEMBERS:,} are the limit; "
            "send them in several archives",
        )
    if offset + directory_bytes > limit:
        raise damaged("its directory is not where it should be")
    return offset, directory_bytes, count


def _place_64(file: BinaryIO, limit: int) -> tuple[int, int, int, int, int]:
    if limit < _LOCATOR.size + _END_64.size:
        raise damaged("its directory is not where it should be")
    file.seek(limit - _LOCATOR.size)
    magic, _, place, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if magic != b"PK\x06\x07" or place > limit - _LOCATOR.size - _END_64.size:
        raise damaged("its directory is not where it should be")
    file.seek(place)
    end = _END_64.unpack(file.read(_END_64.size))
    if end[0] != b"PK\x06\x06":
        raise damaged("its directory is not where it should be")
    return end[4], end[5], end[7], end[8], end[9]


def _entries(file: BinaryIO, offset: int, size_bytes: int, count: int) -> Iterator[Entry]:
    file.seek(offset)
    text = file.read(size_bytes)
    at = 0
    for _ in range(count):
        if at + _ENTRY.size > len(text):
            raise damaged("its directory is cut")
        (
            magic, _, system, _, flags, method, _, _, checksum, packed_bytes, whole_bytes,
            name_bytes, extra_bytes, comment_bytes, _, _, attributes, start,
        ) = _ENTRY.unpack_from(text, at)  # fmt: skip
        if magic != b"PK\x01\x02":
            raise damaged("its directory is damaged")
        behind_name = at + _ENTRY.size + name_bytes
        spelled = text[at + _ENTRY.size : behind_name]
        extra = text[behind_name : behind_name + extra_bytes]
        wide = _extra_64(extra, (whole_bytes, packed_bytes, start))
        whole_bytes, packed_bytes, start = wide
        name = spelled.decode("utf-8" if flags & _UTF8_NAME else "cp437", "backslashreplace")
        member = Member(name, method, checksum, packed_bytes, whole_bytes, start, spelled)
        is_link = system == _UNIX and stat.S_ISLNK(attributes >> 16)
        behind = start + LOCAL.size + name_bytes + packed_bytes
        if behind > offset:
            raise Unreadable(
                "overlap", f"{name!r} reaches into the archive's directory; pack it again"
            )
        yield Entry(member, bool(flags & _ENCRYPTED), is_link, behind)
        at = behind_name + extra_bytes + comment_bytes
    if at != len(text):
        raise damaged("its directory has more entries than it says")


def _extra_64(extra: bytes, plain: tuple[int, int, int]) -> tuple[int, int, int]:
    """Sizes and offset, of which those that are too large lie in an extra field."""
    if _IN_64 not in plain:
        return plain
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == _EXTRA_64:
            held = extra[at + 4 : at + 4 + length]
            if len(held) // 8 < plain.count(_IN_64):
                break
            wide = iter(struct.unpack_from(f"<{plain.count(_IN_64)}Q", held))
            first, second, third = (next(wide) if each == _IN_64 else each for each in plain)
            return first, second, third
        at += 4 + length
    raise damaged("its directory lacks a size")
