"""What streams give DuckDB to read: pieces of one large file, or many small files joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from headwater.adapters.duckdb.soundness import quotes_are_sound
from headwater.adapters.duckdb.source import Source
from headwater.points import point
from headwater.reading.count import DelimitedCounter, LineCounter, RecordCounter
from headwater.reading.dialect import first_record
from headwater.reading.inflate import blocks
from headwater.reading.pieces import line_pieces
from headwater.reading.unreadable import Unreadable

PIECE_BYTES = 16 * 1024 * 1024
LINE_DELIMITER = "\x01"  # no JSON text has it
_SLACK = 1.02


class Unsound(Exception):
    """The text is not what its dialect says; the record-by-record reader finds out where."""


@dataclass(slots=True)
class Findings:
    """What was noticed about sources while their bytes went by."""

    unsound: set[int] = field(default_factory=set)  # to be read carefully
    refused: dict[int, Unreadable] = field(default_factory=dict)  # not to be read at all
    counts: dict[int, int] = field(default_factory=dict)  # independent counts, header left out


def names_needed(source: Source, factor: int) -> int:
    """How many pieces one source may have at most, if it inflates by that factor."""
    packed = source.input.size_bytes * (factor if source.found.compression.value != "none" else 1)
    return int(packed * _SLACK) // PIECE_BYTES + 4


def one(source: Source, findings: Findings) -> Iterator[bytes]:
    """A large source in pieces that begin and end with a record; the header is left in."""
    counter = _counter(source)
    inflated = blocks(source.path, source.found.compression)
    quote = source.dialect.quote if source.delimited else None
    try:
        for number, piece in enumerate(
            line_pieces(_counting(inflated, counter), piece_bytes=PIECE_BYTES, quote=quote)
        ):
            point("src.mid")
            yield _sound(source, piece) if number else behind_header(source, piece)
    except Unsound:
        findings.unsound.add(source.place)
        raise
    except Unreadable as refusal:
        if refusal.cause.code == "line_too_long":
            findings.unsound.add(source.place)
        else:
            findings.refused[source.place] = refusal
        raise
    findings.counts[source.place] = _without_header(source, counter.finish())


def joined(sources: Sequence[Source], findings: Findings) -> Iterator[bytes]:
    """Small sources one behind the other, each record with its arrival before it.

    One that is not sound is left out, and does no harm to the others.
    """
    for source in sources:
        if source.place in findings.unsound or source.place in findings.refused:
            continue
        try:
            piece = _whole(source, findings)
        except Unsound:
            findings.unsound.add(source.place)
        except Unreadable as refusal:
            findings.refused[source.place] = refusal
        else:
            if piece:
                yield piece


def _whole(source: Source, findings: Findings) -> bytes:
    text = b"".join(blocks(source.path, source.found.compression))
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
    arrival = source.input.arrival.encode()
    delimiter = (source.dialect.delimiter if source.delimited else LINE_DELIMITER).encode()
    if not _even(source, body, count, delimiter):
        raise Unsound
    before = arrival + delimiter
    end = b"\r\n" if _pairs(source) else b"\n"
    return before + _outside_quotes(body, source, b"\n", b"\n" + before) + end


def _even(source: Source, body: bytes, count: int, delimiter: bytes) -> bool:
    """Whether so many records can be in it: what is not would spoil the reading of the others."""
    if not source.delimited:
        return delimiter not in body
    if source.dialect.quote.encode() in body:
        return True
    ends = body.count(b"\n") + 1
    return ends == count and body.count(delimiter) == count * (len(source.found.columns) - 1)


def _pairs(source: Source) -> bool:
    return source.delimited and source.dialect.newline == "\r\n"


def _outside_quotes(text: bytes, source: Source, old: bytes, new: bytes) -> bytes:
    quote = source.dialect.quote.encode()
    if not source.delimited or quote not in text:
        return text.replace(old, new)
    stretches = text.split(quote)
    stretches[::2] = [stretch.replace(old, new) for stretch in stretches[::2]]
    return quote.join(stretches)


def behind_header(source: Source, text: bytes) -> bytes:
    """The text without byte order mark and header, checked."""
    if not source.delimited:
        return text.removeprefix(b"\xef\xbb\xbf")
    dialect = source.dialect
    text = text[dialect.skip_bytes :]
    if dialect.header:
        reading = first_record(text, dialect.delimiter, dialect.newline, whole=True)
        text = text[reading.end :].lstrip(b"\r\n")
    return _sound(source, text)


def _sound(source: Source, text: bytes) -> bytes:
    if source.delimited:
        dialect = source.dialect
        if not quotes_are_sound(text, dialect.delimiter.encode(), dialect.quote.encode()):
            raise Unsound
    return text


def _counter(source: Source) -> RecordCounter:
    return DelimitedCounter(source.dialect.quote) if source.delimited else LineCounter()


def _counting(inflated: Iterable[bytes], counter: RecordCounter) -> Iterator[bytes]:
    for block in inflated:
        counter.update(block)
        yield block


def _without_header(source: Source, count: int) -> int:
    return max(count - 1, 0) if source.delimited and source.dialect.header else count
