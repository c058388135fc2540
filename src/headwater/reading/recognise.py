"""What a file is: its format, compression and dialect, told from its first bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.model.feed import Format
from headwater.reading.dialect import (
    Dialect,
    delimiter_of,
    first_record,
    looks_like_data,
    newline_of,
)
from headwater.reading.encoding import text_start
from headwater.reading.inflate import head
from headwater.reading.jsonkind import is_object, json_format
from headwater.reading.magic import (
    Compression,
    compression_of,
    is_parquet,
    refuse_packed_parquet,
    refuse_strangers,
)
from headwater.reading.names import clean_names
from headwater.reading.pieces import RECORD_BYTES
from headwater.reading.unreadable import Unreadable

__all__ = ["Compression", "Dialect", "Found", "recognise"]

_SAMPLE_BYTES = 1024 * 1024
_MAGIC_BYTES = 64 * 1024
_TAIL_BYTES = 16
_MARKUP = re.compile(rb"\s*<(?:(!doctype|html|head|body)\b|(\?xml)\b)", re.IGNORECASE)
_DELIMITED = frozenset({Format.CSV, Format.TSV})
_JSON = frozenset({Format.JSON, Format.NDJSON})


@dataclass(frozen=True, slots=True)
class Found:
    """What a file was found to be."""

    format: Format  # never AUTO
    compression: Compression
    dialect: Dialect | None = None  # of a delimited text
    columns: tuple[str, ...] = ()  # of a delimited text: cleaned names in file order
    originals: tuple[str, ...] = ()  # the names as the file has them
    notes: tuple[str, ...] = ()


def recognise(path: Path, declared: Format) -> Found:
    """Find out what the file is from a few bytes of it.

    What is declared wins where the bytes leave a choice; where they say something
    else, they win and a note tells. Unreadable: the file is refused whole.
    """
    start, tail, size_bytes = _edges(path)
    if is_parquet(start, tail, size_bytes):
        return Found(Format.PARQUET, Compression.NONE, notes=_overruled(declared, Format.PARQUET))
    refuse_strangers(start, tail)
    compression = compression_of(start)
    content, whole = head(path, compression, _SAMPLE_BYTES)
    if compression is not Compression.NONE:
        refuse_packed_parquet(content)
        refuse_strangers(content, b"")
    if declared is Format.PARQUET and b"\0" in content:
        raise Unreadable(
            "parquet", "it is declared as Parquet and does not begin as such; send it again"
        )
    skip = text_start(content, whole=whole)
    _refuse_markup(content[skip:])
    found = _text(path, compression, (content[skip:], whole), declared)
    if not skip:
        return found
    dialect = found.dialect and replace(found.dialect, skip_bytes=skip)
    return replace(found, dialect=dialect, notes=("byte order mark dropped", *found.notes))


def _edges(path: Path) -> tuple[bytes, bytes, int]:
    with path.open("rb", buffering=0) as file:
        start = file.read(_MAGIC_BYTES)
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - _TAIL_BYTES))
        return start, file.read(_TAIL_BYTES), size_bytes


def _refuse_markup(text: bytes) -> None:
    if markup := _MARKUP.match(text):
        what = "an HTML page, perhaps an error message" if markup[1] else "XML, which is not read"
        raise Unreadable("type", f"it is {what}; send CSV, JSON or Parquet")


def _text(
    path: Path, compression: Compression, sample: tuple[bytes, bool], declared: Format
) -> Found:
    content, whole = sample
    text = content.decode("utf-8", "ignore")  # a letter may be cut at the sample's end
    if declared in _DELIMITED:
        _refuse_objects(text, declared)
        found = None
    else:
        found = json_format(text, declared, whole=whole)
    if found is not Format.JSON and not whole and not _has_line_end(content):
        content, whole = _longer(path, compression)
        found = found and json_format(content.decode("utf-8", "ignore"), declared, whole=whole)
    if found is not None:
        return Found(found, compression, notes=_overruled(declared, found))
    return _delimited(content, compression, declared, whole=whole)


def _refuse_objects(text: str, declared: Format) -> None:
    if is_object(text.lstrip().partition("\n")[0]):
        raise Unreadable(
            "type",
            f"its first line is a JSON object and the feed declares {declared}; "
            "set its format to ndjson",
        )


def _has_line_end(content: bytes) -> bool:
    return b"\n" in content.lstrip() or b"\r" in content.lstrip()[:-1]


def _longer(path: Path, compression: Compression) -> tuple[bytes, bool]:
    """A sample of as much as one record may have, where a smaller one shows no line end."""
    content, whole = head(path, compression, RECORD_BYTES + 1)
    if not whole and not _has_line_end(content):
        raise Unreadable(
            "line_too_long",
            f"its first line is longer than {RECORD_BYTES >> 20} MiB; look for missing line ends",
        )
    return content[text_start(content, whole=whole) :], whole


def _delimited(content: bytes, compression: Compression, declared: Format, *, whole: bool) -> Found:
    delimiter = "\t" if declared is Format.TSV else delimiter_of(content, whole=whole)
    newline = newline_of(content)
    cells = first_record(content, delimiter, newline, whole=whole).values()
    header = not looks_like_data(cells)
    originals, notes = cells, tuple[str, ...]()
    if not header:
        originals = tuple(f"column_{place}" for place in range(1, len(cells) + 1))
        notes = ("no header: its first record looks like data",)
    columns, renamed = clean_names(originals)
    if declared is Format.AUTO:
        form = Format.TSV if delimiter == "\t" else Format.CSV
    else:
        form = declared if declared in _DELIMITED else Format.CSV
    dialect = Dialect(delimiter, header=header, newline=newline)
    told = (*_overruled(declared, form), *notes, *renamed)
    return Found(form, compression, dialect, columns, originals, told)


def _overruled(declared: Format, found: Format) -> tuple[str, ...]:
    if declared in {Format.AUTO, found}:
        return ()
    return (f"declared as {declared} and read as {found}, which its content is",)
