"""ORC files are read stripe by stripe, and their values keep all they say."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import orc

from headwater.reading.typed.orc import careful_orc, columns_of
from headwater.reading.unreadable import Unreadable


def write(path, table, **options):
    orc.write_table(table, str(path), **options)
    return path


def objects(pieces):
    return [
        json.loads(line.partition("\t")[2])
        for piece in pieces
        for line in piece.text.decode().split("\n")[:-1]
    ]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (pa.array([2**63 - 1, None]), [2**63 - 1, None]),
        (pa.array([0.1, -0.5]), [0.1, -0.5]),
        (pa.array(["é\n", ""]), ["é\n", ""]),
        (pa.array([True, None]), [True, None]),
        (pa.array([b"\xff"]), ["ff"]),
        (pa.array([Decimal("1.10")], pa.decimal128(30, 2)), ["1.10"]),
        (pa.array([date(2024, 2, 29)]), ["2024-02-29"]),
        (pa.array([datetime(2024, 1, 2, 3, 4, 5, 6)]), ["2024-01-02T03:04:05.000006"]),  # noqa: DTZ001
        (pa.array([datetime(2024, 1, 2, tzinfo=UTC)]), ["2024-01-02T00:00:00+00:00"]),
        (pa.array([1], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001"]),
        (pa.array([[1, 2], []]), [[1, 2], []]),
        (pa.array([{"a": 1}]), [{"a": 1}]),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), [{"k": 1}]),
    ],
)
def test_a_value_keeps_all_it_says(tmp_path, values, read):
    path = write(tmp_path / "a.orc", pa.table({"x": values}))

    assert [record["x"] for record in objects(careful_orc(path))] == read


@pytest.mark.parametrize("compression", ["uncompressed", "zlib", "snappy", "zstd", "lz4"])
def test_every_compression_gives_the_same_rows(tmp_path, compression):
    table = pa.table({"n": range(30_000), "t": ["x"] * 30_000})
    path = write(tmp_path / "a.orc", table, compression=compression, stripe_size=1000)

    pieces = list(careful_orc(path, piece_bytes=50_000))

    assert objects(pieces) == table.to_pylist()
    assert len(pieces) > 1
    assert pieces[1].line_of(0) == pieces[0].count + 1
    assert columns_of(path) == ("n", "t")


def test_a_number_that_is_none_is_refused_alone(tmp_path):
    path = write(tmp_path / "a.orc", pa.table({"x": [1.5, float("inf")]}))

    (piece,) = careful_orc(path)

    assert [(each.line, each.code) for each in piece.refused] == [(2, "number")]
    assert piece.count == 1


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_is_refused(tmp_path, share):
    path = write(tmp_path / "a.orc", pa.table({"n": range(5000)}))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(Unreadable, match=r"^orc: "):
        list(careful_orc(path))
