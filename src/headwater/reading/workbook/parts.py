"""What an Excel workbook is packed of: its sheets, styles and shared texts."""

from __future__ import annotations

import json
import posixpath
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from headwater.reading.packing.directory import directory
from headwater.reading.unreadable import Unreadable
from headwater.reading.workbook.cells import CellStyle, cell_style, unescaped
from headwater.reading.workbook.texts import SharedTexts
from headwater.reading.xml.rows import careful_xml

_METHODS = frozenset({ZIP_STORED, ZIP_DEFLATED})
_BLOCK_BYTES = 256 * 1024
_PIECE_BYTES = 512 * 1024  # of elements that are made objects at once
_TAB = "\t"
_RATIO = 200
_HARMLESS_BYTES = 1 << 30
_KEPT_BYTES = 128 << 20  # of what has to be kept: texts that all sheets share
_SMALL_BYTES = 16 << 20  # of what describes the workbook


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of cells."""

    name: str
    hidden: bool
    part: str  # the archive's member


class Workbook:
    """An open workbook."""

    def __init__(self, archive: ZipFile) -> None:
        """Take the archive, whose directory was looked through."""
        self._archive = archive
        self._names = frozenset(archive.namelist())
        self._book = self._book_part()
        self._links = self._targets(self._book)
        settings = list(self.elements(self._book, "workbookPr", _SMALL_BYTES))
        self.since_1904 = any(each.get("date1904") in {"1", "true"} for each in settings)

    def sheets(self) -> list[Sheet]:
        """The sheets of cells, in the order of their tabs."""
        found = []
        for each in self.elements(self._book, "sheets/sheet", _SMALL_BYTES):
            kind, part = self._links.get(str(each.get("id")), ("", ""))
            if kind == "worksheet" and part in self._names:
                hidden = each.get("state", "visible") != "visible"
                found.append(Sheet(str(each.get("name", "")), hidden, part))
        return found

    def styles(self) -> list[CellStyle]:
        """How numbers are to be understood, by the style of their cell."""
        part = self._linked("styles")
        if part is None:
            return []
        formats = {
            str(each.get("numFmtId")): str(each.get("formatCode", ""))
            for each in self.elements(part, "numFmts/numFmt", _SMALL_BYTES)
        }
        return [
            cell_style(str(each.get("numFmtId", "0")), formats)
            for each in self.elements(part, "cellXfs/xf", _SMALL_BYTES)
        ]

    def texts(self) -> SharedTexts:
        """The texts that cells refer to by number."""
        part = self._linked("sharedStrings")
        if part is None:
            return SharedTexts()
        return SharedTexts(map(text_of, self.elements(part, "sst/si", _KEPT_BYTES)))

    def elements(self, part: str, row: str, limit_bytes: int | None) -> Iterator[dict[str, Any]]:
        """The row elements of a part as objects."""
        blocks = self._blocks(part, limit_bytes)
        for piece in careful_xml(blocks, row, required=False, piece_bytes=_PIECE_BYTES):
            if piece.refused:
                first = piece.refused[0]
                raise _corrupt(f"{part} has an element on line {first.line:,}: {first.message}")
            # One text for many is read in half the time.
            lines = piece.text.decode().split("\n")[:-1]
            yield from json.loads(f"[{','.join([line.partition(_TAB)[2] for line in lines])}]")

    def _blocks(self, part: str, limit_bytes: int | None) -> Iterator[bytes]:
        try:
            with self._archive.open(part) as file:
                given = 0
                while block := file.read(_BLOCK_BYTES):
                    given += len(block)
                    if limit_bytes is not None and given > limit_bytes:
                        raise Unreadable(
                            "too_big",
                            f"its part {part} is larger than {limit_bytes >> 20} MiB; "
                            "export the sheet as CSV",
                        )
                    yield block
        except (BadZipFile, zlib.error, EOFError) as error:
            raise _corrupt(f"{part} cannot be unpacked ({error})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise Unreadable(
                "encrypted", f"its part {part} cannot be read: {error}; save it without a password"
            ) from error

    def _book_part(self) -> str:
        for kind, part in self._targets("").values():
            if kind == "officeDocument" and part in self._names:
                if part.endswith(".bin"):
                    raise Unreadable(
                        "type", "it is a binary workbook (.xlsb); save it as .xlsx or CSV"
                    )
                return part
        raise Unreadable("type", "it is a document, and no workbook; send .xlsx or CSV")

    def _linked(self, kind: str) -> str | None:
        parts = (part for each, part in self._links.values() if each == kind)
        return next((part for part in parts if part in self._names), None)

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: kind and member by the reference's id."""
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if links not in self._names:
            return {}
        found = {}
        for each in self.elements(links, "Relationship", _SMALL_BYTES):
            if each.get("TargetMode") != "External":
                target = posixpath.join("/", folder, str(each.get("Target", "")))
                kind = str(each.get("Type", "")).rpartition("/")[2]
                found[str(each.get("Id"))] = (kind, posixpath.normpath(target).lstrip("/"))
        return found


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """The workbook at the path. Unreadable: truncated, corrupt, count, overlap, ratio, type."""
    with path.open("rb") as file:
        entries = directory(file)
        whole = sum(entry.member.size_bytes for entry in entries)
        packed = sum(entry.member.packed_bytes for entry in entries)
        if whole > _HARMLESS_BYTES and whole > _RATIO * packed:
            raise Unreadable(
                "ratio", f"it unpacks to more than {_RATIO} times its size, as a bomb does"
            )
        if odd := [e.member.name for e in entries if e.member.method not in _METHODS]:
            raise _corrupt(f"{odd[0]} is packed in a way that workbooks are not")
        try:
            archive = ZipFile(file)
        except (BadZipFile, NotImplementedError, ValueError) as error:
            raise _corrupt(str(error)) from error
        with archive:
            yield Workbook(archive)


def text_of(element: dict[str, Any]) -> str:
    """The text of a shared or inline string: its own, or that of its runs; no reading aid."""
    runs = element.get("r", [])
    held = [element, *(runs if isinstance(runs, list) else [runs])]
    return unescaped("".join(_own_text(each) for each in held))


def _own_text(element: object) -> str:
    text = element.get("t", "") if isinstance(element, dict) else ""
    if isinstance(text, dict):
        text = text.get("#text", "")
    return text if isinstance(text, str) else ""


def _corrupt(what: str) -> Unreadable:
    return Unreadable("corrupt", f"the workbook is damaged: {what}; save and send it again")
