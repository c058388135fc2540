"""Records that span lines are read the same, many at once or one by one."""

from __future__ import annotations

import random

import pytest

from headwater.model.feed import Format
from headwater.reading.delimited.careful import careful_delimited
from headwater.reading.delimited.dialect import Dialect
from headwater.reading.delimited.folded import fold
from headwater.reading.delimited.grammar import Grammar, Marks
from headwater.reading.delimited.window import Window
from headwater.reading.found import Found
from headwater.reading.packing.magic import Compression

MIB = 1 << 20
BODIES = (
    "\n", "\nline", "two\nlines", "a, b\nc", '"" q\nz', 'x ""y"" z', "1,2\n3,4", "a\n\nb",
    "\r\nq", "end\n", ",\n,", "#c\nd", "1\n2\n3\n4", "5,6,7\n8,9,10\n1,2,3", "ä\nö",
)  # fmt: skip


def spell(chance, width, newline):
    """A table with line ends in cells, and damage here and there."""
    lines = [",".join("abcdef"[:width])]
    for n in range(chance.randint(3, 60)):
        cells = [
            chance.choice((f"x{n}", "", f'"{chance.choice(BODIES)}"', f'"q{n}"'))
            for _ in range(width)
        ]
        line = ",".join(cells)
        spoil = chance.random()
        if spoil < 0.03:
            line += ",more"
        elif spoil < 0.06:
            line = line.replace('"', "", 1)
        elif spoil < 0.08:
            line = line[: chance.randint(0, len(line))]
        elif spoil < 0.1:
            line = chance.choice(('# size 5"', lines[0], "", "\x1f" + line))
        lines.append(line)
    return (newline.join(lines) + newline * (chance.random() < 0.8)).encode()


def read(text, width, newline, *, piece_bytes):
    names = tuple("abcdef"[:width])
    found = Found(Format.CSV, Compression.NONE, Dialect(",", newline=newline), names, names)
    blocks = [text[start : start + piece_bytes] for start in range(0, len(text), piece_bytes)]
    records, refused = [], []
    for piece in careful_delimited(blocks, found, piece_bytes=piece_bytes):
        records += [(piece.line_of(n), piece.raw_of(n)) for n in range(piece.count)]
        refused += [(each.line, each.raw, each.code) for each in piece.refused]
    return records, refused


def folded(text, width=3):
    window = Window(text, Grammar(Marks(","), width), final=True, record_bytes=MIB)
    return fold(window, 0)


@pytest.mark.parametrize("seed", range(60))
def test_a_table_is_read_the_same_in_whatever_portions(seed):
    chance = random.Random(seed)
    width, newline = chance.choice((2, 3, 5)), chance.choice(("\n", "\r\n"))
    text = spell(chance, width, newline)

    at_once = read(text, width, newline, piece_bytes=MIB)

    assert read(text, width, newline, piece_bytes=40) == at_once


def test_a_record_that_spans_lines_is_one_and_its_neighbours_keep_their_lines():
    made = folded(b'1,"two\nlines",3\n4,5,6\n')

    assert [each.replace(made.mark, b"\n") for each in made.records] == [
        b'1,"two\nlines",3',
        b"4,5,6",
    ]
    assert made.lines.tolist() == [0, 2, 3]
    assert not made.odd


@pytest.mark.parametrize(
    "text",
    [
        b'1,"a\n2,3,4\nb",5\n',  # a line within has the width of a row
        b'1,"a\n""b""\nc",5\n',  # a line within has quotes
        b'1,"a\n",5\n',  # the last line begins with a quote
        b'1,"a\nb,"",c",5\n',  # the last line's first quote opens a cell
    ],
)
def test_a_record_that_may_be_several_is_looked_at_by_itself(text):
    assert folded(text).odd == {0}


def test_nothing_is_folded_where_no_record_spans_lines():
    assert folded(b'1,"a",2\n3,"b",4\n') is None


def test_no_byte_is_taken_for_a_mark_that_is_in_the_text():
    made = folded(b'\x1f,"a\nb",c\n\x1f,d,e\n')

    assert made.mark != b"\x1f"
    assert made.records[1] == b"\x1f,d,e"
