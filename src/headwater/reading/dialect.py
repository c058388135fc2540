"""The dialect of a delimited text, found from its first records."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from headwater.reading.grammar import LINE_ENDS, Fault, Grammar, Reading
from headwater.reading.unreadable import Unreadable

DELIMITERS = (",", "\t", ";", "|", "\x01")
_SNIFF_BYTES = 64 * 1024
_SNIFF_LINES = 200
_QUOTED = re.compile(rb'"[^"]*+"')
_QUOTED_IN_LINE = re.compile(rb'"[^"\r\n]*+"')
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NUMBER = re.compile(r"[-+]?(?:\d[\d ,.'_]*|\.\d+)(?:[eE][-+]?\d+)?\s?%?")
_DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[T ].*)?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?: .*)?|\d\d?:\d\d.*"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is spelled."""

    delimiter: str
    quote: str = '"'
    header: bool = True
    newline: str = "\n"  # "\n", "\r\n", "\r" or "mixed", as far as the sample shows
    skip_bytes: int = 0  # the byte order mark


def newline_of(sample: bytes) -> str:
    """Which line ends the sample has outside its quotes."""
    bare = _QUOTED.sub(b"", sample)
    if bare.endswith(b"\r") and b"\n" in bare:
        bare = bare[:-1]  # half of a CRLF, cut by the sample's end
    pairs = bare.count(b"\r\n")
    counts = {
        "\r\n": pairs,
        "\n": bare.count(b"\n") - pairs,
        "\r": bare.count(b"\r") - pairs,
    }
    kinds = [kind for kind, count in counts.items() if count]
    if len(kinds) > 1:
        return "mixed"
    return kinds[0] if kinds else "\n"


def newline_byte(newline: str) -> bytes:
    """The byte that ends lines: LF, or CR where the file has no LF outside its quotes."""
    return b"\r" if newline == "\r" else b"\n"


def delimiter_of(sample: bytes, *, whole: bool) -> str:
    """The delimiter that gives the records the most even width, and more than one field.

    Where none does, the file has one column, and the comma is taken: a value with a
    comma is then refused as ragged and not taken for something it may not be.
    """
    start = sample[:_SNIFF_BYTES].lstrip(LINE_ENDS)
    best = (False, 0.0, 1), DELIMITERS[0]
    # Quoted text is left out once as it may span lines and once within its line only, so that
    # neither many such cells nor one stray quote hides the width of the records.
    for bare in dict.fromkeys((_QUOTED.sub(b"q", start), _QUOTED_IN_LINE.sub(b"q", start))):
        lines = [line for line in _LINE_END.split(bare)[: _SNIFF_LINES + 1] if line]
        if len(lines) > 1 and (not whole or len(lines) > _SNIFF_LINES):
            lines.pop()  # it may be cut
        for delimiter in DELIMITERS:
            mark = delimiter.encode()
            if mark not in bare:
                continue
            score = _score([line.count(mark) + 1 for line in lines] or [1])
            if score[2] > 1 and (score > best[0] or best[0][2] == 1):
                best = score, delimiter
    return best[1]


def first_record(text: bytes, delimiter: str, newline: str, *, whole: bool) -> Reading:
    """The first record that is not a blank line; the header, where there is one."""
    start = len(text) - len(text.lstrip(LINE_ENDS))
    reading = Grammar(delimiter, 1, newline_byte(newline)).read(text, start)
    if reading.fault is Fault.OPEN and not whole:
        raise Unreadable(
            "quote", "a quote in its first record is not closed within the first records' bytes"
        )
    if reading.fault is not None:
        raise Unreadable(
            "quote",
            f"a quote is out of place in column {len(reading.cells)} of its first record; "
            "put quotes around the whole name and double those inside",
        )
    return reading


def looks_like_data(cells: tuple[str, ...]) -> bool:
    """Whether a first record is data already: a number, date or time names no column."""
    return any(_NUMBER.fullmatch(cell.strip()) or _DATE.fullmatch(cell.strip()) for cell in cells)


def _score(widths: list[int]) -> tuple[bool, float, int]:
    """Whether the header agrees with the rest, how many agree, and how many fields they have."""
    width, count = Counter(widths).most_common(1)[0]
    if width == 1:
        return False, 0.0, widths[0]
    return widths[0] == width, round(count / len(widths), 2), width
