"""Lines of JSON that are alike are proved sound at once; what is not sound is still refused."""

from __future__ import annotations

import json

import pytest

from headwater.reading.json.lines import careful_ndjson
from headwater.reading.json.uniform import Uniform

LINE = '{"id": %d, "name": "n \\u00e4 %d", "price": 1.5e3, "tags": ["a", 2], "at": {"x": null}}'
ALIKE = [LINE % (n, n) for n in range(2_000)]
ODD = [
    '{"id": 1, "name": "n", "price": 1, "tags": [], "at": {"x": 1}, "id": 2}',
    '{"id": 1, "name": "n", "price": 1, "tags": [], "at": {"x": 1, "x": 2}}',
    '{"id": 1, "name": "n", "price": NaN, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 01, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 1., "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": +1, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 1, "tags": [1,], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 1, "tags": [1 2], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 1, "tags": [], "at": {"x": 1}},',
    '{"id": 1, "name": "n\\q", "price": 1, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n\x01", "price": 1, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": True, "tags": [], "at": {"x": 1}}',
    '{"id": 1, "name": "n", "price": 1, "tags": [], "at": {"x": 1}',
    '{"id": 1, "name": "n"',
    "[1]",
]


def read(lines):
    pieces = list(careful_ndjson([("\n".join(lines) + "\n").encode()]))
    records = [(piece.line_of(n), piece.raw_of(n)) for piece in pieces for n in range(piece.count)]
    return records, [(one.line, one.code) for piece in pieces for one in piece.refused]


@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_is_not_sound_is_refused_among_lines_that_are_alike(odd):
    _, [(_, code)] = read([odd])

    records, refused = read([*ALIKE[:1_500], odd, *ALIKE[1_500:]])

    assert refused == [(1_501, code)]
    assert [raw for _, raw in records] == ALIKE


@pytest.mark.parametrize(
    "odd",
    [
        '{"name": "n", "id": 1}',
        '{"id":1,"name":"n","price":1,"tags":[],"at":{"x":1}}',
        '{"id": 1, "name": "n", "price": 1, "tags": [{"a": 1}], "at": {"x": 1}}',
        '{"id": 1, "name": "n", "price": 1, "tags": [], "at": null}',
        "{}",
        '{"\\u0069d": 1}',
    ],
)
def test_a_sound_line_that_looks_otherwise_is_read(odd):
    records, refused = read([*ALIKE[:1_500], odd, *ALIKE[1_500:]])

    assert refused == []
    assert records[1_500] == (1_501, odd)


def test_lines_of_several_kinds_are_all_learnt():
    kinds = [json.dumps(dict.fromkeys("abcd"[: n + 1], n)) for n in range(4)]
    uniform = Uniform()
    lines = [kind.encode() for kind in kinds]

    for _ in kinds:
        uniform.learn(lines)

    assert uniform.odd([*lines, b'{"a": 1, "c": 2}']) == [4]


def test_a_blank_line_is_no_record_and_still_counts_as_a_line():
    records, refused = read([*ALIKE[:1_500], "", *ALIKE[1_500:]])

    assert (len(records), refused) == (len(ALIKE), [])
    assert records[1_500][0] == 1_502
