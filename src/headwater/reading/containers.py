"""Files with types of their own, told by their first and last bytes: Avro, ORC, workbooks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from headwater.model.feed import Format, Selection
from headwater.model.manner import Manner
from headwater.reading.found import Found, overruled
from headwater.reading.names import clean_names
from headwater.reading.packing.directory import directory
from headwater.reading.packing.magic import Compression, is_avro, is_orc
from headwater.reading.typed.batches import typed_reader
from headwater.reading.workbook.table import recognise_workbook, sheets_of

_WORKBOOK = "xl/"  # the folder of an archive that is a workbook


def container(path: Path, start: bytes, tail: bytes, declared: Format) -> Found | None:
    """What a file with such first and last bytes is, if it is Avro or ORC.

    Unreadable, if it is one and cannot be read; MissingExtra, if what reads it is not installed.
    """
    if is_avro(start):
        return _typed(Format.AVRO, typed_reader(Format.AVRO).columns_of(path), declared)
    if is_orc(start, tail):
        return _typed(Format.ORC, typed_reader(Format.ORC).columns_of(path), declared)
    return None


def workbook(
    path: Path, declared: Format, selection: Selection, usual: Manner | None = None
) -> Found | None:
    """The table of a zip archive that is an Excel workbook; None if the archive is none.

    Where no sheet is named, the one that the feed's other files have is read, if it is there.
    """
    with path.open("rb") as file:
        if not any(entry.member.name.startswith(_WORKBOOK) for entry in directory(file)):
            return None
    sheet = usual.selection.sheet if usual is not None else None
    if selection.sheet is None and sheet is not None and sheet in sheets_of(path):
        selection = replace(selection, sheet=sheet)
    found = recognise_workbook(path, _sheet(path, selection.sheet), selection.cells)
    return Found(
        Format.EXCEL,
        Compression.NONE,
        columns=found.columns,
        originals=found.originals,
        notes=(*overruled(declared, Format.EXCEL), *found.notes),
        reasons=(f"it is a workbook, and its sheet {found.sheet!r} is read",),
        rows=replace(selection, sheet=found.sheet),
    )


def _sheet(path: Path, wanted: str | None) -> str | int | None:
    """A number is a sheet's name, if one has it, and else its place."""
    if wanted is None or not wanted.isdecimal() or wanted in sheets_of(path):
        return wanted
    return int(wanted)


def _typed(form: Format, originals: tuple[str, ...], declared: Format) -> Found:
    columns, notes = clean_names(originals)
    return Found(
        form,
        Compression.NONE,
        columns=columns,
        originals=originals,
        notes=(*overruled(declared, form), *notes),
    )
