"""Names of encodings, and what can be said of each before any text is decoded."""

from __future__ import annotations

import codecs

UTF8 = "utf-8"
# All of ASCII, and the marks by which encodings of seven bits shift to other letters.
_ASCII = bytes(range(128)) + b"\x1b$B!!\x1b(B\x1b$)C~{!!~}+AOk-"
_NO_TEXT = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)


def codec_of(name: str) -> str | None:
    """The name by which an encoding is known here; None if it is not, or is no text encoding."""
    try:
        known = codecs.lookup(name).name
        "a".encode(known).decode(known)
    except (LookupError, ValueError, UnicodeError):
        return None
    plain = known.replace("-", "_").lower()
    if plain in _NO_TEXT:
        return None
    return UTF8 if plain in {"utf_8", "utf_8_sig", "ascii"} else known


def keeps_ascii(encoding: str) -> bool:
    """Whether ASCII text is itself in it: then lines and quotes can be told before decoding."""
    try:
        return _ASCII.decode(encoding).encode(UTF8) == _ASCII
    except UnicodeError:
        return False


def unit_of(encoding: str) -> int:
    """Of how many bytes letters are made up, at least."""
    plain = encoding.replace("-", "").replace("_", "").lower()
    return 2 if plain.startswith("utf16") else 4 if plain.startswith("utf32") else 1
