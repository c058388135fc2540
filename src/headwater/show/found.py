"""What a file was found to be, in words: its format, how it is spelled, and why."""

from __future__ import annotations

from collections.abc import Iterator

from headwater.ports.peek import FoundFile, Spelling
from headwater.show.figures import clean, counted

_LONGEST = 60
_MEMBERS = 3
_NAMES = {
    "csv": "CSV",
    "tsv": "TSV",
    "json": "JSON",
    "ndjson": "NDJSON",
    "parquet": "Parquet",
    "xml": "XML",
    "avro": "Avro",
    "orc": "ORC",
    "excel": "Excel",
    "log": "log lines",
    "fixed": "fixed width",
    "sqldump": "SQL dump",
}
_MARKS = {"\t": "tab", " ": "blank", "": "none"}


def facts(found: FoundFile) -> Iterator[str]:
    """Format, packing, encoding, and what of an archive is read."""
    yield _NAMES.get(found.format, found.format)
    if found.compression != "none":
        yield found.compression
    if found.encoding is not None:
        yield _encoding(found.encoding)
    if found.members:
        more = len(found.members) - _MEMBERS
        named = clean(", ".join(found.members[:_MEMBERS]), _LONGEST)
        yield f"{named} and {more} more" if more > 0 else named


def _encoding(name: str) -> str:
    """An encoding as the world spells it."""
    if name.startswith("cp125"):
        return f"windows-{name[2:]}"
    return name.upper() if name.startswith(("utf", "iso")) else name


def spelling(found: FoundFile, *, alone: bool) -> str:
    """How a delimited text is spelled; empty for what is none. Alone: it has one column."""
    return "" if found.spelling is None else ", ".join(_words(found.spelling, alone=alone))


def mark(text: str) -> str:
    """A delimiter or quote as a person knows it."""
    return _MARKS.get(text) or f"`{clean(text)}`"


def _words(spelling: Spelling, *, alone: bool) -> Iterator[str]:
    """How it is spelled: what a person wants to know, and what is unusual."""
    yield "one column" if alone else f"delimiter {mark(spelling.delimiter)}"
    if spelling.header_rows:
        lines = counted(spelling.header_rows, "row") if spelling.header_rows > 1 else ""
        yield f"header of {lines}" if lines else "header"
    else:
        yield "no header"
    if spelling.quote != '"':
        yield f"quote {mark(spelling.quote)}"
    if spelling.escape:
        yield f"escape {mark(spelling.escape)}"
    if spelling.newline != "LF":
        yield f"line ends {spelling.newline}"
    if spelling.comment:
        yield f"comments {mark(spelling.comment)}"
    if spelling.nulls:
        yield f"null {', '.join(map(mark, spelling.nulls))}"
    if spelling.decimal != ".":
        yield "decimal comma"
