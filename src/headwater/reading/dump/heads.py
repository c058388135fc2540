"""Where the statements of a dump begin, and which of them hold tables and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from headwater.reading.dump.text import DumpText

_HEAD_BYTES = 1024 * 1024  # ten thousand columns' names
_MARK_BYTES = 64
_RESTART_BYTES = 16 * 1024
_PART = (
    rb'(?:"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|\[[^\]]*+\]'
    rb"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*+)"
)
_NAME = _PART + rb"(?:\." + _PART + rb")*+"
_LIST = rb"\(\s*+((?:" + _PART + rb"\s*+,?+\s*+)++)\)"
_SPLIT = re.compile(_PART)
_BETWEEN = re.compile(
    rb"(?:\s++|;|--[^\n]*+\n|\#[^\n]*+\n|\\[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/)*+"
)
_WORD = re.compile(rb"[A-Za-z]*+")
_COPY = re.compile(
    rb"COPY\s++(" + _NAME + rb")\s*+(?:" + _LIST + rb")?\s*+FROM\s++stdin\b([^;\n]*+);[^\n]*+\n",
    re.IGNORECASE,
)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s++(?:(?:IGNORE|OR|REPLACE|DELAYED|LOW_PRIORITY|HIGH_PRIORITY)\s++)*+"
    rb"INTO\s++(" + _NAME + rb")\s*+(?:" + _LIST + rb")?\s*+"
    rb"(?:OVERRIDING\s++(?:SYSTEM|USER)\s++VALUE\s++)?+(VALUES?\s*+(?=\())?+",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rb"CREATE\s++(?:(?:UNLOGGED|FOREIGN|GLOBAL|LOCAL|TEMPORARY|TEMP)\s++)*+TABLE\s++"
    rb"(?:IF\s++NOT\s++EXISTS\s++)?+(" + _NAME + rb")\s*+(?=\()",
    re.IGNORECASE,
)
_DELIMITER_BACK = re.compile(rb"\nDELIMITER[ \t]++;[ \t\r]*+\n", re.IGNORECASE)
# What no text has at the start of a line in a dump of MySQL, which writes line ends as \n there:
# a quote that goes on so far was not closed, and would take the rows of other tables with it.
_BEGINS = rb"(?:INSERT INTO|REPLACE INTO|CREATE TABLE|DROP TABLE|UNLOCK TABLES|LOCK TABLES)[ ;]"
_RESTART = re.compile(
    rb"\n(?=(?:INSERT|REPLACE)[ ](?:[A-Z]+[ ])?INTO[ ]|COPY[ ][^\n]{1,9999}[ ]FROM[ ]stdin|"
    rb"(?:CREATE|DROP|ALTER|LOCK|UNLOCK)[ ]TABLES?\b|/\*!)"
)


class Dump(StrEnum):
    """Who wrote a dump, which decides how its texts are spelled."""

    POSTGRES = "postgres"  # pg_dump: COPY blocks, or INSERTs of standard texts
    MYSQL = "mysql"  # mysqldump, mariadb-dump: backslash escapes in texts
    SQLITE = "sqlite"  # .dump of its shell: standard texts


class Kind(StrEnum):
    """What a statement does, as far as reading tables is concerned."""

    COPY = "copy"
    INSERT = "insert"
    CREATE = "create"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a statement: the text lies behind it."""

    kind: Kind
    line: int
    spelled: bytes = b""
    table: str = ""
    columns: tuple[str, ...] | None = None  # those it lists
    readable: bool = True  # rows follow that can be read


_HEADS = {
    b"COPY": (Kind.COPY, _COPY),
    b"INSERT": (Kind.INSERT, _INSERT),
    b"REPLACE": (Kind.INSERT, _INSERT),
    b"CREATE": (Kind.CREATE, _CREATE),
}


