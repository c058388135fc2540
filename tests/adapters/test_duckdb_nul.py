"""A NUL in a cell is a letter like others, and the file that has one says so."""

import gzip

import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from tests.contracts.bench import Bench, feed_of
from tests.contracts.bench import schema_of as columns

NOTE = "1 NUL character is in its text, and kept there"
LINES = "".join(f"{number},some text\n" for number in range(50_000))
MARKED = f"id,name\n{LINES}7,A\0n\n".encode()


@pytest.fixture(scope="module")
def engine():
    engine = DuckEngine()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (MARKED, 50_002),
        (MARKED.replace(b"some text", b'"some text"', 1), 50_002),
        (gzip.compress(MARKED, mtime=0), None),
    ],
    ids=["alone", "with quotes", "packed"],
)
def test_a_nul_in_a_large_file_is_kept_and_told(engine, tmp_path, content, records):
    bench = Bench(engine, tmp_path)

    conversion = bench.convert(content, records=[records])

    assert conversion.results[0].notes == (NOTE,)
    assert bench.rows(conversion, "name").count(("A\0n",)) == 1
    assert conversion.results[0].books.written == 50_001


def test_of_small_files_only_the_one_that_has_it_says_so(engine, tmp_path):
    bench = Bench(engine, tmp_path)

    conversion = bench.convert(
        "id,name\n1,Ann\n", "id,name\n2,B\0b\n", feed=feed_of(schema=columns(id="bigint"))
    )

    assert [result.notes for result in conversion.results] == [(), (NOTE,)]
    assert sorted(bench.rows(conversion)) == [(1, "Ann"), (2, "B\0b")]
