"""A file read from Python, without any lake."""

from __future__ import annotations

import gc
import gzip
import io
import subprocess
import sys
from decimal import Decimal

import pytest

import headwater
from headwater.errors import InputError, SourceMissing, SourceUnreadable, UsageError
from headwater.model.receipt import Books

DIRTY = "id,amount,zip,note\n1,1.50,00123,\n2,short\n3,2.50,04711,\n"


@pytest.fixture(autouse=True)
def rooms(tmp_path, monkeypatch):
    """A folder for temporary files."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def dirty(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text(DIRTY, encoding="utf-8")
    return path


def test_a_file_has_columns_rows_and_what_was_refused(dirty):
    with headwater.read(dirty) as content:
        assert content.columns == {
            "id": "bigint", "amount": "decimal(18,2)", "zip": "text", "note": "text",
        }  # fmt: skip
        assert list(content.rows()) == [
            (1, Decimal("1.50"), "00123", None), (3, Decimal("2.50"), "04711", None),
        ]  # fmt: skip
        assert [(each.line, each.code, each.raw) for each in content.refused] == [
            (3, "ragged", "2,short")
        ]
        assert content.books == Books(counted=3, written=2, quarantined=1)
        assert len(content) == 2


def test_what_was_found_says_how_the_file_is_spelled_and_why(dirty):
    found = headwater.read(dirty).found

    assert (found.format, found.compression, found.encoding) == ("csv", "none", "utf-8")
    assert found.spelling is not None
    assert (found.spelling.delimiter, found.spelling.header_rows) == (",", 1)
    assert "4 fields" in found.reasons[0]


def test_options_are_the_keys_of_a_feed(dirty):
    content = headwater.read(dirty, types="text", ragged="pad")

    assert set(content.columns.values()) == {"text"}
    assert [row[0] for row in content] == ["1", "2", "3"]
    assert not content.refused


def test_a_declared_schema_refuses_the_values_that_do_not_fit(dirty):
    content = headwater.read(dirty, schema={"zip": "date"})

    assert [(each.line, each.column) for each in content.refused] == [
        (2, "zip"), (3, None), (4, "zip"),
    ]  # fmt: skip
    assert content.refused[2].raw == "3,2.50,04711,"
    assert content.refused.reasons == {"bad_date": 2, "ragged": 1}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"formt": "csv"}, "formt: no such key"),
        ({"partition": ["a"]}, "partition is about tables"),
        ({"schema": {"a": "nonsense"}}, r"schema\.a: "),
    ],
)
def test_an_option_that_is_off_is_named(dirty, options, said):
    with pytest.raises(UsageError, match=said):
        headwater.read(dirty, **options)


def test_what_cannot_be_read_raises_and_leaves_nothing(tmp_path, rooms):
    (tmp_path / "zeros.csv").write_bytes(b"\0" * 10_000)

    with pytest.raises(SourceMissing):
        headwater.read(tmp_path / "nowhere.csv")
    with pytest.raises(SourceUnreadable, match="binary"):
        headwater.read(tmp_path / "zeros.csv")

    assert list(rooms.iterdir()) == []


def test_the_room_on_disk_is_given_back_when_nobody_needs_it(dirty, rooms):
    with headwater.read(dirty):
        assert len(list(rooms.iterdir())) == 1
    assert list(rooms.iterdir()) == []

    content = headwater.read(dirty)
    rows = content.rows()
    next(rows)
    del content
    gc.collect()

    assert next(rows)[0] == 3
    rows.close()


def test_rows_can_be_read_twice_and_at_the_same_time(dirty):
    content = headwater.read(dirty)

    pairs = list(zip(content.rows(), content.rows(), strict=True))

    assert [one == other for one, other in pairs] == [True, True]


def test_many_rows_keep_the_order_of_the_file(tmp_path):
    path = tmp_path / "many.ndjson"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f'{{"n": {number}, "t": "{"x" * 40}"}}\n' for number in range(200_000))

    content = headwater.read(path)

    assert all(row[0] == number for number, row in enumerate(content.rows()))
    assert content.first(2) == [(0, "x" * 40), (1, "x" * 40)]


def test_an_arrow_table_has_the_same_columns(dirty):
    pytest.importorskip("pyarrow")

    table = headwater.read(dirty).arrow()

    assert table.column_names == ["id", "amount", "zip", "note"]
    assert table.column("zip").to_pylist() == ["00123", "04711"]


def test_a_file_without_rows_has_its_columns(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n", encoding="utf-8")

    content = headwater.read(tmp_path / "a.csv", format="csv", header=1)

    assert content.columns == {"a": "text", "b": "text"}
    assert list(content) == []


def test_nested_values_are_written_to_csv_as_json(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "a.parquet"
    duckdb.sql("SELECT {'x': [1, 2]} AS nested, '' AS empty, NULL::INT AS n").write_parquet(
        str(path)
    )

    headwater.read(path).write(str(tmp_path / "a.csv"), "csv")

    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert text == 'nested,empty,n\n"{""x"":[1,2]}","",\n'


def test_a_notebook_shows_a_file_as_a_table_and_escapes_it(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n<script>,2\n", encoding="utf-8")

    shown = headwater.read(tmp_path / "a.csv")._repr_html_()

    assert "<table" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown


def test_an_end_of_the_interpreter_leaves_nothing_behind(dirty, rooms):
    code = f"import headwater; kept = headwater.read({str(dirty)!r}); print(len(kept))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "2"
    assert list(rooms.iterdir()) == []


def test_a_stream_of_bytes_is_read_as_a_file_is(rooms):
    with headwater.read(io.BytesIO(gzip.compress(DIRTY.encode()))) as content:
        assert content.path is None
        assert content.name == "standard input"
        assert content.found.compression == "gzip"
        assert content.first(1) == [(1, Decimal("1.50"), "00123", None)]
        assert [each.line for each in content.refused] == [3]

    assert list(rooms.iterdir()) == []


def test_a_stream_of_text_is_refused(rooms):
    with pytest.raises(UsageError, match="gives text"):
        headwater.read(io.StringIO(DIRTY))  # type: ignore[arg-type]

    assert list(rooms.iterdir()) == []


def test_a_file_without_any_column_has_no_rows(tmp_path):
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")

    content = headwater.read(tmp_path / "a.json")

    assert (content.columns, list(content), content.first(3)) == ({}, [], [])
    with pytest.raises(InputError, match="no columns"):
        content.write(str(tmp_path / "out.csv"), "csv")


def test_refused_records_are_written_with_line_and_reason(tmp_path, dirty):
    headwater.read(dirty).refused.write(str(tmp_path / "refused.csv"), "csv")
    headwater.read(dirty, ragged="pad").refused.write(str(tmp_path / "none.csv"), "csv")

    assert (tmp_path / "refused.csv").read_text(encoding="utf-8") == (
        'line,column,raw,code,message\n3,,"2,short",ragged,4 fields are expected and 2 were found\n'
    )
    assert (tmp_path / "none.csv").read_text(encoding="utf-8") == "line,column,raw,code,message\n"
