"""What DuckDB would read over in a large file is refused, and costs its neighbours nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headwater.model.feed import PartitionBy
from headwater.ports.engine import Limits
from headwater.reading.source import source_stamp
from tests.contracts.bench import feed_of, types_of

ROWS = 150_000
PLAIN = "{n},name {n},{n}"
SPOILT = ROWS // 2


def csv_with(line=None, plain=PLAIN):
    lines = [plain.format(n=n) for n in range(ROWS)]
    if line is not None:
        lines[SPOILT] = line
    return "\n".join(["id,name,amount", *lines, ""])


def ndjson_with(line=None):
    lines = [f'{{"id":{n},"name":"name number {n}","part":[{n},1.5]}}' for n in range(ROWS)]
    if line is not None:
        lines[SPOILT] = line
    return "\n".join([*lines, ""])


def test_a_large_file_with_quotes_is_read_in_one_pass(bench):
    text = csv_with(plain='{n},"name, ""{n}""",{n}')

    conversion = bench.convert(text, records=[ROWS + 1])

    assert conversion.engine.endswith("fast")
    assert ('name, "7"',) in bench.rows(conversion, "name")


@pytest.mark.parametrize("line", ["7,b,1,", '7,"b",1,', '7,x"y,1', '7,"b"x,1', '7,a""b,1', "7,b"])
def test_a_record_that_is_not_sound_is_refused_alone(bench, line):
    conversion = bench.convert(csv_with(line), records=[ROWS + 1])

    (refused,) = bench.refused(conversion)
    assert refused[1] == SPOILT + 2
    assert refused[3] == line
    assert conversion.results[0].books.written == ROWS - 1


@pytest.mark.parametrize("rows", [20, ROWS])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_header_that_is_repeated_is_no_row(bench, rows, quoted):
    lines = [
        f"{n},{chr(34) if quoted else ''}name{chr(34) if quoted else ''},1" for n in range(rows)
    ]
    lines[rows // 2] = "id,name,amount"

    conversion = bench.convert("\n".join(["id,name,amount", *lines, ""]), records=[rows + 1])

    (refused,) = bench.refused(conversion)
    assert refused[4] == "header_again"
    assert types_of(conversion) == {"id": "bigint", "name": "text", "amount": "bigint"}


@pytest.mark.parametrize(
    "line",
    [
        '{"id":1,"name":NaN,"part":[1]}',
        '{"id":1,"name":"n","part":[1,]}',
        '{"id":1,"name":"n","part":[-Infinity]}',
        '{"id":1,"name":"n","part":[1],}',
    ],
)
def test_a_line_that_is_no_json_is_refused_alone(bench, line):
    conversion = bench.convert(ndjson_with(line), records=[ROWS])

    (refused,) = bench.refused(conversion)
    assert (refused[1], refused[3]) == (SPOILT + 1, line)
    assert conversion.results[0].books.written == ROWS - 1


@pytest.mark.parametrize("rows", [3, ROWS])
def test_a_fraction_keeps_all_its_digits(bench, rows):
    long = "0.12345678901234567890"
    lines = [f'{{"id":{n},"share":{n}.5}}' for n in range(rows)]
    lines[rows // 2] = f'{{"id":0,"share":{long}}}'

    conversion = bench.convert("\n".join([*lines, ""]), records=[rows])

    assert types_of(conversion)["share"] == "text"
    assert (long,) in bench.rows(conversion, "share")
    assert conversion.results[0].books.written == rows


def test_a_file_that_changes_beside_the_look_is_not_taken(bench):
    job = bench.job(csv_with(), records=[ROWS + 1])
    path = bench.folder / "raw-1-0"
    path.write_text(csv_with("7,other,1"))

    (result,) = bench.engine.convert(job, lambda _: None).results

    assert source_stamp(path.stat()) != job.inputs[0].stamp
    assert result.fate == "changed"


@pytest.mark.parametrize("rows", [50, ROWS])
def test_a_file_of_too_many_partitions_is_refused_and_not_its_neighbour(bench, rows):
    feed = feed_of(partition=(PartitionBy("id", "column", "id"),))
    scattered = "\n".join(["id,name", *(f"{n},x" for n in range(rows)), ""])
    limits = Limits(partitions=20)
    job = replace(bench.job(scattered, "id,name\n1,x\n1,y\n", feed=feed), limits=limits)

    conversion = bench.engine.convert(job, lambda _: None)

    first, second = conversion.results
    assert (first.fate, first.cause.code) == ("refused", "partitions")
    assert f"{rows:,} partitions" in first.cause.message
    assert second.books.written == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("inner", ["\r", "\n", "\r\n"])
def test_a_line_end_inside_the_first_quotes_ends_no_line(bench, end, inner):
    text = end.join(["id,cell", f'0,"a {inner} b"', "1,x", ""])

    conversion = bench.convert(text, records=[3])

    assert (f"a {inner} b",) in bench.rows(conversion, "cell")
    assert conversion.results[0].books.written == 2


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_header_is_seen_again_behind_a_byte_order_mark(bench, mark):
    conversion = bench.convert(f"{mark}id,name\n1,a\nid,name\n2,b\n")

    (refused,) = bench.refused(conversion)
    assert refused[4] == "header_again"
    assert conversion.results[0].books.written == 2
