"""XML, fixed width, logs, dumps, workbooks, Avro and ORC become typed rows like any other file."""

import datetime as dt
import gzip
import sys
from decimal import Decimal

import pytest

from headwater.adapters.duckdb.sources.source import open_sources
from headwater.model.feed import Format, Place, Ragged, Selection
from headwater.ports.engine import Fate
from tests.contracts.bench import feed_of, schema_of, types_of
from tests.inputs import makers

NAMES = ("id", "day", "amount", "code", "note")
ROWS = [
    ("1", "2024-01-05", "1.50", "007", "Grüße, <b>"),
    ("2", "2024-01-06", "20.25", "012", ""),
    ("3", "2024-02-29", "3.00", "100", "null"),
]
TYPES = {
    "id": "bigint",
    "day": "date",
    "amount": "decimal(18,2)",
    "code": "text",
    "note": "text",
}
WIDTHS = (3, 12, 7, 5, 12)
PLACES = tuple(
    Place(name, sum(WIDTHS[:at]) + 1, WIDTHS[at]) for at, name in enumerate(NAMES)
)  # fmt: skip
PATTERN = r"(?P<id>\d+);(?P<day>\S+);(?P<amount>\S+);(?P<code>\d+);(?P<note>.*)"
LINES = "".join(";".join(row) + "\n" for row in ROWS).encode()

FILES = {
    "xml": (makers.xml_file(NAMES, ROWS), {}),
    "workbook": (makers.workbook(NAMES, ROWS), {}),
    "fixed": (makers.fixed_file(WIDTHS, ROWS), {"columns": PLACES}),
    "log": (LINES, {"pattern": PATTERN}),
    "dump": (makers.postgres_dump("t", NAMES, ROWS), {}),
}


@pytest.mark.parametrize("name", list(FILES))
def test_texts_get_the_types_that_a_delimited_file_gives_them(bench, name):
    content, selection = FILES[name]

    plain = bench.convert(makers.csv_file(NAMES, [(*r[:4], f'"{r[4]}"') for r in ROWS]))
    made = bench.convert(content, feed=feed_of(selection=Selection(**selection)))

    assert types_of(made) == types_of(plain) == TYPES
    rows = [tuple(value or None for value in row) for row in bench.rows(made)]
    assert rows == [tuple(value or None for value in row) for row in bench.rows(plain)]


def test_xml_joins_the_table_that_a_csv_began(bench):
    feed = feed_of(schema=schema_of(amount="decimal(12,2)"))

    made = bench.convert(
        makers.csv_file(("id", "amount"), [("1", "2.50")]),
        makers.xml_file(("id", "amount"), [("2", "3.5")]),
        feed=feed,
    )

    assert sorted(bench.rows(made, "id, amount")) == [(1, Decimal("2.50")), (2, Decimal("3.50"))]


def test_parts_of_an_xml_row_stay_json_text_and_columns_their_order(bench):
    text = b"<all><r><z>1</z><a><x>1</x><x>2</x></a></r><r><z>2</z><a><x>3</x></a></r></all>"

    made = bench.convert(text)

    assert types_of(made) == {"z": "bigint", "a": "text"}
    assert bench.rows(made) == [(1, '{"x":["1","2"]}'), (2, '{"x":"3"}')]


def test_a_refused_row_of_xml_is_told_by_its_line_and_shown_as_it_stands(bench):
    text = b"<all>\n<r><id>1</id></r>\n<r><id>x</id></r>\n</all>"

    made = bench.convert(text, feed=feed_of(schema=schema_of(id="bigint")))

    assert [row[1:] for row in bench.refused(made)] == [(3, "id", "<r><id>x</id></r>", "type")]


def test_numbers_of_avro_keep_their_types(bench):
    import io

    import fastavro

    held = io.BytesIO()
    fields = [{"name": "n", "type": "long"}, {"name": "x", "type": "double"}]
    day = {"name": "d", "type": {"type": "int", "logicalType": "date"}}
    schema = {"type": "record", "name": "row", "fields": [*fields, day]}
    fastavro.writer(held, schema, [{"n": 1, "x": 0.5, "d": dt.date(2024, 1, 2)}])

    made = bench.convert(held.getvalue())

    assert types_of(made) == {"n": "bigint", "x": "double", "d": "date"}


def test_a_file_that_nothing_reads_here_is_refused_and_its_neighbour_read(bench, monkeypatch):
    job = bench.job(makers.avro_file(("id",), [("1",)]), "id\n1\n")
    monkeypatch.setitem(sys.modules, "fastavro", None)
    monkeypatch.delitem(sys.modules, "headwater.reading.typed.avro", raising=False)

    sources, results = open_sources(job)

    assert [source.place for source in sources] == [1]
    assert results[0].fate is Fate.REFUSED
    assert results[0].cause.code == "extra"
    assert "headwater[avro]" in results[0].cause.message


def test_a_damaged_file_is_refused_whole_and_its_neighbour_read(bench):
    cut = makers.xml_file(("id",), [(str(n),) for n in range(1_000)])[:-20]

    made = bench.convert(cut, gzip.compress(b"id\n7\n"))

    assert [result.fate for result in made.results] == [Fate.REFUSED, Fate.READ]
    assert made.results[0].cause.code == "xml"
    assert bench.rows(made) == [(7,)]


def test_short_lines_of_fixed_width_are_padded_where_the_feed_says_so(bench):
    selection = Selection(columns=(Place("id", 1, 3), Place("name", 4, 5)))
    text = "1  Ann  \n2\n"

    strict = bench.convert(text, feed=feed_of(format=Format.FIXED, selection=selection))
    padded = bench.convert(text, feed=feed_of(selection=selection, ragged=Ragged.PAD))

    assert [row[4] for row in bench.refused(strict)] == ["ragged"]
    assert bench.rows(padded) == [(1, "Ann"), (2, None)]


def test_the_delimiter_that_gives_the_declared_columns_is_taken(bench):
    feed = feed_of(schema=schema_of(id="text", day="text", qty="bigint"))

    made = bench.convert("f|0|0,soon,1\nf|0|1,late,2\n" * 3, feed=feed)

    assert set(types_of(made)) >= {"column_1", "column_2", "column_3"}
    assert ("f|0|0", "soon", 1) in bench.rows(made, "column_1, column_2, column_3")
