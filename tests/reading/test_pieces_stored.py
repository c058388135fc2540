"""A piece that was written down tells the same of its records as it did before."""

from __future__ import annotations

from headwater.reading.pieces.piece import PieceBuilder, restored
from headwater.reading.pieces.sourced import SourcedBuilder, SourceLines


def test_a_stored_piece_finds_lines_and_raw_texts_as_before():
    builder = PieceBuilder(b",")
    builder.take_lines([b"a,b", b"c,d"], 2)
    builder.refuse(4, b"odd", "ragged", "it is odd")
    builder.take_lines([b'"e ""f""",g'], 5, verbatim=[b"'e \"f\"',g"])
    builder.take(b'"two\nlines",h', 9)
    builder.take(b"i,j", 11)
    piece = builder.piece()

    again = restored(piece.notes(), piece.text)

    told = [(piece.line_of(n), piece.raw_of(n)) for n in range(piece.count)]
    assert [(again.line_of(n), again.raw_of(n)) for n in range(again.count)] == told
    assert told[2] == (5, "'e \"f\"',g")


def test_an_empty_piece_can_be_stored():
    assert restored(PieceBuilder(b"\t").piece().notes(), b"").count == 0


def test_a_piece_that_holds_its_source_is_not_stored():
    builder = SourcedBuilder(b",")
    builder.take_run([b"a"], SourceLines(1, [b"A"]))

    assert builder.piece().notes() is None
