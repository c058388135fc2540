"""What the reading rooms and the engine read is what the writer of the text knows to be there."""

import csv
import io

import pytest

from tests.differential import delimited
from tests.differential.kinds import KINDS, by_engine, by_rooms, differing, flaws
from tests.differential.through import Through

ROUNDS = {
    "delimited": 800,
    "found": 800,
    "partly": 800,
    "json": 500,
    "xml": 250,
    "log": 250,
    "fixed": 300,
    "dump": 300,
}
ENGINE_ROUNDS = 25
MOST_DIFFERING = 0.02
"""The share of texts with a dialect untold that may be read otherwise, as long as it is told."""


@pytest.fixture(scope="module")
def through():
    with Through() as through:
        yield through


@pytest.mark.parametrize("name", KINDS)
def test_every_cell_is_read_and_every_damaged_row_refused_by_its_line(tmp_path, name):
    read = [by_rooms(name, f"{name} {n}", tmp_path / "text") for n in range(ROUNDS[name])]

    assert flaws(name, read) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_the_engine_reads_every_cell_too(tmp_path, through, name):
    seeds = [f"{name} through {n}" for n in range(ENGINE_ROUNDS)]
    read = [by_engine(name, seed, tmp_path / "text", through) for seed in seeds]

    assert flaws(name, read) == []


@pytest.mark.parametrize("name", ["found", "partly"])
def test_a_dialect_of_which_not_all_is_told_is_nearly_always_found(tmp_path, name):
    read = [by_rooms(name, f"{name} {n}", tmp_path / "text") for n in range(ROUNDS[name])]

    assert differing(read) <= MOST_DIFFERING


def test_python_agrees_on_what_the_texts_hold():
    for number in range(500):
        case = delimited.case_of(f"agreed {number}", damage=False)
        spelling = delimited.spelling_of(delimited.Random(case.seed))
        escaped_null = spelling.escape and "\\N" in spelling.nulls
        if spelling.comment or spelling.preamble or escaped_null:
            continue  # csv knows none of them

        rows = _by_csv(case.content, spelling)

        if spelling.header:
            assert tuple(rows.pop(0)) == case.names
        nulls = {"", *spelling.nulls}
        assert [[None if cell in nulls else cell for cell in row] for row in rows] == [
            [None if cell in nulls else cell for cell in row] for row in case.rows
        ]


def _by_csv(content, spelling):
    """As Python's csv reads it, with a stand-in for a delimiter that it could not have."""
    text = content.decode(
        "utf-8-sig" if spelling.encoding.startswith("utf-8") else spelling.encoding
    )
    rows = csv.reader(
        io.StringIO(text.replace(spelling.delimiter, "\x07"), newline=""),
        delimiter="\x07",
        quotechar=spelling.quote or None,
        quoting=csv.QUOTE_MINIMAL if spelling.quote else csv.QUOTE_NONE,
        escapechar=spelling.escape or None,
        doublequote=not spelling.escape,
        strict=True,
    )
    return [[cell.replace("\x07", spelling.delimiter) for cell in row] for row in rows if row]
