"""Rows of very many columns are read in little memory, and no value changes its row."""

from __future__ import annotations

import gzip
import json

import duckdb
import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.adapters.duckdb.parts.beside import Slice, put_beside
from headwater.errors import EngineError
from headwater.model.feed import OnBadValue, OnNewColumn
from tests.contracts.bench import Bench, feed_of, schema_of, types_of

COLUMNS = 1_160
ROWS = 20
KINDS = ("bigint", "decimal(18,2)", "text", "boolean")


@pytest.fixture
def own(tmp_path):
    """An engine whose child has read nothing before."""
    engine = DuckEngine()
    yield Bench(engine, tmp_path)
    engine.close()


def value(row, column):
    return (row * column, f"{row}.{column % 90 + 10}", f"r{row}c{column}", row % 2 == 0)[column % 4]


def spelled(cell):
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def csv():
    lines = [",".join(f"c{n}" for n in range(COLUMNS))]
    lines += [",".join(spelled(value(r, n)) for n in range(COLUMNS)) for r in range(ROWS)]
    return "\n".join(lines) + "\n"


def lines():
    rows = ({f"c{n}": value(r, n) for n in range(0, COLUMNS, 2)} for r in range(ROWS))
    return "".join(json.dumps(row) + "\n" for row in rows)


def texts(bench, made):
    rows = bench.rows(made, "COLUMNS(* EXCLUDE (_arrival))::VARCHAR")
    return sorted(rows, key=lambda row: int(row[2].partition("c")[0][1:]))


def test_a_table_of_very_many_columns_is_read_in_little_memory(own):
    made = own.convert(csv(), records=[ROWS + 1])

    assert types_of(made) == {f"c{n}": KINDS[n % 4] for n in range(COLUMNS)}
    assert texts(own, made) == [
        tuple(spelled(value(r, n)) for n in range(COLUMNS)) for r in range(ROWS)
    ]
    assert own.engine.peak_bytes < 400_000_000


def test_types_that_change_behind_the_sample_are_found_in_every_slice(own):
    content = csv() + ",".join("zz" if n % 350 == 0 else "" for n in range(COLUMNS)) + "\n"

    made = own.convert(content, records=[ROWS + 2])

    changed = {name for name, kind in types_of(made).items() if kind == "text"}
    assert changed == {f"c{n}" for n in range(COLUMNS) if n % 4 == 2 or n % 350 == 0}
    assert made.results[0].books.written == ROWS + 1


def test_a_damaged_row_of_very_many_columns_is_refused_alone(own):
    content = csv().replace("\n0,", "\n1,2,3\n0,", 1)

    made = own.convert(content, records=[ROWS + 2])

    assert own.refused(made) == [("file 0", 2, None, "1,2,3", "ragged")]
    assert texts(own, made) == [
        tuple(spelled(value(r, n)) for n in range(COLUMNS)) for r in range(ROWS)
    ]
    assert own.engine.peak_bytes < 400_000_000


def test_rows_with_bad_values_in_several_slices_are_refused_once(own):
    rows = csv().splitlines()
    columns = {f"c{n}": KINDS[n % 4] for n in range(COLUMNS)}
    cells = rows[3].split(",")
    cells[4], cells[1_104] = "many", "more"
    rows[3] = ",".join(cells)

    made = own.convert(
        "\n".join(rows) + "\n", feed=feed_of(schema=schema_of(**columns)), records=[ROWS + 1]
    )

    assert own.refused(made) == [("file 0", 4, "c4", rows[3], "type")]
    assert made.results[0].books.written == ROWS - 1


def test_packed_rows_of_very_many_columns_keep_their_values(own):
    made = own.convert(gzip.compress(csv().encode()))

    assert texts(own, made) == [
        tuple(spelled(value(r, n)) for n in range(COLUMNS)) for r in range(ROWS)
    ]


