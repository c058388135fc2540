import gzip

import duckdb
import pytest

from bench.cases import TOGETHER
from bench.data import Shelf, Wanted

WANTED = Wanted(size_bytes=200_000, files=8, seed=7, dirty=0.01)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


def test_one_seed_gives_the_same_bytes_wherever_it_is_made(tmp_path, shelf):
    here = shelf.input("csv", WANTED)

    there = Shelf(tmp_path / "another").input("csv", WANTED)

    assert here.path.read_bytes() == there.path.read_bytes()


def test_another_seed_gives_other_rows(shelf):
    first = shelf.input("csv", WANTED)

    second = shelf.input("csv", Wanted(WANTED.size_bytes, WANTED.files, seed=8))

    assert first.path.read_bytes() != second.path.read_bytes()
    assert first.rows == second.rows


def test_an_input_is_made_once_and_handed_out_again(shelf):
    made = shelf.input("csv", WANTED).path.stat().st_mtime_ns

    assert shelf.input("csv", WANTED).path.stat().st_mtime_ns == made


def test_the_size_asked_for_is_met_within_two_percent(shelf):
    size_bytes = shelf.input("csv", WANTED).size_bytes

    assert size_bytes == pytest.approx(WANTED.size_bytes, rel=0.02)


def test_the_gzip_holds_the_very_csv(shelf):
    plain = shelf.input("csv", WANTED).path.read_bytes()

    assert gzip.decompress(shelf.input("gz", WANTED).path.read_bytes()) == plain


def test_the_ndjson_holds_the_rows_of_the_csv(shelf):
    csv = duckdb.read_csv(str(shelf.input("csv", WANTED).path)).order("order_id").fetchall()

    ndjson = duckdb.read_json(str(shelf.input("ndjson", WANTED).path)).order("order_id").fetchall()

    assert ndjson == csv


def test_the_rows_span_ninety_days(shelf):
    rows = duckdb.read_csv(str(shelf.input("csv", WANTED).path))

    [(days,)] = rows.aggregate("count(distinct cast(order_ts as date))").fetchall()

    assert days == 90


def test_small_files_have_a_header_each_and_are_about_ten_kilobytes(shelf):
    given = shelf.input("files", WANTED)

    assert len(given.files) == WANTED.files
    assert {file.read_bytes().split(b",")[0] for file in given.files} == {b"order_id"}
    assert all(9_000 < file.stat().st_size < 11_000 for file in given.files)
    assert sum(len(file.read_bytes().splitlines()) - 1 for file in given.files) == given.rows


@pytest.mark.parametrize("case", TOGETHER["careful"])
def test_a_damaged_file_differs_from_the_clean_one_in_its_bad_rows_alone(shelf, case):
    clean = shelf.clean(case, WANTED)

    damaged = shelf.input(case, WANTED)

    spoiled = sum(
        left != right
        for left, right in zip(
            clean.path.read_bytes().splitlines(),
            damaged.path.read_bytes().splitlines(),
            strict=True,
        )
    )
    assert spoiled == damaged.refused == clean.rows - damaged.rows > 0


def test_the_dirty_file_has_as_many_bad_rows_as_it_says(shelf):
    clean = shelf.input("csv", WANTED)

    dirty = shelf.input("dirty", WANTED)

    spoiled = sum(
        left != right
        for left, right in zip(
            clean.path.read_bytes().splitlines(),
            dirty.path.read_bytes().splitlines(),
            strict=True,
        )
    )
    assert spoiled == dirty.refused == clean.rows - dirty.rows > 0
