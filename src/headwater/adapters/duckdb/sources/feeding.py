"""What streams give DuckDB to read: pieces of one large file, or many small files joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from headwater.adapters.duckdb.sources.lines import Unsound, is_array, lines_of
from headwater.adapters.duckdb.sources.source import SMALL_BYTES, Source
from headwater.points import point
from headwater.reading.count import DelimitedCounter, LineCounter, RecordCounter
from headwater.reading.delimited.dialect import behind_heads, trimmed
from headwater.reading.delimited.soundness import (
    NUL,
    Soundness,
    first_line,
    is_sound,
    is_sound_file,
)
from headwater.reading.json.laxity import Laxity, is_strict_file
from headwater.reading.packing.packed import InflateLimits
from headwater.reading.pieces.joined import line_pieces
from headwater.reading.unreadable import Unreadable

PIECE_BYTES = 8 * 1024 * 1024
"""Of text: several pieces are under way at a time, and each is copied as it is handed on."""

MOST_BYTES = InflateLimits().harmless_bytes
"""The most text that a small packed file has, or it is refused as a bomb."""

WHOLE_BYTES = 16 * 1024 * 1024
"""Text that one source may have at most to be joined with others: it is held whole, thrice."""

JOINED_BYTES = 4 * 1024 * 1024  # small, so that one is parsed while the next is put together
LINE_DELIMITER = "\x01"  # no JSON text has it
_SLACK = 1.02


class _TooLarge(Exception):
    """There is more text in a small file than is held at once."""


@dataclass(slots=True)
class Findings:
    """What was noticed about sources while their bytes went by."""

    large: set[int] = field(default_factory=set)  # too much text to be joined with others
    unsound: set[int] = field(default_factory=set)  # to be read carefully
    refused: dict[int, Unreadable] = field(default_factory=dict)  # not to be read at all
    sound: set[int] = field(default_factory=set)  # of those that DuckDB opens itself
    counts: dict[int, int] = field(default_factory=dict)  # independent counts, header left out


def names_needed(source: Source, factor: int) -> int:
    """How many pieces one source may have at most, if it inflates by that factor."""
    wrapping = source.found.wrapping
    text = source.input.size_bytes * (factor if wrapping.is_packed else 1) * wrapping.growth
    return int(text * _SLACK) // PIECE_BYTES + 4


def names_alone(source: Source, factor: int) -> int:
    """How many pieces one source may have that is read alone."""
    wrapping = source.found.wrapping
    if not wrapping.is_packed or source.input.size_bytes > SMALL_BYTES:
        return names_needed(source, factor)
    # So many names cost little, and another try with more of them costs a lot.
    return MOST_BYTES * wrapping.growth // PIECE_BYTES + 4


def one(source: Source, findings: Findings) -> Iterator[bytes]:
    """A large source in pieces that begin and end with a record; the header is left in."""
    counter = _counter(source)
    content = lines_of(source)
    counted = _counting(trimmed(content, source.dialect) if source.delimited else content, counter)
    watched = _watched(counted, counter, source) if source.delimited else _strict(counted, source)
    quote = source.dialect.quote if source.delimited else None
    try:
        for number, piece in enumerate(line_pieces(watched, piece_bytes=PIECE_BYTES, quote=quote)):
            point("src.mid")
            yield piece if number else behind_header(source, piece)
        findings.counts[source.place] = _without_header(source, counter.finish())
    except Unsound:
        findings.unsound.add(source.place)
        raise
    except Unreadable as refusal:
        if refusal.cause.code == "line_too_long":
            findings.unsound.add(source.place)
        else:
            findings.refused[source.place] = refusal
        raise


def look_through(source: Source, findings: Findings, stopped: Callable[[], bool]) -> None:
    """Find out whether a file is sound that DuckDB opens itself, unless that is stopped."""
    if source.place in findings.sound or source.counted is None:
        return
    records = source.with_header(source.counted)
    try:
        if source.delimited:
            sound = is_sound_file(source.path, source.dialect, records, source.width)
        else:
            sound = is_strict_file(source.path, stopped)
            if stopped():
                return
    except OSError as error:
        refusal = Unreadable("unreadable", f"it cannot be read: {error.strerror}")
        findings.refused[source.place] = refusal
        return
    (findings.sound if sound else findings.unsound).add(source.place)


def joined(sources: Sequence[Source], findings: Findings) -> Iterator[bytes]:
    """Small sources one behind the other, each record with its arrival before it.

    One that is not sound is left out, and does no harm to the others.
    """
    for source in sources:
        if source.place in {*findings.unsound, *findings.large, *findings.refused}:
            continue
        try:
            piece = _whole(source, findings)
        except _TooLarge:
            findings.large.add(source.place)
        except Unsound:
            findings.unsound.add(source.place)
        except Unreadable as refusal:
            findings.refused[source.place] = refusal
        else:
            if piece:
                yield piece


def _whole(source: Source, findings: Findings) -> bytes:
    text = table_of(source, _held(source))
    point("src.mid")
    count = source.counted
    if count is None:
        counter = _counter(source)
        counter.update(text)
        count = _without_header(source, counter.finish())
    findings.counts[source.place] = count
    body = behind_header(source, text)
    if source.dialect.newline == "\r" and source.delimited:
        body = _outside_quotes(body, source, b"\r", b"\n")
    body = body.strip(b"\r\n")
    if not body:
        return b""
    if not _even(source, text, body, count):
        raise Unsound
    arrival = source.input.arrival.encode()
    delimiter = (source.dialect.delimiter if source.delimited else LINE_DELIMITER).encode()
    before = arrival + delimiter
    end = b"\r\n" if _pairs(source) else b"\n"
    return before + _outside_quotes(body, source, b"\n", b"\n" + before) + end


def _held(source: Source) -> bytes:
    """All of a source's text, if that is little, however small it is packed."""
    parts: list[bytes] = []
    size = 0
    for block in lines_of(source):
        size += len(block)
        if size > WHOLE_BYTES:
            raise _TooLarge
        parts.append(block)
    return b"".join(parts)


