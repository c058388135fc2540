"""What a person says about a dialect holds on every path, and changes no value but what it says."""

import gzip
from decimal import Decimal

import pytest

from headwater.model.feed import DecimalMark
from headwater.reading.count import DelimitedCounter
from tests.contracts.bench import feed_of, schema_of, types_of

MORE = 200_000  # rows enough that a file is read by itself
PATHS = {"joined": (1, b""), "alone": (MORE, b""), "careful": (1, b"9,too,many,fields\n")}


@pytest.mark.parametrize("path", PATHS)
def test_declared_nulls_are_null_where_they_are_not_quoted_on_every_path(bench, path):
    times, damage = PATHS[path]
    text = b"id,a,b\n" + b'NA,NA,x\n1,"NA",""\n,na,NULL\n' * times + damage

    conversion = bench.convert(text, feed=feed_of(nulls=("NA", "NULL")))

    assert conversion.engine.endswith("careful" if damage else "fast")
    assert types_of(conversion) == {"id": "bigint", "a": "text", "b": "text"}
    assert set(bench.rows(conversion)) == {(None, None, "x"), (1, "NA", ""), (None, "na", None)}


def test_declared_nulls_are_null_in_a_file_that_is_opened_directly(bench):
    text = b"id,a\n" + b'NA,NA\n1,"NA"\n' * MORE * 2
    counter = DelimitedCounter()
    counter.update(text)

    conversion = bench.convert(text, feed=feed_of(nulls=("NA",)), records=[counter.finish()])

    assert conversion.engine.endswith("fast")
    assert set(bench.rows(conversion)) == {(None, None), (1, "NA")}


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_declared_is_no_null(bench, path):
    times, damage = PATHS[path]
    text = b"id,a,b\n" + b"1,NA,-\n2,NULL,N/A\n" * times + damage

    conversion = bench.convert(text)

    assert set(bench.rows(conversion)) == {(1, "NA", "-"), (2, "NULL", "N/A")}


def test_no_null_but_the_empty_field_where_none_is_declared(bench):
    conversion = bench.convert("id\tx\n1\t\\N\n2\t\n", feed=feed_of(nulls=(), quote="", escape=""))

    assert set(bench.rows(conversion)) == {(1, "\\N"), (2, None)}


def test_a_null_with_a_delimiter_in_it_is_read_carefully(bench):
    conversion = bench.convert("id;x\n1;n,a\n2;y\n", feed=feed_of(nulls=("n,a", "?")))

    assert set(bench.rows(conversion)) == {(1, None), (2, "y")}


def test_a_single_column_may_be_null_in_every_row(bench):
    text = "x\nNA\nNA\n1\nNA\n\n"

    conversion = bench.convert(text, feed=feed_of(nulls=("NA",)))

    assert sorted(bench.rows(conversion), key=str) == [(1,), (None,), (None,), (None,)]


@pytest.mark.parametrize("path", PATHS)
def test_a_declared_decimal_comma_makes_numbers_of_such_texts_alone(bench, path):
    times, damage = PATHS[path]
    text = b"id;x;y\n" + b"1;2,50;1.5\n2;-3,25;2,5\n" * times + damage.replace(b",", b";")

    conversion = bench.convert(text, feed=feed_of(decimal=DecimalMark.COMMA))

    assert types_of(conversion) == {"id": "bigint", "x": "decimal(18,2)", "y": "text"}
    assert set(bench.rows(conversion)) == {
        (1, Decimal("2.50"), "1.5"),
        (2, Decimal("-3.25"), "2,5"),
    }


def test_without_it_such_texts_stay_what_they_are(bench):
    conversion = bench.convert("id;x\n1;2,50\n2;3,25\n")

    assert types_of(conversion) == {"id": "bigint", "x": "text"}


GROUPED = "id;x\n1;1.234.567,89\n2;-12,5\n3;1234,5\n"


def test_thousands_are_grouped_only_where_it_is_declared(bench):
    comma = feed_of(decimal=DecimalMark.COMMA)
    both = feed_of(decimal=DecimalMark.COMMA, grouping=".")

    assert types_of(bench.convert(GROUPED, feed=comma))["x"] == "text"
    assert {row[1] for row in bench.rows(bench.convert(GROUPED, feed=both))} == {
        Decimal("1234567.89"),
        Decimal("-12.50"),
        Decimal("1234.50"),
    }


