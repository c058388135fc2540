"""An empty text is a text: it is null only in a column of values that have none."""

from __future__ import annotations

import pytest

from headwater.model.feed import Types
from tests.contracts.bench import feed_of, schema_of, types_of

EMPTY = {
    "csv": b'id,name\n1,""\n2,\n',
    "csv with a damaged row": b'id,name\n1,""\n2,\n3\n',
    "json": b'[{"id":1,"name":""},{"id":2,"name":null}]',
    "ndjson": b'{"id":1,"name":""}\n{"id":2}\n',
    "dump": b"INSERT INTO t (id, name) VALUES (1, ''), (2, NULL);\n",
    "xml": b"<all><row><id>1</id><name/></row><row><id>2</id></row></all>",
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_a_column_of_empty_texts_is_a_column_of_text(bench, content):
    made = bench.convert(content)

    assert types_of(made) == {"id": "bigint", "name": "text"}
    assert sorted(bench.rows(made)) == [(1, ""), (2, None)]


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_an_empty_text_stays_where_everything_is_text(bench, content):
    made = bench.convert(content, feed=feed_of(types=Types.TEXT))

    assert sorted(bench.rows(made)) == [("1", ""), ("2", None)]


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_an_empty_text_stays_in_a_column_that_is_declared_text(bench, content):
    made = bench.convert(content, feed=feed_of(schema=schema_of(name="text")))

    assert sorted(bench.rows(made, "id, name")) == [(1, ""), (2, None)]


@pytest.mark.parametrize("damage", [b"", b"7\n"])
def test_an_empty_text_behind_all_samples_is_not_lost(bench, damage):
    nulls = b"1,\n" * 40_000
    content = b"id,name\n" + nulls + b'2,""\n' + nulls + damage

    made = bench.convert(content)

    assert bench.rows(made, "count(*) FILTER (name = ''), count(*) FILTER (name IS NULL)") == [
        (1, 80_000)
    ]


def test_an_empty_text_among_numbers_is_null(bench):
    made = bench.convert(b'id,age\n1,""\n2,3\n')

    assert types_of(made)["age"] == "bigint"
    assert sorted(bench.rows(made)) == [(1, None), (2, 3)]


def test_files_with_empty_texts_and_with_numbers_are_read_together(bench):
    made = bench.convert(b'id,age\n1,""\n', b"id,age\n2,3\n")

    assert types_of(made)["age"] == "bigint"
    assert sorted(bench.rows(made)) == [(1, None), (2, 3)]


def test_a_column_without_any_text_is_left_out(bench):
    made = bench.convert(b"id,name\n1,\n2,\n")

    assert types_of(made) == {"id": "bigint"}
    assert made.empty == ("name",)
