"""Files that are read record by record are read once, and nothing about their rows is lost."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from headwater.adapters.duckdb.convert import convert
from headwater.adapters.duckdb.engine import DuckEngine
from headwater.model.feed import Format, OnBadValue, Tolerance
from headwater.model.progress import nobody
from headwater.ports.engine import Fate, Limits
from headwater.reading.recognise import recognise
from tests.contracts.bench import Bench, feed_of, schema_of, types_of

ROWS = 180_000  # of a hundred bytes: three pieces, of which two are kept


@pytest.fixture(scope="module")
def shared():
    engine = DuckEngine()
    engine.warm()
    yield engine
    engine.close()


@pytest.fixture
def bench(shared, tmp_path):
    return Bench(shared, tmp_path)


def element(n, **more):
    return json.dumps({"id": n, "name": f"name number {n}", "text": "x" * 50, **more})


def array(rows, spoilt=(), **more):
    lines = [element(n, **(more if n in spoilt else {})) for n in range(rows)]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def spanning(rows, spoilt=()):
    """A table in which every third record has a line end in a cell."""
    lines = ["id,note,amount"]
    for n in range(rows):
        note = f'"Dear {n},\nthank you"' if n % 3 == 0 else f"note {n}"
        lines.append(f"{n},{note}" if n in spoilt else f"{n},{note},{n % 97}.25")
    return "\n".join(lines) + "\n"


@contextmanager
def openings(path):
    """Counts how often a file is opened from Python."""
    count, watching = [0], [True]

    def hook(event, args):
        if watching[0] and event == "open" and str(args[0]) == str(path):
            count[0] += 1

    sys.addaudithook(hook)
    yield count
    watching[0] = False


def test_a_source_is_opened_once_by_its_reader(tmp_path):
    bench = Bench(None, tmp_path)
    rows = "".join(f"<row><id>{n}</id><name>{n}</name></row>" for n in range(ROWS))
    job = bench.job(f"<all>{rows}</all>")
    path = Path(job.inputs[0].location)
    with openings(path) as to_recognise:
        recognise(path, Format.AUTO)

    with openings(path) as count:
        conversion = convert(job, nobody)

    assert conversion.results[0].books.written == ROWS
    assert count[0] == to_recognise[0] + 1


def test_a_value_flaw_in_the_last_row_is_found_with_its_line_and_text(bench):
    feed = feed_of(schema=schema_of(id="bigint"))

    conversion = bench.convert(array(ROWS, spoilt={ROWS - 1}, id="seven"), feed=feed)

    assert conversion.results[0].books.quarantined == 1
    raw = element(ROWS - 1, id="seven")
    assert bench.refused(conversion) == [("file 0", ROWS + 1, "id", raw, "type")]


def test_value_flaws_in_many_pieces_keep_their_lines_and_texts(bench):
    feed = feed_of(schema=schema_of(id="bigint"))
    spoilt = [0, 1, 60_000, 100_000, 170_000]

    conversion = bench.convert(array(ROWS, spoilt=spoilt, id="seven"), feed=feed)

    refused = bench.refused(conversion)
    assert [row[1] for row in refused] == [n + 2 for n in spoilt]
    assert [json.loads(row[3])["name"] for row in refused] == [f"name number {n}" for n in spoilt]


def test_damaged_records_and_bad_values_are_both_refused_in_one_file(bench):
    feed = feed_of(schema=schema_of(amount="decimal(12,2)"))
    text = spanning(3_000, spoilt={1_000}).replace("\n2,note 2,2.25\n", "\n2,note 2,two\n")

    conversion = bench.convert(text, feed=feed)

    assert [row[4] for row in bench.refused(conversion)] == ["type", "ragged"]
    assert conversion.results[0].books.written == 2_998


def test_records_that_span_lines_are_told_by_the_line_where_they_start(bench):
    feed = feed_of(schema=schema_of(amount="bigint"), max_bad=Tolerance(1_000_000))

    conversion = bench.convert(spanning(90), feed=feed)

    starts = [2 + n + (n + 2) // 3 for n in range(90)]
    assert [row[1] for row in bench.refused(conversion)] == starts


def test_a_text_that_breaks_off_refuses_its_file_whole_and_its_neighbour_is_read(bench):
    whole = array(ROWS)

    conversion = bench.convert(whole[: len(whole) * 9 // 10], "a\n1\n")

    fates = [(each.fate, each.books.written) for each in conversion.results]
    assert fates == [(Fate.REFUSED, 0), (Fate.READ, 1)]
    assert conversion.results[0].cause.code == "truncated"
    assert not (bench.folder / "scratch").exists()


def test_the_types_of_a_large_damaged_file_are_made_from_all_its_values(bench):
    rows = 400_000
    text = spanning(rows, spoilt={rows // 2}).replace(f"\n{rows - 1},", "\n0x1,")

    conversion = bench.convert(text)

    assert list(types_of(conversion).values()) == ["text", "text", "decimal(18,2)"]
    assert conversion.results[0].books.written == rows - 1


def test_what_only_the_last_row_of_a_large_damaged_file_shows_is_heeded(bench):
    rows = 300_000
    lines = [f"{n},{'name ' * 6}{n},2024-01-02 10:00:00," for n in range(rows)]
    lines[rows // 2] = "odd"
    lines[-1] = "0x1,name,2024-01-02 10:00:00+02:00,5"

    conversion = bench.convert("id,name,at,late\n" + "\n".join(lines) + "\n")

    assert list(types_of(conversion).values()) == ["text", "text", "timestamp", "bigint"]
    assert conversion.results[0].books.written == rows - 1
    found = bench.rows(conversion, 'id, epoch("at") % 86400, late')
    assert [row for row in found if row[2] is not None] == [("0x1", 8 * 3600, 5)]


@pytest.mark.parametrize("declared", ["timestamp", "timestamp not null"])
def test_declared_times_with_and_without_a_zone_are_told_apart_beside_bad_ones(bench, declared):
    feed = feed_of(schema=schema_of(id="bigint", at=declared), max_bad=Tolerance(1_000_000))
    times = [
        "2024-01-02 10:00:00",
        "2024-01-02T10:00:00Z",
        "2024-01-02 10:00+02",
        "2024-01-02 10:00",
        "2024-02-30 10:00:00",
        "2024-01-02 10:00:0Z",
    ]
    text = "id,at\n" + "".join(f"{n},{each}\n" for n, each in enumerate(times)) + "odd\n"

    conversion = bench.convert(text, feed=feed)

    hours = dict(bench.rows(conversion, "id, date_part('hour', \"at\")"))
    assert hours == {0: 10, 1: 10, 2: 8, 3: 10}
    assert [row[1] for row in bench.refused(conversion)] == [6, 7, 8]


def test_too_many_bad_rows_refuse_a_file_after_all_of_it_was_read(bench):
    feed = feed_of(schema=schema_of(id="bigint"), on_bad_value=OnBadValue.FAIL)

    conversion = bench.convert(array(200, spoilt={199}, id="seven"), feed=feed)

    assert conversion.results[0].cause.code == "bad_value"
    assert conversion.parts == ()


@pytest.mark.parametrize("declared", [{}, {"id": "bigint"}], ids=["inferred", "declared"])
def test_rows_keep_their_order_where_that_is_asked_for(bench, declared):
    job = bench.job(array(ROWS), feed=feed_of(schema=schema_of(**declared)))
    job = replace(job, limits=Limits(in_order=True))

    conversion = bench.engine.convert(job, nobody)

    assert [row[0] for row in bench.rows(conversion, "id")] == list(range(ROWS))


@pytest.mark.slow
def test_memory_is_bounded_however_large_the_file_is(tmp_path):
    bench = Bench(DuckEngine(), tmp_path)
    line = ",".join(element(n) for n in range(1_000))
    text = "[" + ",\n".join([line] * 3_000) + "]"

    conversion = bench.convert(text)

    status = Path(f"/proc/{bench.engine.process_id}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    bench.engine.close()
    assert conversion.results[0].books.written == 3_000_000
    assert int(peak.split()[1]) < 512 * 1024