def test_columns_without_a_value_among_many_are_left_out(own):
    head = ",".join(f"c{n}" for n in range(COLUMNS))
    rows = "".join(f"{r}{',' * (COLUMNS - 1)}{r}\n" for r in range(ROWS))

    made = own.convert(f"{head}\n{rows}".replace(f",{ROWS - 1}\n", ",x\n"))

    assert set(types_of(made)) == {"c0", f"c{COLUMNS - 1}"}
    assert made.results[0].books.written == ROWS


def test_objects_of_hundreds_of_keys_are_read_in_little_memory(own):
    made = own.convert(lines(), records=[ROWS])

    rows = own.rows(made, "c0, c2, c1158")
    assert len(types_of(made)) == COLUMNS // 2
    assert sorted(rows) == sorted((0, f"r{r}c2", f"r{r}c1158") for r in range(ROWS))
    assert own.engine.peak_bytes < 500_000_000


def written(folder, name, select):
    path = folder / name
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    return path


def test_files_put_beside_each_other_have_the_columns_of_all(tmp_path):
    one = written(tmp_path, "one", "SELECT range AS a, 'x' || range AS b FROM range(5000)")
    two = written(tmp_path, "two", "SELECT range AS a, range % 7 AS c FROM range(5000)")

    put_beside([Slice(one), Slice(two, 1)], tmp_path / "both")

    found = duckdb.sql(f"SELECT a, b, c FROM read_parquet('{tmp_path / 'both'}') ORDER BY a")
    assert found.fetchall() == [(n, f"x{n}", n % 7) for n in range(5_000)]


def test_files_of_other_rows_are_not_put_beside_each_other(tmp_path):
    one = written(tmp_path, "one", "SELECT range AS a FROM range(5000)")
    two = written(tmp_path, "two", "SELECT range AS b FROM range(4999)")

    with pytest.raises(EngineError, match="not the same rows"):
        put_beside([Slice(one), Slice(two)], tmp_path / "both")


def test_many_columns_are_written_apart_where_new_ones_are_rescued(own):
    feed = feed_of(on_new_column=OnNewColumn.RESCUE)

    first = own.convert(csv(), feed=feed, records=[ROWS + 1])

    assert own.engine.peak_bytes < 400_000_000
    assert len(first.schema.columns) == COLUMNS + 1
    assert own.rows(first, "count(_rescued), count(*)") == [(0, ROWS)]


@pytest.mark.parametrize("ending", ["", ",0,0\n"])
def test_what_new_columns_hold_is_rescued_once_from_very_many(own, ending):
    table = schema_of(**{f"c{n}": KINDS[n % 4] for n in range(COLUMNS - 1)})

    made = own.convert(csv() + ending, feed=feed_of(on_new_column=OnNewColumn.RESCUE), table=table)

    found = sorted(own.rows(made, "c2, _rescued"))
    last = f"c{COLUMNS - 1}"
    assert found == sorted(
        (f"r{r}c2", f'{{"{last}":"{str(r % 2 == 0).lower()}"}}') for r in range(ROWS)
    )


def test_bad_values_of_very_many_columns_become_null(own):
    rows = csv().splitlines()
    columns = {f"c{n}": KINDS[n % 4] for n in range(COLUMNS)}
    cells = rows[3].split(",")
    cells[4], cells[1_104] = "many", "more"
    rows[3] = ",".join(cells)
    feed = feed_of(schema=schema_of(**columns), on_bad_value=OnBadValue.NULL)

    made = own.convert("\n".join(rows) + "\n", feed=feed)

    assert made.results[0].books.written == ROWS
    assert own.rows(made, "count(c4), count(c1104), count(c1108)") == [(ROWS - 1, ROWS - 1, ROWS)]
    assert any("2 values" in note for note in made.results[0].notes)


def test_bad_values_of_too_many_columns_to_rescue_refuse_the_file(own):
    feed = feed_of(schema=schema_of(c2="bigint"), on_bad_value=OnBadValue.RESCUE)

    made = own.convert(csv(), feed=feed)

    assert made.results[0].cause.code == "too_wide"
    assert "on_bad_value" in made.results[0].cause.message
