"""What all quotes of a text tell at once is what each line tells by itself."""

from __future__ import annotations

import random

import numpy as np

from headwater.reading.delimited.even import doubtful
from headwater.reading.delimited.grammar import Grammar, Marks

SEED = 20_260


def starts_of(lines):
    return np.cumsum([0, *(len(line) + 1 for line in lines)])


def test_a_line_that_is_not_in_doubt_is_a_record():
    chance = random.Random(SEED)
    grammar = Grammar(Marks(","), 3)
    told = 0
    for _ in range(20_000):
        lines = [
            "".join(chance.choices('a,"', (1, 2, 2), k=chance.randrange(9))).encode()
            for _ in range(3)
        ]
        found = doubtful(b"\n".join(lines) + b"\n", starts_of(lines), grammar)
        sure = set() if found is None else set(range(3)) - set(found.tolist())
        told += len(sure)
        assert all(grammar.fullmatch(lines[index]) for index in sure), lines
    assert told


def test_sound_lines_with_quotes_are_in_no_doubt():
    lines = [b'"a, b",c', b'"say ""hi""",d', b'"","e"', b'"""",', b"f,g"]

    found = doubtful(b"\n".join(lines), starts_of(lines), Grammar(Marks(","), 2))

    assert found.tolist() == []


def test_lines_with_an_uneven_number_of_quotes_are_left_to_a_closer_look():
    assert doubtful(b'"a\nb",c\n', starts_of([b'"a', b'b",c']), Grammar(Marks(","), 2)) is None