@pytest.mark.parametrize("odd", ["1.23", "12.3456", "1.2345,6", ".123", "1.234.56"])
def test_groups_of_any_other_size_are_no_number(bench, odd):
    feed = feed_of(decimal=DecimalMark.COMMA, grouping=".")

    conversion = bench.convert(f"id;x\n1;{odd}\n2;1.234\n", feed=feed)

    assert types_of(conversion)["x"] == "text"


def test_a_number_that_breaks_the_rules_is_refused_where_its_type_is_declared(bench):
    feed = feed_of(decimal=DecimalMark.COMMA, schema=schema_of(x="decimal(9,3)"))

    conversion = bench.convert("id;x\n1;2.5\n2;1,5\n", feed=feed)

    assert bench.rows(conversion) == [(Decimal("1.500"), 2)]
    assert [(row[1], row[4]) for row in bench.refused(conversion)] == [(2, "type")]


def test_dates_with_points_stay_what_they_are_beside_a_decimal_comma(bench):
    text = "id;day;x\n1;2026-01-02;1,5\n2;2026-01-03;2,5\n"

    conversion = bench.convert(text, feed=feed_of(decimal=DecimalMark.COMMA))

    assert types_of(conversion) == {"id": "bigint", "day": "date", "x": "decimal(18,1)"}


@pytest.mark.parametrize("rows", [2, MORE])
def test_a_told_comment_is_no_row_however_wide_it_is(bench, rows):
    body = "".join(f"{n},x\n" for n in range(rows))
    text = f"# by me, today\nid,x\n{body}# 1,2\n#7,y\n"

    conversion = bench.convert(text, feed=feed_of(comment="#"))

    assert conversion.results[0].books.written == conversion.results[0].books.counted == rows
    assert types_of(conversion)["id"] == "bigint"
    assert conversion.results[0].notes == (
        "1 line before the table passed over: '# by me, today'",
        f"2 comments passed over, on lines {rows + 3:,}, {rows + 4:,}",
    )


def test_a_line_in_quotes_that_begins_as_a_comment_is_part_of_its_field(bench):
    conversion = bench.convert('id,x\n1,"a\n#b"\n2,c\n', feed=feed_of(comment="#"))

    assert bench.rows(conversion) == [(1, "a\n#b"), (2, "c")]


def test_an_escape_may_be_any_character(bench):
    conversion = bench.convert('id|x\n1|"a^"b|c"\n2|z\n', feed=feed_of(escape="^"))

    assert bench.rows(conversion) == [(1, 'a"b|c'), (2, "z")]


def test_where_nothing_is_quoted_a_quote_is_a_letter(bench):
    conversion = bench.convert('id,x\n1,"a\n2,"b"\n', feed=feed_of(quote=""))

    assert bench.rows(conversion) == [(1, '"a'), (2, '"b"')]


TWO = "id,x\n1,a\n2,b\n\nsku,price,qty\nA1,2.5,3\nB2,3.5,4\n\nk,v,w,z\n1,2,3,4\n5,6,7,8\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("number", "names", "rows"), [(1, "id x", 2), (2, "sku price qty", 2), (3, "k v w z", 2)]
)
def test_the_table_of_a_number_is_read_alone(bench, pack, number, names, rows):
    conversion = bench.convert(pack(TWO.encode()), feed=feed_of(table_number=number))

    assert list(types_of(conversion)) == names.split()
    assert conversion.results[0].books.counted == conversion.results[0].books.written == rows


def test_without_a_number_the_second_table_is_refused_row_by_row(bench):
    conversion = bench.convert(TWO)

    refused = bench.refused(conversion)
    assert conversion.results[0].books.written == 2
    assert {row[4] for row in refused} == {"second_table"}
    assert all(row[1] >= 5 for row in refused)


def test_a_table_that_is_not_there_refuses_the_file(bench):
    conversion = bench.convert(TWO, feed=feed_of(table_number=4))

    assert conversion.results[0].cause.code == "table"
    assert "only 3 tables" in conversion.results[0].cause.message
