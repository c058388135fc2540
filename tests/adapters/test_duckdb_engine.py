"""DuckEngine keeps the engine's contract, and outlives its child."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from headwater.adapters.duckdb.engine import DuckEngine
from headwater.errors import EngineDied, NoSpace
from headwater.model.progress import nobody
from headwater.ports.engine import Fate
from tests.contracts.bench import Bench, feed_of, schema_of, types_of
from tests.contracts.engine import EngineContract


@pytest.fixture(scope="module")
def shared():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.fixture
def engine(shared):
    return shared


class TestDuckEngine(EngineContract):
    pass


@pytest.fixture
def bench(engine, tmp_path):
    return Bench(engine, tmp_path)


@pytest.fixture
def own(tmp_path):
    bench = Bench(DuckEngine(), tmp_path)
    yield bench
    bench.engine.close()


def large(rows, spoil=None):
    """More than what is read together with others, so that the ways of large files are taken."""
    lines = [f"{n},name {n},{n % 97}.25,2024-01-{1 + n % 28:02} 00:00:00" for n in range(rows)]
    if spoil is not None:
        lines[rows // 2] = spoil
    return "id,name,amount,at\n" + "\n".join(lines) + "\n"


ROWS = 150_000


def test_a_large_plain_file_is_read_in_one_pass(bench):
    conversion = bench.convert(large(ROWS), records=[ROWS + 1])

    assert conversion.engine.endswith("fast")
    assert conversion.results[0].books.written == ROWS
    assert list(types_of(conversion).values()) == ["bigint", "text", "decimal(18,2)", "timestamp"]


@pytest.mark.parametrize("spoil", ["oops", 'x"y,a,1.00,', "7,b,c"])
def test_one_damaged_record_in_a_large_file_costs_that_record(bench, spoil):
    conversion = bench.convert(large(ROWS, spoil), records=[ROWS + 1])

    books = conversion.results[0].books
    assert (books.counted, books.written, books.quarantined) == (ROWS, ROWS - 1, 1)
    assert [row[1] for row in bench.refused(conversion)] == [ROWS // 2 + 2]


def test_a_large_file_whose_records_are_not_known_is_counted_on_the_way(bench):
    text = large(ROWS).replace("name 7,", '"name\n7",')

    plain = bench.convert(text)
    packed = bench.convert(gzip.compress(text.encode(), 1))

    assert plain.results[0].books.counted == packed.results[0].books.counted == ROWS
    assert sorted(bench.rows(plain)) == sorted(bench.rows(packed))


def test_a_large_packed_file_of_extreme_ratio_is_read_whole(bench):
    text = b"a,b\n" + b"1,same\n" * 6_000_000

    conversion = bench.convert(gzip.compress(text, 9))

    assert conversion.results[0].books.written == 6_000_000


def test_a_large_packed_file_that_ends_early_is_refused_without_a_row(bench):
    random.seed(7)
    text = "a\n" + "".join(f"{random.random()}\n" for _ in range(600_000))
    packed = gzip.compress(text.encode(), 1)
    assert len(packed) > 4 << 20

    conversion = bench.convert(packed[:-20], "a\n0.5\n")

    assert [result.fate for result in conversion.results] == [Fate.REFUSED, Fate.READ]
    assert len(bench.rows(conversion)) == 1


def test_a_large_json_file_with_a_late_key_and_a_bad_line_loses_nothing_else(bench):
    lines = [json.dumps({"id": n, "name": f"name number {n}"}) for n in range(ROWS)]
    lines[100_000] = '{"id":100000,"late":[1]}'
    lines[120_000] = '{"id":'

    conversion = bench.convert("\n".join(lines) + "\n", records=[ROWS])

    assert conversion.results[0].books.written == ROWS - 1
    assert (100_000, None, "[1]") in bench.rows(conversion, "id, name, late")


def test_parquet_keeps_its_types_and_a_damaged_one_is_refused(bench, tmp_path):
    whole = tmp_path / "whole.parquet"
    duckdb.sql(
        "SELECT 1::UTINYINT AS small, 18446744073709551615::UBIGINT AS large, [1, 2] AS list, "
        "TIMESTAMP '2024-01-01 10:00' AS at, TIME '10:00' AS hour FROM range(3)"
    ).write_parquet(str(whole))
    content = whole.read_bytes()

    conversion = bench.convert(content, content[:40] + bytes(60) + content[100:])

    assert [result.fate for result in conversion.results] == [Fate.READ, Fate.REFUSED]
    assert conversion.results[1].cause.code == "parquet"
    assert types_of(conversion) == {
        "small": "smallint", "large": "decimal(20,0)", "list": "array<int>",
        "at": "timestamp", "hour": "text",
    }  # fmt: skip


def test_bad_rows_of_parquet_go_to_quarantine(bench, tmp_path):
    file = tmp_path / "some.parquet"
    duckdb.sql("SELECT * FROM (VALUES (1), (70000)) t(n)").write_parquet(str(file))

    conversion = bench.convert(file.read_bytes(), table=schema_of(n="smallint"))

    assert bench.rows(conversion) == [(1,)]
    assert bench.refused(conversion) == [("file 0", 2, "n", "70000", "type")]


def test_a_killed_child_is_an_error_that_names_the_signal_and_the_next_job_works(own):
    own.engine.warm()
    job = own.job(large(10 * ROWS))
    killer = threading.Timer(0.3, os.kill, (own.engine.process_id, signal.SIGKILL))
    killer.start()

    with pytest.raises(EngineDied, match="SIGKILL"):
        own.engine.convert(job, nobody)
    killer.join()

    assert own.rows(own.convert("a\n1\n")) == [(1,)]


def test_the_child_gets_no_secrets(own, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    own.engine.warm()

    assert b"hush" not in Path(f"/proc/{own.engine.process_id}/environ").read_bytes()


def test_a_full_disk_is_a_clean_error(tmp_path):
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\nulimit -f 64\nexec "{sys.executable}" "$@"\n')
    wrapper.chmod(0o755)
    bench = Bench(DuckEngine(str(wrapper)), tmp_path)

    with pytest.raises(NoSpace):
        bench.convert(large(ROWS))
    bench.engine.close()


def test_a_crash_in_the_middle_of_publishing_is_a_dead_child(own, monkeypatch):
    monkeypatch.setenv("HEADWATER_CRASH", "part.k_of_n:1")

    with pytest.raises(EngineDied):
        own.convert("a\n1\n")


def test_a_table_in_many_partitions_has_all_rows(bench):
    feed = feed_of(schema=schema_of(at="timestamp"))

    conversion = bench.convert(large(ROWS), feed=feed)

    assert sum(part.rows for part in conversion.parts) == ROWS
