"""Texts that are told from delimited ones by their first lines: XML, dumps, logs, fixed width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from headwater.model.feed import Doctype, Format, Selection
from headwater.model.manner import Manner
from headwater.reading.dump.tables import Dump, DumpTable, recognise_dump, tables_of
from headwater.reading.fixed.declared import FixedLayout, declared_layout
from headwater.reading.fixed.drawn import drawn_layout, is_tally
from headwater.reading.fixed.layout import recognise_fixed
from headwater.reading.fixed.usual import usual_layout
from headwater.reading.found import Found, overruled
from headwater.reading.log.patterns import LogPattern, log_pattern, recognise_log
from headwater.reading.names import clean_names
from headwater.reading.packing.wrapping import Wrapping, texts
from headwater.reading.unreadable import Unreadable
from headwater.reading.xml.doctype import Prolog
from headwater.reading.xml.found import recognise_xml
from headwater.reading.xml.text import utf8_head

_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_STATEMENT = re.compile(
    rb"\s*(?:--|/\*|\\|(?:SET|CREATE|INSERT|REPLACE|COPY|DROP|PRAGMA|BEGIN|USE|LOCK|START)\s)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    rb"[\xef\xbb\xbf\s]*(?:<\?xml[^>]*>)?\s*(?:<!DOCTYPE[^<>\[]*>)?\s*"
    rb"<([^\s<>/=]+)\s*(?:/>|>\s*</\1\s*>)\s*"
)
_INSTRUCTION = re.compile(rb"<\?(?!php\b)[A-Za-z_][\w.:-]*(?:\s[^<>]*)?\?>\s*<")
_TAGS = re.compile(rb"<[^<>]+>\s*<")
_TEXTS = frozenset({Format.CSV, Format.TSV, Format.JSON, Format.NDJSON})
_MARKS = b"\xef\xbb\xbf\xfe\xff"
_HEAD_BYTES = 64 * 1024
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Text:
    """A text's beginning, and what is said of it beforehand."""

    path: Path
    wrapping: Wrapping
    sample: bytes
    declared: Format
    selection: Selection
    usual: Manner | None = None  # of the feed's other files


def xml_of(text: Text) -> Found | None:
    """What a text is that begins as XML; its sample is as it lies, since it tells its encoding."""
    declared, wanted = text.declared, text.selection.row
    begins = _begins_as_xml(text.sample)
    if declared in _TEXTS and begins and b"?xml" in begins:
        raise Unreadable(
            "type", f"it is XML, and it is declared as {declared}; read it with `format: xml`"
        )
    found = None
    if declared is Format.XML or (begins and declared not in _TEXTS):
        found = recognise_xml(text.sample, text.selection.doctype)
    if found is None:
        return None
    if wanted is None and _NOTHING.fullmatch(text.sample):
        raise Unreadable(
            "empty", f"its element {found.root} holds nothing; send it again if it should"
        )
    if len(text.wrapping.members) > 1:
        raise Unreadable(
            "multi", "its zip archive holds several files of XML; name one as `member`"
        )
    usual = _usual_row(text, found.row) if wanted is None else None
    row = wanted or usual or found.row
    why = "as it is declared" if wanted else "which repeats" if "/" in row else "the whole of it"
    why = "as in the feed's other files" if usual else why
    passed = () if found.passed_over is None else (found.passed_over,)
    return Found(
        Format.XML,
        text.wrapping.compression,
        notes=(*overruled(declared, Format.XML), *passed),
        wrapping=text.wrapping,
        reasons=(f"it begins as XML does, and its rows are {row}, {why}",),
        rows=replace(text.selection, row=row),
    )


def hides_root(sample: bytes) -> bool:
    """Whether a sample of XML ends before its root element begins: behind a long comment, say."""
    if not _begins_as_xml(sample):
        return False
    prolog = Prolog(Doctype.SKIP)
    with suppress(Unreadable):  # whoever reads it says why
        prolog.look(utf8_head(sample)[1])
        return not prolog.settled
    return False


def _usual_row(text: Text, found: str) -> str | None:
    """The row element of the feed's other files, where none repeats in this one."""
    row = text.usual.selection.row if text.usual is not None else None
    if row is None or "/" in found:
        return None
    name = re.escape(row.rpartition("/")[2].encode())
    return row if re.search(rb"<(?:[\w.-]+:)?" + name + rb"[\s/>]", text.sample) else None


def refuse_html(sample: bytes) -> None:
    """Refuse a page, which is what servers send where a file is not."""
    if _HTML.match(sample):
        raise Unreadable(
            "type", "it is an HTML page, perhaps an error message; send CSV, JSON or Parquet"
        )


def refuse_separators(sample: bytes) -> None:
    """Refuse records that end with ASCII's own separator, of which line ends are a part."""
    if b"\x1f" in sample and sample.count(b"\x1e") > sample.count(b"\n"):
        raise Unreadable(
            "type",
            "its records end with the byte 0x1E and not with their lines; write line ends for it, "
            "and put quotes around fields that have some",
        )


def lines_of(text: Text, skip_lines: int, *, whole: bool) -> Found | None:
    """What a text of UTF-8 is, if it is a dump or a log, or is declared as fixed width."""
    declared, wanted = _meant(text), text.selection
    if declared is Format.XML:
        raise Unreadable("xml", "it does not begin as XML does; correct its `format`")
    if declared in {Format.AUTO, Format.SQLDUMP} and (dump := _dump(text)) is not None:
        return _of_table(text, _table(text, dump))
    if declared is Format.SQLDUMP:
        raise Unreadable("sql", "it does not begin as a database's dump does; correct the format")
    if declared in {Format.AUTO, Format.LOG} and (pattern := _pattern(text, declared)) is not None:
        return _of_log(text, pattern)
    if declared is Format.AUTO:
        known = usual_layout(text.sample, text.usual) or _drawn(text.sample)
        return None if known is None else _of_fixed(text, known)
    if declared is not Format.FIXED:
        return None
    if wanted.columns:
        return _of_fixed(text, _declared(wanted, skip_lines))
    return fixed_of(text, whole=whole) or _no_layout()


