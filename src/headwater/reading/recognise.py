"""What a file is: its format, compression and dialect, told from its first bytes."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import replace
from functools import partial
from pathlib import Path

from headwater.model.feed import Format, Selection
from headwater.reading.containers import container, workbook
from headwater.reading.delimited.dialect import Dialect, newline_byte, trimmed
from headwater.reading.delimited.footer import TAIL_BYTES
from headwater.reading.delimited.sniff import told_from_content
from headwater.reading.delimited.tables import table_of_number
from headwater.reading.encoding.told import as_utf8, encoding_of
from headwater.reading.found import Found, overruled
from headwater.reading.json.kind import is_object, json_format
from headwater.reading.jsonrows import lists_of, told_of, wrapped_of
from headwater.reading.names import clean_names
from headwater.reading.packing.inflate import head, member_names
from headwater.reading.packing.magic import (
    Compression,
    compression_of,
    is_parquet,
    refuse_nested,
    refuse_strangers,
)
from headwater.reading.packing.wrapping import Wrapping, text_head, texts
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.textkind import (
    Text,
    fixed_of,
    head_lines,
    hides_root,
    lines_of,
    refuse_html,
    refuse_separators,
    xml_of,
)
from headwater.reading.told import Sample, Told
from headwater.reading.unreadable import Unreadable

__all__ = ["Compression", "Dialect", "Found", "Told", "recognise"]

_SAMPLE_BYTES = 1024 * 1024
_MAGIC_BYTES = 64 * 1024
_TAIL_BYTES = 16
_SHOWN = 3
_DELIMITED = frozenset({Format.CSV, Format.TSV})
_ONE_PART = frozenset({Format.JSON, Format.SQLDUMP})  # what cannot be read one behind the other
_LINES = frozenset({Format.LOG, Format.FIXED})  # which have no delimiter
_NOTHING_TOLD = Told()
_NOTHING_CHOSEN = Selection()


def recognise(
    path: Path,
    declared: Format,
    *,
    encoding: str | None = None,
    member: str | None = None,
    told: Told = _NOTHING_TOLD,
    selection: Selection = _NOTHING_CHOSEN,
) -> Found:
    """Find out what the file is from a few bytes of it.

    What is declared wins where the bytes leave a choice; where they say something
    else, they win and a note tells. Of a zip archive the member is read that matches the
    pattern, or all that do. Unreadable: the file is refused whole. MissingExtra: what reads
    such files is not installed.
    """
    start, tail, size_bytes = _edges(path)
    if is_parquet(start, tail, size_bytes):
        return Found(Format.PARQUET, Compression.NONE, notes=overruled(declared, Format.PARQUET))
    if (found := container(path, start, tail, declared)) is not None:
        return found
    refuse_strangers(start)
    compression = compression_of(start)
    usual = told.usual
    if compression is Compression.ZIP and (found := workbook(path, declared, selection, usual)):
        return found
    members = member_names(path, member) if compression is Compression.ZIP else ()
    seen = Text(path, Wrapping(compression, members), b"", declared, selection, usual)
    return _content(seen, told, encoding)


def _content(seen: Text, told: Told, encoding: str | None) -> Found:
    """What a file is that is no container of its own, packed or not."""
    wrapping, declared = seen.wrapping, seen.declared
    compression, members = wrapping.compression, wrapping.members
    # Half a sample takes one block of bzip2, which is slow, and a whole one two.
    wanted = _SAMPLE_BYTES // (2 if compression is Compression.BZIP2 else 1)
    member = members[0] if members else None
    content, whole = head(seen.path, compression, wanted, member)
    if not whole and hides_root(content):
        content, whole = head(seen.path, compression, RECORD_BYTES + 1, member)
    if compression is not Compression.NONE:
        refuse_nested(content)
        refuse_strangers(content)
    if declared is Format.PARQUET and b"\0" in content:
        raise Unreadable(
            "parquet", "it is declared as Parquet and does not begin as such; send it again"
        )
    seen = replace(seen, sample=content)
    if (found := xml_of(seen)) is not None:
        return _unwrapped(found, wrapping, (content, 0), ())
    coding = encoding_of(content, encoding, whole=whole)
    wrapping = replace(wrapping, encoding=coding.codec)
    text, skip = as_utf8(content, coding, whole=whole)
    refuse_html(text)
    refuse_separators(text)
    seen = replace(seen, wrapping=wrapping, sample=text)
    found = _text(seen, told, whole=whole and len(members) <= 1)
    if told.table_number is not None and found.dialect is not None:
        if len(members) > 1:
            raise Unreadable(
                "multi",
                "its zip archive holds several files, and of one file a table is to be read; "
                "name one as `member`",
            )
        mark = Dialect(",", skip_bytes=skip)
        found = table_of_number(found, lambda: trimmed(texts(seen.path, wrapping), mark), told)
    return _unwrapped(found, wrapping, (text, skip), coding.notes)


def _unwrapped(
    found: Found, wrapping: Wrapping, start: tuple[bytes, int], notes: tuple[str, ...]
) -> Found:
    """What was found, and what has to be taken off for it."""
    text, skip = start
    if skip and found.dialect:
        found = replace(
            found, dialect=replace(found.dialect, skip_bytes=found.dialect.skip_bytes + skip)
        )
    if len(wrapping.members) > 1:
        wrapping = replace(wrapping, header=_repeated(found, text))
    if wrapping.members:
        notes = (f"read from its zip archive: {', '.join(wrapping.members[:_SHOWN])}", *notes)
    return replace(found, wrapping=wrapping, notes=(*notes, *found.notes))


def _repeated(found: Found, text: bytes) -> bytes:
    """What each of several members begins with, to be read but once."""
    if found.format in _ONE_PART:
        raise Unreadable(
            "multi",
            f"its zip archive holds several files that cannot be joined: {found.format}; "
            "name one as `member`",
        )
    if found.dialect is None:
        lines, end = head_lines(found), b"\n"
    else:
        lines = found.dialect.skip_lines + found.dialect.heads if found.dialect.heads else 0
        end = newline_byte(found.dialect.newline)
    place = 0
    for _ in range(lines):
        place = text.find(end, place) + 1 or len(text)
    return text[:place]


def _edges(path: Path) -> tuple[bytes, bytes, int]:
    with path.open("rb", buffering=0) as file:
        start = file.read(_MAGIC_BYTES)
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - _TAIL_BYTES))
        return start, file.read(_TAIL_BYTES), size_bytes


def _text(text: Text, told: Told, *, whole: bool) -> Found:
    declared, compression, content = text.declared, text.wrapping.compression, text.sample
    lines = lines_of(text, told.skip_lines or 0, whole=whole)
    if lines is not None and not (lines.format in _LINES and _is_told_table(text, told)):
        return lines
    letters = content.decode("utf-8", "ignore")  # one may be cut at the sample's end
    if declared in _DELIMITED:
        _refuse_objects(letters, declared)
        found = None
    else:
        found = json_format(letters, declared, whole=whole)
    lists = () if found is None else lists_of(letters, found)
    if found is not None and (wrapped := wrapped_of(text, lists, told.columns)):
        return wrapped
    if found is not Format.JSON and not whole and not _has_line_end(content):
        content, whole = _longer(text.path, text.wrapping)
        found = found and json_format(content.decode("utf-8", "ignore"), declared, whole=whole)
    if found is not None:
        notes, reasons = overruled(declared, found), told_of(lists)
        return Found(found, compression, notes=notes, reasons=reasons)
    tail = partial(_last_bytes, text.path) if text.wrapping.is_plain and not whole else None
    sample = Sample(content, whole, tail)
    if declared is not Format.AUTO or told.delimiter is not None:
        return _delimited(sample, compression, declared, told)
    return _table(text, sample, told)


def _is_told_table(text: Text, told: Told) -> bool:
    """Whether who leaves the format open says what fields are parted by."""
    return (
        text.declared is Format.AUTO and told.delimiter is not None and not text.selection.pattern
    )


def _table(text: Text, sample: Sample, told: Told) -> Found:
    """A delimited text, or one of fixed width where that leaves one column or parts at blanks."""
    try:
        table = _delimited(sample, text.wrapping.compression, text.declared, told)
    except Unreadable:
        if (fixed := fixed_of(text, whole=sample.whole)) is not None:
            return fixed
        raise
    dialect = table.dialect
    at_blanks = dialect is not None and dialect.delimiter == " " and not dialect.row_names
    if len(table.columns) == 1 or at_blanks:
        return fixed_of(text, whole=sample.whole) or table
    return table


def _refuse_objects(text: str, declared: Format) -> None:
    if is_object(text.lstrip().partition("\n")[0]):
        raise Unreadable(
            "type",
            f"its first line is a JSON object, and it is declared as {declared}; "
            "read it with `format: ndjson`",
        )


def _has_line_end(content: bytes) -> bool:
    return b"\n" in content.lstrip() or b"\r" in content.lstrip()[:-1]


def _longer(path: Path, wrapping: Wrapping) -> tuple[bytes, bool]:
    """A sample of as much as one record may have, where a smaller one shows no line end."""
    content, whole = text_head(path, wrapping, RECORD_BYTES + 1)
    if not whole and not _has_line_end(content):
        raise Unreadable(
            "line_too_long",
            f"its first line is longer than {RECORD_BYTES >> 20} MiB; look for missing line ends",
        )
    return content.removeprefix(BOM_UTF8), whole


def _last_bytes(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(-TAIL_BYTES, 2)
        return file.read(TAIL_BYTES)


def _delimited(sample: Sample, compression: Compression, declared: Format, told: Told) -> Found:
    if declared is Format.TSV and told.delimiter is None:
        told = replace(told, delimiter="\t")
    seen = told_from_content(sample, told)
    columns, renamed = clean_names(seen.names, lenient=told.lenient)
    if declared is Format.AUTO:
        form = Format.TSV if seen.dialect.delimiter == "\t" else Format.CSV
    else:
        form = declared if declared in _DELIMITED else Format.CSV
    notes = (*overruled(declared, form), *seen.notes, *renamed)
    return Found(
        form,
        compression,
        seen.dialect,
        columns,
        seen.names,
        notes,
        reasons=seen.reasons,
        candidates=seen.candidates,
    )
