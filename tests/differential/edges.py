"""Texts in which something special lies across every edge that a reader may cut at."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tests.differential.case import Case

KIB = 1024
EDGES = tuple(size * KIB for size in (64, 128, 256, 512, 768, 1024, 2048, 4096))
"""What is read at a time, or looked at, in one room or another; and multiples of it."""

FIRST_EDGES = EDGES[:6]
_LONG = 30 * KIB

SPECIALS = {
    "quote": '"',
    "two quotes": '""',
    "delimiter": ",",
    "line feed": "\n",
    "carriage return": "\r",
    "both": "\r\n",
    "tab": "\t",
    "nothing": "\0",
    "mark": "\ufeff",
    "two bytes": "\xe9",
    "three bytes": "\u65e5",
    "four bytes": "\U0001f600",
    "backslash": "\\",
    "backslash and quote": '\\"',
    "end of CDATA": "]]>",
    "entity": "&amp;",
    "braces": '{"a":[',
    "end of copy": "\n\\.\n",
    "statement": "');\nINSERT INTO",
}


@dataclass(frozen=True)
class Form:
    """How records of three cells are spelled: a number, a letter behind some padding, a text."""

    spell: Callable[[str], str]
    record: str  # with the number, the padding and the spelled text
    head: str = ""
    end: str = ""
    objects: bool = False
    without_nul: bool = False


def _in_csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _in_copy(text: str) -> str:
    for letter, spelled in (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(letter, spelled)
    return text


def _in_mysql(text: str) -> str:
    for letter, spelled in (
        ("\\", "\\\\"),
        ("'", "\\'"),
        ('"', '\\"'),
        ("\n", "\\n"),
        ("\0", "\\0"),
    ):
        text = text.replace(letter, spelled)
    return text


_CREATE = "CREATE TABLE t (\n n text,\n a text,\n b text\n);\n"
_CSV = Form(_in_csv, "{},{}x,{}\n", "n,a,b\n")
_OBJECT = '{{"n":"{}","a":"{}x","b":{}}}'
FORMS = {
    "csv": _CSV,
    "gzip": _CSV,
    "lines": Form(json.dumps, _OBJECT + "\n", objects=True),
    "array": Form(
        lambda text: json.dumps(text, ensure_ascii=False),
        _OBJECT + ",\n",
        "[",
        '{"n":"last","a":"x","b":""}]',
        objects=True,
    ),
    "xml": Form(
        lambda text: escape(text).replace("\r", "&#13;"),
        "<row><n>{}</n><a>{}x</a><b>{}</b></row>\n",
        "<all>",
        "</all>",
        objects=True,
        without_nul=True,
    ),
    "dump": Form(
        _in_copy,
        "{}\t{}x\t{}\n",
        f"-- PostgreSQL database dump\n\n{_CREATE}COPY t (n, a, b) FROM stdin;\n",
        "\\.\n",
        without_nul=True,
    ),
    "inserts": Form(
        _in_mysql,
        "INSERT INTO `t` VALUES ('{}','{}x','{}');\n",
        f"-- MySQL dump 10.13\n\n{_CREATE.replace(' t ', ' `t` ')}",
    ),
}


def cases(name: str, special: str, edges: Sequence[int] = EDGES) -> Iterator[Case]:
    """A text for each way in which the special may lie across the edges."""
    text = SPECIALS[special]
    form = FORMS[name]
    if form.without_nul:
        text = text.replace("\0", "x")
    for shift in range(len(form.spell(text).encode()) + 2):
        case = across(form, text, shift, edges)
        case.seed = f"{name}, {special}"
        if name == "gzip":
            case = replace(case, content=gzip.compress(case.content, 1))
        yield case


def across(form: Form, special: str, shift: int, edges: Sequence[int]) -> Case:
    """A text in which the special is spelled that many bytes before each edge."""
    cell, rows, text = form.spell(special), list[tuple](), bytearray(form.head.encode())
    for edge in edges:
        pad = _LONG
        while pad == _LONG:
            number = len(rows)
            before = len(form.record.partition("{}x")[0].format(number))
            behind = len(form.record.partition("{}x")[2].partition("{}")[0].format()) + 1
            pad = min(edge - shift - len(text) - before - behind, _LONG)
            text += form.record.format(number, "p" * pad, cell).encode()
            rows.append((str(number), "p" * pad + "x", special))
    text += form.end.encode()
    if form.end.startswith("{"):
        rows.append(("last", "x", ""))
    held = [dict(zip("nab", row, strict=True)) for row in rows] if form.objects else rows
    return Case("", bytes(text), held, marks=f"{special!r} {shift} bytes before edges")