def _even(source: Source, text: bytes, body: bytes, count: int) -> bool:
    """Whether so many records can be in it: what is not would spoil the reading of the others."""
    if not source.delimited:
        if is_array(source):  # each of its elements was read
            return True
        laxity = Laxity()
        return LINE_DELIMITER.encode() not in body and laxity.update(text) and laxity.finish()
    dialect = source.dialect
    if NUL in text or (dialect.commented and dialect.commented in dialect.commented[:1] + text):
        return False
    if dialect.quote.encode() not in text:
        if dialect.header and b"\n" + first_line(text) + b"\n" in text:
            return False
        delimiters = body.count(dialect.delimiter.encode())
        return body.count(b"\n") + 1 == count and delimiters == count * (source.width - 1)
    ends = sum(stretch.count(b"\n") for stretch in body.split(dialect.quote.encode())[::2])
    records = source.with_header(count)
    return ends + 1 == count and is_sound(text, dialect, records, source.width)


def _pairs(source: Source) -> bool:
    return source.delimited and source.dialect.newline == "\r\n"


def _outside_quotes(text: bytes, source: Source, old: bytes, new: bytes) -> bytes:
    quote = source.dialect.quote.encode()
    if not source.delimited or quote not in text:
        return text.replace(old, new)
    stretches = text.split(quote)
    stretches[::2] = [stretch.replace(old, new) for stretch in stretches[::2]]
    return quote.join(stretches)


def table_of(source: Source, text: bytes, *, whole: bool = True) -> bytes:
    """The text without what lies before the table, and behind it if that is in the text."""
    if not source.delimited:
        return text
    drop = source.dialect.drop_bytes if whole else 0
    return text[source.dialect.skip_bytes : len(text) - drop]


def behind_header(source: Source, text: bytes) -> bytes:
    """The table's text, or what JSON text there is, without header and byte order mark."""
    if not source.delimited:
        return text.removeprefix(b"\xef\xbb\xbf")
    return behind_heads(text, source.dialect)


def _strict(inflated: Iterable[bytes], source: Source) -> Iterator[bytes]:
    """The blocks, as long as they are strict JSON."""
    if is_array(source):  # each of its elements was read
        yield from inflated
        return
    laxity = Laxity()
    for block in inflated:
        if not laxity.update(block):
            raise Unsound
        yield block
    if not laxity.finish():
        raise Unsound


def _counter(source: Source) -> DelimitedCounter | LineCounter:
    return DelimitedCounter(source.dialect.quote) if source.delimited else LineCounter()


def _watched(
    inflated: Iterable[bytes], counter: DelimitedCounter | LineCounter, source: Source
) -> Iterator[bytes]:
    """The blocks, as long as they are sound."""
    soundness = Soundness(source.dialect)
    for block in inflated:
        if not soundness.update(block):
            raise Unsound
        yield block
    if not soundness.finish(counter.finish(), source.width):
        raise Unsound


def _counting(inflated: Iterable[bytes], counter: RecordCounter) -> Iterator[bytes]:
    for block in inflated:
        counter.update(block)
        yield block


def _without_header(source: Source, count: int) -> int:
    return max(count - source.dialect.heads, 0) if source.delimited else count