def fixed_of(text: Text, *, whole: bool) -> Found | None:
    """What a text is whose columns lie at the same places in all its lines.

    Unless it is declared, it has a header that names them: a column of times or of names
    has blanks at the same places, too.
    """
    end = len(text.sample) if whole else text.sample.rfind(b"\n") + 1
    layout = recognise_fixed(text.sample[:end])
    known = usual_layout(text.sample[:end], text.usual)
    if known is not None and (layout is None or layout.columns != known.columns):
        return _of_fixed(text, known)
    if layout is None or (layout.first_line == 1 and text.declared is not Format.FIXED):
        return None
    return _of_fixed(text, layout)


def head_lines(found: Found) -> int:
    """How many lines stand before the first record of a text that is not delimited."""
    return found.rows.first_line - 1 if isinstance(found.rows, FixedLayout) else 0


def _begins_as_xml(sample: bytes) -> bytes:
    """The start of what may be XML; nothing of what is not: a header may be `<DAY>,<OPEN>`."""
    head = sample[:_HEAD_BYTES].replace(b"\0", b"").lstrip(_MARKS).lstrip()
    if not head.startswith(b"<"):
        return b""
    if head.startswith(b"<?xml"):
        return head[:5]
    if _INSTRUCTION.match(head):
        return head[:1]
    tags = _TAGS.match(head) or b"</" in head or b"/>" in head
    return head[:1] if tags or head.startswith((b"<!--", b"<!DOCTYPE")) else b""


def _dump(text: Text) -> Dump | None:
    if text.declared is Format.AUTO and not _STATEMENT.match(text.sample):
        return None
    return recognise_dump(text.sample)


def _table(text: Text, dump: Dump) -> DumpTable:
    """The table of a dump that is to be read."""
    wanted = text.selection.dump_table
    met = list[DumpTable]()
    for table in tables_of(texts(text.path, text.wrapping), dump):
        if wanted in {table.name, table.name.rpartition(".")[2]}:
            return table
        met.append(table)
        if wanted is None and len(met) == _SHOWN:
            break
    names = ", ".join(table.name for table in met[:_SHOWN])
    if not met:
        raise Unreadable("empty", "the dump holds no table; send it again if it should")
    if wanted is not None:
        raise Unreadable("table", f"the dump holds no table {wanted}; it holds {names}")
    if len(met) > 1:
        raise Unreadable(
            "multi",
            f"the dump holds several tables ({names}); say which to read with "
            f"`dump_table: {met[0].name}`",
        )
    return met[0]


def _of_table(text: Text, table: DumpTable) -> Found:
    why = f"it is a dump of {table.dump}, and its table {table.name} is read"
    return _named(text, Format.SQLDUMP, table.columns, table, why)


def _meant(text: Text) -> Format:
    """The declared format; who gives columns or a pattern means what they are for."""
    if text.declared is not Format.AUTO:
        return text.declared
    if text.selection.columns:
        return Format.FIXED
    return Format.LOG if text.selection.pattern else Format.AUTO


def _pattern(text: Text, declared: Format) -> LogPattern | None:
    if declared is Format.LOG and text.selection.pattern is not None:
        try:
            return log_pattern(text.selection.pattern)
        except ValueError as error:
            raise Unreadable("pattern", str(error)) from error
    found = recognise_log(text.sample)
    if found is None and declared is Format.LOG:
        raise Unreadable(
            "pattern",
            "its lines match none of the patterns common, combined, level, python and syslog; "
            "give it a `pattern`",
        )
    return found


def _of_log(text: Text, pattern: LogPattern) -> Found:
    why = f"its lines match the pattern {pattern.name}"
    return _named(text, Format.LOG, pattern.columns, pattern, why)


def _declared(wanted: Selection, skip_lines: int) -> FixedLayout:
    places = [(each.name, each.start, each.length) for each in wanted.columns]
    try:
        layout = declared_layout(places, skip_lines=skip_lines)
    except ValueError as error:
        raise Unreadable("columns", str(error)) from error
    return replace(layout, evidence="its columns are declared")


def _of_fixed(text: Text, layout: FixedLayout) -> Found:
    found = _named(text, Format.FIXED, layout.originals, layout, layout.evidence)
    tallies = filter(is_tally, _lines(text.sample)) if layout.ruler else ()
    passed = tuple(f"1 line behind the table passed over: {each.strip()!r}" for each in tallies)
    return replace(found, notes=(*found.notes, *passed[:1]))


def _drawn(sample: bytes) -> FixedLayout | None:
    head = sample[:_HEAD_BYTES]
    if len(head) < len(sample):  # its last line is cut
        head = head[: head.rfind(b"\n") + 1]
    return drawn_layout(_lines(head)) if b"--" in head else None


def _lines(sample: bytes) -> list[str]:
    return sample.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")


def _no_layout() -> Found:
    raise Unreadable(
        "columns",
        "its lines do not show where its columns are; give it `columns`, each with its "
        "start and length",
    )


def _named(
    text: Text,
    form: Format,
    originals: Sequence[str],
    rows: FixedLayout | LogPattern | DumpTable,
    why: str,
) -> Found:
    columns, notes = clean_names(originals)
    return Found(
        form,
        text.wrapping.compression,
        columns=columns,
        originals=tuple(originals),
        notes=(*overruled(text.declared, form), *notes),
        wrapping=text.wrapping,
        reasons=(why,),
        rows=rows,
    )
