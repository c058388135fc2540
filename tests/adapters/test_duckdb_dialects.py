"""A dialect gives the same rows however large its file is, fast where a parser can read it."""

import gzip
from decimal import Decimal

import pytest

from headwater.reading.count import DelimitedCounter
from tests.contracts.bench import types_of

MORE = 90_000  # rows enough that the file is no longer read together with others


def told(text):
    counter = DelimitedCounter()
    counter.update(text)
    return [counter.finish()]


def spelled(mark, rows, *, before="", behind="", head=None, quote='"'):
    head = head or mark.join(["id", "name", "amount", "note"])
    note = f"{quote}a{mark}b, {quote}{quote}c{quote}{quote} and what else there is{quote}"
    lines = [mark.join([str(n), f"name {n}", f"{n}.25", note]) for n in range(rows)]
    return (before + "\n".join([head, *lines]) + "\n" + behind).encode()


TITLE = 'Sales "report\ncreated 2024-01-31\n\n'
CASES = {
    "caret": ("^", {}),
    "apostrophes": (",", {"quote": "'"}),
    "preamble and footer": (";", {"before": TITLE, "behind": "\n(all rows)\nTotal: 1\n"}),
    "two header rows": (",", {"head": "id,who,money,\n[1],[text],[EUR],[text]"}),
    "sep line": ("|", {"before": "sep=|\n"}),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rows", [5, MORE])
def test_what_a_parser_can_be_told_is_read_fast(bench, name, rows):
    mark, style = CASES[name]
    text = spelled(mark, rows, **style)

    conversion = bench.convert(text, records=told(text))

    assert conversion.engine.endswith("fast")
    assert conversion.results[0].books.written == rows
    assert list(types_of(conversion).values()) == ["bigint", "text", "decimal(18,2)", "text"]
    last = max(bench.rows(conversion))
    quote = style.get("quote", '"')
    note = f"a{mark}b, {quote}c{quote} and what else there is"
    assert last == (rows - 1, f"name {rows - 1}", Decimal(f"{rows - 1}.25"), note)


def test_a_packed_file_with_lines_around_its_table_is_read_fast(bench):
    text = spelled(";", MORE, before=TITLE)

    conversion = bench.convert(gzip.compress(text, 1))

    assert conversion.engine.endswith("fast")
    assert conversion.results[0].books.written == MORE


@pytest.mark.parametrize("rows", [5, MORE])
def test_a_long_delimiter_is_read_record_by_record_with_the_same_values(bench, rows):
    conversion = bench.convert(spelled("||", rows))

    assert conversion.engine.endswith("careful")
    assert conversion.results[0].books.written == rows
    assert min(bench.rows(conversion))[3] == 'a||b, "c" and what else there is'


def test_an_export_of_a_database_keeps_null_and_empty_apart(bench):
    text = b'id\tname\tnote\n1\t\\N\tx\\ty\n2\t\tsay "z"\n3\tann\t\\\\N\n'

    conversion = bench.convert(text)

    assert sorted(bench.rows(conversion)) == [
        (1, None, "x\ty"),
        (2, "", 'say "z"'),
        (3, "ann", "\\N"),
    ]


@pytest.mark.parametrize("rows", [5, MORE])
def test_damage_in_a_table_with_lines_before_it_is_named_by_its_line_in_the_file(bench, rows):
    text = spelled(",", rows, before=TITLE).replace(b"\n3,", b"\n3,x\n3,", 1)

    conversion = bench.convert(text, records=told(text))

    assert conversion.results[0].books.written == rows
    assert [(row[1], row[4]) for row in bench.refused(conversion)] == [(8, "ragged")]


def test_comments_between_rows_are_passed_over(bench):
    text = b"# by x\nid,n\n1,2\n# it's so\n3,4\n"

    conversion = bench.convert(text, records=told(text))

    assert sorted(bench.rows(conversion)) == [(1, 2), (3, 4)]
    assert bench.refused(conversion) == []
