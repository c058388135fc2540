"""Zip archives: their directory, checked before anything is inflated, and their members.

Nothing is ever written under a member's name; an archive whose names would lead
elsewhere is refused all the same, since whoever made it meant harm or was deceived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import BinaryIO

from isal import isal_zlib

from headwater.reading.packing.directory import LOCAL, Entry, Member, damaged, directory
from headwater.reading.packing.magic import Compression
from headwater.reading.packing.packed import (
    InflateLimits,
    Packed,
    Unpacker,
    member_content,
    raw_deflate,
    unpacker_of,
)
from headwater.reading.unreadable import Unreadable

_STORED, _DEFLATED = 0, 8
_METHODS = {12: Compression.BZIP2, 93: Compression.ZSTD, 95: Compression.XZ}
_METHOD_NAMES = {9: "Deflate64", 14: "LZMA", 98: "PPMd", 99: "AES"}
_BESIDES = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")  # what file managers leave
_SHOWN = 5


def members_of(file: BinaryIO, limits: InflateLimits) -> list[Member]:
    """The files in an archive that hold data.

    Unreadable: truncated, corrupt, count, zip_path, dup, encrypted, overlap, ratio, empty;
    type, if it is a document. Nothing is inflated for that.
    """
    entries = directory(file)
    members = [entry.member for entry in entries]
    if any(member.name == "[Content_Types].xml" for member in members):
        raise Unreadable(
            "type",
            "it is a Word, PowerPoint or like document; export its table as CSV or Excel",
        )
    for entry in entries:
        _refuse_unsafe(entry)
    _refuse_twins(members)
    _refuse_overlap(entries)
    _refuse_bomb(members, limits)
    files = [m for m in members if not m.name.endswith("/") and not _is_besides(m.name)]
    held = [member for member in files if member.size_bytes]
    if not held:
        raise Unreadable("empty", "its zip archive holds no data; send it again if it should")
    return held


def chosen(members: list[Member], pattern: str | None) -> list[Member]:
    """The members to read: the only one, or those whose names match the pattern."""
    if pattern is None:
        if len(members) > 1:
            raise Unreadable(
                "multi",
                f"its zip archive holds {len(members):,} files ({_listed(members)}); "
                "say which to read, for example `member: '*.csv'`",
            )
        return members
    matching = [member for member in members if fnmatchcase(member.name, pattern)]
    if not matching:
        raise Unreadable(
            "multi",
            f"no file in its zip archive matches member: {pattern!r}; it holds {_listed(members)}",
        )
    return sorted(matching, key=lambda member: member.name)


def find(file: BinaryIO, member: Member) -> int:
    """Go to where a member's packed bytes start; how many they are."""
    file.seek(member.offset)
    header = file.read(LOCAL.size)
    if len(header) < LOCAL.size:
        raise damaged(f"{member.name!r} is not where its directory says")
    local = LOCAL.unpack(header)
    if local[0] != b"PK\x03\x04" or file.read(local[9]) != member.spelled:
        raise damaged(f"{member.name!r} is not where its directory says")
    file.seek(local[10], 1)
    return member.packed_bytes


def content(
    packed: Packed, member: Member, block_bytes: int, limits: InflateLimits
) -> Iterator[bytes]:
    """What a member holds, checked against its size and checksum."""
    if member.method == _STORED:
        blocks = _stored(packed, block_bytes)
    else:
        kind = _METHODS.get(member.method, Compression.ZIP)
        blocks = member_content(packed, _unpacker(member, limits)(), kind, block_bytes)
    given, checksum = 0, 0
    for block in blocks:
        given += len(block)
        checksum = isal_zlib.crc32(block, checksum)
        if given > member.size_bytes:
            break
        yield block
    if given != member.size_bytes or packed.take():
        raise damaged(f"{member.name!r} is not as long as the archive's directory says")
    if checksum != member.checksum:
        raise damaged(f"the checksum of {member.name!r} is wrong")


def _refuse_unsafe(entry: Entry) -> None:
    name = entry.member.name
    steps = name.replace("\\", "/").split("/")
    what = None
    if entry.is_link:
        what = "is a symbolic link"
    elif name.startswith("/") or name[1:2] == ":":
        what = "is an absolute path"
    elif ".." in steps:
        what = "leads out of the archive"
    elif "\\" in name:
        what = "has a backslash in its name"
    elif not name or not name.isprintable():
        what = "has an empty name or control characters in it"
    if what:
        raise Unreadable(
            "zip_path", f"{name[:80]!r} in its zip archive {what}; pack it again without"
        )
    if entry.is_encrypted:
        raise Unreadable(
            "encrypted",
            f"{name[:80]!r} in its zip archive is encrypted; pack it without a password",
        )


def _refuse_twins(members: list[Member]) -> None:
    seen: set[str] = set()
    for member in members:
        if member.name in seen:
            raise Unreadable(
                "dup", f"{member.name[:80]!r} is in its zip archive twice; pack it again"
            )
        seen.add(member.name)


def _refuse_overlap(entries: list[Entry]) -> None:
    ordered = sorted(entries, key=lambda entry: entry.member.offset)
    for one, other in pairwise(ordered):
        if one.behind > other.member.offset:
            raise Unreadable(
                "overlap",
                f"{one.member.name!r} and {other.member.name!r} share bytes of its zip archive, "
                "as they do in a bomb; pack it again",
            )


def _refuse_bomb(members: list[Member], limits: InflateLimits) -> None:
    whole = sum(member.size_bytes for member in members)
    packed = sum(member.packed_bytes for member in members)
    if whole > limits.harmless_bytes and whole > limits.ratio * packed:
        raise Unreadable(
            "ratio",
            f"its zip archive inflates to more than {limits.ratio} times its size, as a bomb "
            "does; send it in smaller files if it is genuine",
        )


def _is_besides(name: str) -> bool:
    return name.startswith(_BESIDES[0]) or name.rpartition("/")[2] in _BESIDES


def _unpacker(member: Member, limits: InflateLimits) -> Callable[[], Unpacker]:
    if member.method == _DEFLATED:
        return raw_deflate
    if member.method in _METHODS:
        return unpacker_of(_METHODS[member.method], limits)
    name = _METHOD_NAMES.get(member.method, f"method {member.method}")
    raise Unreadable(
        "compression",
        f"{member.name!r} is packed with {name}, which is not read; pack it with Deflate or zstd",
    )


def _stored(packed: Packed, block_bytes: int) -> Iterator[bytes]:
    while helping := packed.take():
        for start in range(0, len(helping), block_bytes):
            yield helping[start : start + block_bytes]


def _listed(members: list[Member]) -> str:
    names = ", ".join(member.name for member in members[:_SHOWN])
    return names if len(members) <= _SHOWN else f"{names} and {len(members) - _SHOWN:,} more"