def next_head(text: DumpText) -> Head | None:
    """Move behind the head of the next statement; None at the end of the dump."""
    while True:
        between = _BETWEEN.match(text.text, text.at)
        if between is not None:
            text.move(between.end())
        mark = text.text[text.at : text.at + 2]
        cut = len(mark) < len(b"--") or mark in {b"/*", b"--"} or mark[:1] in {b"#", b"\\"}
        if cut and text.grow():
            continue
        if not mark or (cut and len(mark) > 1):
            text.move(len(text.text))
            return None
        word = _WORD.match(text.text, text.at)
        end = word.end() if word else text.at
        if end == len(text.text) and text.grow():
            continue
        name = text.text[text.at : end].upper()
        if name == b"DELIMITER":  # stored programs, which hold semicolons, up to its return
            text.move(end)
            text.behind(_DELIMITER_BACK, longest=_MARK_BYTES)
            continue
        if name not in _HEADS:
            return Head(Kind.OTHER, text.line)
        found = _HEADS[name][1].match(text.text, text.at)
        sure = (
            found is not None
            and found.end() < len(text.text)
            and found[found.re.groups] is not None
        )
        if not sure and text.ahead < _HEAD_BYTES and text.grow():
            continue
        return _head(text, _HEADS[name][0], found)


def _head(text: DumpText, kind: Kind, found: re.Match[bytes] | None) -> Head:
    line = text.line
    if found is None:
        return Head(Kind.OTHER, line)
    text.move(found.end())
    table = ".".join(names_in(found[1]))
    if kind is Kind.CREATE:
        return Head(kind, line, found[0], table)
    columns = names_in(found[2]) if found[2] else None
    readable = b"CSV" not in found[3].upper() if kind is Kind.COPY else bool(found[3])
    return Head(kind, line, found[0], table, columns, readable)


def names_in(text: bytes) -> tuple[str, ...]:
    """The names in a list or path of names, without their quotes."""
    return tuple(_unquoted(part.decode("utf-8", "replace")) for part in _SPLIT.findall(text))


def _unquoted(name: str) -> str:
    mark = name[0]
    if mark == "[":
        return name[1:-1]
    return name[1:-1].replace(mark * 2, mark) if mark in '"`' else name


def next_restart(text: DumpText) -> int:
    """Where, in the text at hand, the next statement seems to begin; its end, if nowhere."""
    found = _RESTART.search(text.text, text.at)
    return found.end() if found else len(text.text)


def restart(text: DumpText) -> None:
    """Move to the next line that begins as a statement does that matters here."""
    text.behind(_RESTART, longest=_RESTART_BYTES)


class Skipper:
    """Passes over statements without taking the semicolons in their texts for ends."""

    def __init__(self, dump: Dump) -> None:
        texts = {
            Dump.MYSQL: rb"'(?:[^'\\\n]++|\\.|\n(?!"
            + _BEGINS
            + rb"))*+'|\"(?:[^\"\\]++|\\.)*+\"|`[^`]*+`",
            Dump.SQLITE: rb"'[^']*+'|\"[^\"]*+\"|`[^`]*+`",
            Dump.POSTGRES: rb"(?<=\W[eE])'(?:[^'\\]++|\\.)*+'|'[^']*+'|\"[^\"]*+\""
            rb"|(\$(?:[A-Za-z_]\w*+)?\$)(?s:.*?)\1|\$(?=[^$A-Za-z_])|\$(?=[A-Za-z_]\w*+[^$\w])",
        }[dump]
        special = rb";'\"`/\-" + (b"$" if dump is Dump.POSTGRES else b"")
        if dump is Dump.POSTGRES:
            texts += rb"|`"
        self._spelled = (
            rb"(?:[^" + special + rb"]++|" + texts + rb"|--[^\n]*+\n|-(?=[^-])|"
            rb"/\*(?:[^*]++|\*(?!/))*+\*/|/(?=[^*]))*+"
        )
        self._passed = re.compile(self._spelled, re.DOTALL)

    def skip(self, text: DumpText, head: bytes = b"") -> None:
        """Move behind the statement that goes on here, and those that follow with such a head."""
        if head:
            alike = rb"(?:" + self._spelled + rb";\s*+" + re.escape(head) + rb")*+"
            passed = re.compile(alike, re.DOTALL).match(text.text, text.at)
            text.move(passed.end() if passed else text.at)
        while True:
            passed = self._passed.match(text.text, text.at)
            if passed is not None:
                text.move(passed.end())
            if text.text[text.at : text.at + 1] == b";":
                text.move(text.at + 1)
                return
            if text.full or not text.grow():
                # A quote that never closes: what follows is not to be lost with it.
                if text.ahead:
                    restart(text)
                return
