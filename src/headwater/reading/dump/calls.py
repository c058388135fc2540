"""Calls by which a dump of SQLite writes texts with line ends and other controls in them."""

from __future__ import annotations

import re

_LITERAL = rb"'[^']*+(?:''[^']*+)*+'"
_MARK = rb",'[^']++',char\(1[03]\)\)"
_ONE = rb"replace\(" + _LITERAL + _MARK
_TWO = rb"replace\(" + _ONE + _MARK
CALL = rb"(?i:" + _TWO + rb"|" + _ONE + rb"|unistr\(" + _LITERAL + rb"\))"
"""One of them, without groups."""

_BEGUN = re.compile(rb"(?i:(?:replace\()+|unistr\()")
_TEXT = re.compile(_LITERAL, re.DOTALL)
_REPLACED = re.compile(rb",'([^']++)',char\((1[03])\)\)", re.IGNORECASE)
_UNISTR = re.compile(rb"\\(?:\\|u([0-9A-Fa-f]{4}))")


def text_of(call: bytes) -> bytes:
    """The text that a call stands for."""
    literal = _TEXT.search(call)
    text = literal[0][1:-1].replace(b"''", b"'") if literal else b""
    if call[:1] in b"uU":
        return _UNISTR.sub(_letter, text)
    for mark, code in _REPLACED.findall(call, literal.end() if literal else 0):
        text = text.replace(mark, bytes([int(code)]))
    return text


def behind_text(sql: bytes, at: int) -> int:
    """Where the text ends with which a call there begins; the same place where none begins."""
    begun = _BEGUN.match(sql, at)
    if begun is None:
        return at
    literal = _TEXT.match(sql, begun.end())
    return literal.end() if literal else begun.end()


def _letter(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    return b"\\" if code is None else chr(int(code, 16)).encode("utf-8", "surrogatepass")
