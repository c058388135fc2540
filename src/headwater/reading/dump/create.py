"""The columns of a table, as its CREATE TABLE lists them or as its first row shows."""

from __future__ import annotations

import re

from headwater.reading.dump.copy import END, TAB
from headwater.reading.dump.heads import Dump, Head, Kind, names_in
from headwater.reading.dump.text import DumpText
from headwater.reading.dump.values import Cut, grammar_of

_TOKEN = re.compile(
    rb"[^'\"`(),;\-/]++|[(),;]|'(?:[^'\\]++|\\.|'')*+'|\"[^\"]*+\"|`[^`]*+`|--[^\n]*+\n|"
    rb"/\*(?:[^*]++|\*(?!/))*+\*/|[-/]",
    re.DOTALL,
)
_NO_COLUMN = re.compile(
    rb"(?:CONSTRAINT|PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|FOREIGN|CHECK|EXCLUDE|LIKE|PERIOD)\b",
    re.IGNORECASE,
)


def column_names(text: DumpText) -> tuple[str, ...]:
    """The names in the brackets that open here; the text is not moved, but may have grown."""
    while True:
        names = _column_names(text.text, text.at)
        if names is not None:
            return names
        if text.full or not text.grow():
            return ()


def _column_names(text: bytes, start: int) -> tuple[str, ...] | None:
    """The first name of each entry of a list; None if the list does not end."""
    depth, entry, names = 0, b"", list[str]()
    at = start
    while token := _TOKEN.match(text, at):
        at, word = token.end(), token[0]
        depth += {b"(": 1, b")": -1}.get(word, 0)
        if (word == b"," and depth == 1) or not depth:
            entry = entry.strip()
            if entry and not _NO_COLUMN.match(entry):
                names += names_in(entry)[:1]
            if not depth:
                return tuple(names)
            entry = b""
        elif not word.startswith((b"--", b"/*")) and (depth > 1 or word != b"("):
            entry += word
    return None


def first_row_width(text: DumpText, head: Head, dump: Dump) -> int:
    """How many values the first row behind a head has; 0 if it cannot be read."""
    if head.kind is Kind.COPY:
        while b"\n" not in text.text[text.at :] and not text.full and text.grow():
            pass
        row = text.text[text.at :].partition(b"\n")[0]
        return 0 if row.rstrip() == END else row.count(TAB) + 1
    while head.readable:
        try:
            found = grammar_of(dump, 1).width_at(text.text, text.at)
        except Cut:
            if text.full or not text.grow():
                return 0
        else:
            return found if isinstance(found, int) else 0
    return 0
