"""One value of XML as it is spelled in JSON."""

from __future__ import annotations

import re
from json.encoder import encode_basestring as spelled

from headwater.reading.xml.draw import Slot

SPECIAL = re.compile(rb'[<>&"\\\x00-\x1f]')
"""What does not mean itself in both."""

CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
"""Text in which nothing is markup."""

_CONTROL = re.compile(rb"[\x00-\x1f]")
_REFERENCE = re.compile("&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,8})|#x([0-9a-fA-F]{1,7}));|&")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?")
_ONE_LINE = str.maketrans("\n\t", "  ")
_LAST = 0x10FFFF


class Odd(Exception):
    """It is no value, or none that is plain enough; the parser is to say what it is."""


def plain_cell(cell: bytes, slot: Slot) -> bytes:
    """The JSON string of a value, without its quotes."""
    if slot.delimiter:
        text = _with_line_ends(cell).translate(_ONE_LINE)  # but for what references spell
        return _in_json(_without_references(text))
    parts = CDATA.split(cell)
    if any(b"]]>" in text for text in parts[::2]):
        raise Odd
    texts = [_with_line_ends(part) for part in parts]
    texts[::2] = [_without_references(text) for text in texts[::2]]
    return _in_json("".join(texts))


def _in_json(text: str) -> bytes:
    return spelled(text)[1:-1].encode()


def _with_line_ends(cell: bytes) -> str:
    """The text with the line ends that parsers make."""
    text = cell.decode()
    if _CONTROL.search(cell):
        if _ILLEGAL.search(text):
            raise Odd
        return _LINE_END.sub("\n", text)
    return text


def _without_references(text: str) -> str:
    if "&" not in text:
        return text
    if "&#" in text:
        return _REFERENCE.sub(_letter, text)
    bare = text.replace("&lt;", "<").replace("&gt;", ">")
    bare = bare.replace("&quot;", '"').replace("&apos;", "'")
    if bare.count("&") != bare.count("&amp;"):
        raise Odd
    return bare.replace("&amp;", "&")


def _letter(reference: re.Match[str]) -> str:
    name, decimal, hexadecimal = reference.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    if not 0 < code <= _LAST or _ILLEGAL.match(chr(code)):
        raise Odd
    return chr(code)
