"""JSON arrays are read as fast as lines, and element by element where one of them is damaged."""

import json
from dataclasses import replace

import pytest

from headwater.model.progress import nobody
from headwater.ports.engine import Fate

LARGE = 60_000


def elements(count, **more):
    return [{"id": n, "name": f"Größe {n}", "price": n + 0.5} | more for n in range(count)]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


SPELLINGS = {
    "on one line": json.dumps,
    "an element a line": lambda rows: "[" + ",\n".join(map(json.dumps, rows)) + "]",
    "indented": lambda rows: json.dumps(rows, indent=2),
    "objects in a row": lambda rows: "\n\n".join(json.dumps(row, indent=1) for row in rows),
}


@pytest.mark.parametrize("count", [3, LARGE])
@pytest.mark.parametrize("spelling", list(SPELLINGS))
def test_elements_become_the_rows_that_lines_become(bench, spelling, count):
    rows = elements(count)

    plain = bench.convert(lines(rows))
    made = bench.convert(SPELLINGS[spelling](rows))

    assert made.engine.endswith("fast")
    assert made.results[0].books.counted == count
    assert made.schema == plain.schema
    assert sorted(bench.rows(made)) == sorted(bench.rows(plain))


@pytest.mark.parametrize("count", [3, LARGE])
def test_an_element_that_is_no_object_is_refused_with_its_line(bench, count):
    rows = [*map(json.dumps, elements(count)), "17"]

    made = bench.convert("[" + ",\n".join(rows) + "]", json.dumps(elements(2)))

    assert [each.books.written for each in made.results] == [count, 2]
    assert bench.refused(made) == [("file 0", count + 1, None, "17", "not_object")]


@pytest.mark.parametrize("count", [3, LARGE])
def test_a_key_that_only_the_last_element_has_is_a_column(bench, count):
    rows = [*elements(count), {"id": count, "late": "yes"}]

    made = bench.convert(json.dumps(rows), json.dumps(elements(2)))

    assert [each.books.written for each in made.results] == [count + 1, 2]
    assert [row for row in bench.rows(made, "id, late") if row[1]] == [(count, "yes")]


def test_an_array_that_ends_too_soon_is_refused_and_harms_no_neighbour(bench):
    made = bench.convert(json.dumps(elements(50))[:-20], json.dumps(elements(2)))

    assert [each.fate for each in made.results] == [Fate.REFUSED, Fate.READ]
    assert made.results[0].cause.code == "truncated"
    assert len(bench.rows(made)) == 2


def test_arrays_and_lines_of_one_batch_are_rows_of_one_table(bench):
    made = bench.convert(json.dumps(elements(2)), lines(elements(3)), "[]", json.dumps([]))

    assert [each.books.written for each in made.results] == [2, 3, 0, 0]
    assert len(bench.rows(made)) == 5


@pytest.mark.parametrize("content", ["[{},{},{}" + ",1" * 500 + "]", "a,b\n1,2\n" + "3\n" * 500])
def test_a_file_with_far_more_refused_rows_than_sound_ones_is_refused_whole(bench, content):
    job = bench.job(content, "[{}]")
    few = replace(job, limits=replace(job.limits, refused_rows=200))

    made = bench.engine.convert(few, nobody)

    assert [each.fate for each in made.results] == [Fate.REFUSED, Fate.READ]
    assert made.results[0].cause.code == "too_many_bad"
    assert "up to line" in made.results[0].cause.message
