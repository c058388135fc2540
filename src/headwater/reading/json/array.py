"""JSON arrays and objects in a row, streamed element by element, each made one line.

The first text that is no JSON refuses the file whole: behind it nobody can tell where
an element starts, since a bracket may belong to a string. What is sound JSON and still
no record (a number, twin keys, NaN) is refused by itself, as its end is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from headwater.reading.json.flat import Run
from headwater.reading.json.longnumbers import quote_long_numbers
from headwater.reading.json.strictness import Flaw, flaw_of, too_deep
from headwater.reading.json.window import Window
from headwater.reading.json.wrapped import Wrapped
from headwater.reading.pieces.joined import RECORD_BYTES
from headwater.reading.pieces.piece import Piece, PieceBuilder
from headwater.reading.unreadable import Unreadable

PIECE_BYTES = 8 * 1024 * 1024
SEPARATOR = b"\t"
_WINDOW_BYTES = 256 * 1024
_ONE_LINE = str.maketrans("\n\r\t", "   ")  # strings cannot hold them raw


def careful_array(
    blocks: Iterable[bytes],
    *,
    piece_bytes: int = PIECE_BYTES,
    record_bytes: int = RECORD_BYTES,
    builder: PieceBuilder | None = None,
    wrapped: Wrapped | None = None,
) -> Iterator[Piece]:
    """Read every element of an array, or every object of those that follow each other.

    The array may have objects wrapped around it. Each clean record in a piece's text is its
    index, a tab, and the element on one line, unless a builder says otherwise.
    Refused by themselves: not_object, dup_key, number, encoding, depth, line_too_long.
    Unreadable: json (with the line), truncated, depth; pieces handed out before it
    are then to be dropped. Memory holds one piece and one element, whatever the size.
    """
    builder = PieceBuilder(SEPARATOR) if builder is None else builder
    text = Window(blocks, min(_WINDOW_BYTES, piece_bytes), record_bytes)
    for element, line in _elements(text) if wrapped is None else _wrapped(text, wrapped):
        if isinstance(element, Run):
            element.hand_on(builder, line)
            continue
        flaw = text.flaw or _flaw(text, element)
        source = element.encode("utf-8", "surrogateescape")
        if flaw is not None:
            builder.refuse(line, source, flaw.code, flaw.message)
        else:
            if text.long_numbers:
                element = quote_long_numbers(element)  # noqa: PLW2901 - as it is to be read
            record = element.translate(_ONE_LINE).encode() if _spans(element) else element.encode()
            verbatim = None if record == source else source
            builder.take(record, line, verbatim=verbatim)
        if builder.size >= piece_bytes:
            yield builder.piece()
    if not builder.empty:
        yield builder.piece()


def _spans(element: str) -> bool:
    return "\n" in element or "\r" in element or "\t" in element


def _flaw(text: Window, element: str) -> Flaw | None:
    if not element.isascii():
        try:
            element.encode()
        except UnicodeEncodeError:
            return Flaw("encoding", "it has bytes that are not UTF-8")
    if text.suspicious or not element.startswith("{") or too_deep(element):
        return flaw_of(element)
    return None


def _elements(text: Window) -> Iterator[tuple[str | Run, int]]:
    """The elements as spelled, with the line each starts on; many at a time where that is safe."""
    if text.peek() == "[":
        yield from _listed(text)
        if text.peek():
            raise text.refusal("something follows the end of the array")
        return
    while text.peek():
        yield text.element()
        if (run := text.run("")) is not None:
            yield run


def _listed(text: Window) -> Iterator[tuple[str | Run, int]]:
    """The elements of the array that starts here."""
    text.step()
    if text.peek() == "]":
        text.step()
        return
    while True:
        yield text.element()
        mark = text.peek()
        if mark not in (",", "]"):
            raise text.refusal("a comma or the closing bracket is expected")
        text.step()
        if mark == "]":
            return
        if (run := text.run(",")) is not None:
            yield run


def _wrapped(text: Window, wrapped: Wrapped) -> Iterator[tuple[str | Run, int]]:
    """The elements of the array in the object that the text is."""
    yield from _inside(text, wrapped, 0)
    if text.peek():
        raise text.refusal("something follows the end of its object")


def _inside(text: Window, wrapped: Wrapped, depth: int) -> Iterator[tuple[str | Run, int]]:
    """The elements, of an object that starts here and is so deep among those around them."""
    met = set[str]()
    for key, line in _keys(text):
        if key in met:
            raise Unreadable("dup_key", f"the key {key[:80]!r} is there twice, at line {line:,}")
        met.add(key)
        if key != wrapped.path[depth]:
            _pass_by(text, wrapped, key, line)
        elif depth + 1 < len(wrapped.path) and text.peek() == "{":
            yield from _inside(text, wrapped, depth + 1)
        elif depth + 1 == len(wrapped.path) and text.peek() == "[":
            yield from _listed(text)
        elif text.element()[0] != "null":
            raise Unreadable("json", f"at line {line:,} {wrapped.name} is no list; correct the row")
    if wrapped.path[depth] not in met:
        raise Unreadable("json", f"its object has no list {wrapped.name}; correct the row")


def _keys(text: Window) -> Iterator[tuple[str, int]]:
    """The keys of the object that starts here; whoever takes one takes its value, too."""
    if text.peek() != "{":
        raise text.refusal("an object is expected")
    text.step()
    if text.peek() == "}":
        text.step()
        return
    while True:
        if text.peek() != '"':
            raise text.refusal("a key in double quotes is expected")
        spelled, line = text.element()
        if text.flaw is not None:
            raise Unreadable(text.flaw.code, f"at line {line:,} a key is longer than any record")
        if text.peek() != ":":
            raise text.refusal("a colon is expected")
        text.step()
        yield str(json.loads(spelled)), line
        mark = text.peek()
        if mark not in (",", "}"):
            raise text.refusal("a comma or the closing brace is expected")
        text.step()
        if mark == "}":
            return


def _pass_by(text: Window, wrapped: Wrapped, key: str, line: int) -> None:
    """Leave a value out that stands beside the list. Unreadable: it may belong to the records."""
    if not wrapped.passes(key):
        raise Unreadable(
            "json",
            f"beside its list {wrapped.name} it has {key[:80]!r}, at line {line:,}; to leave that "
            f"out, say `row: {wrapped.name}`",
        )
    text.element()
