"""XML texts read, and what came of them."""

import json

from headwater.reading.xml.rows import careful_xml


def cut(text, size):
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text, row=None, *, size=1 << 20, window=1 << 20, record_bytes=1 << 24):
    return list(careful_xml(cut(text, size), row, piece_bytes=window, record_bytes=record_bytes))


def objects(pieces):
    return [
        json.loads(line.partition("\t")[2])
        for piece in pieces
        for line in piece.text.decode().split("\n")[:-1]
    ]


def refused(pieces):
    return [(refusal.line, refusal.code) for piece in pieces for refusal in piece.refused]


def places(pieces):
    return [
        (piece.line_of(index), piece.raw_of(index))
        for piece in pieces
        for index in range(piece.count)
    ]
