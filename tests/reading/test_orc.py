"""ORC files are read some rows at a time, and their values keep their types and all they say."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from headwater.reading.unreadable import Unreadable

pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
orc = pytest.importorskip("pyarrow.orc")
reader = pytest.importorskip("headwater.reading.typed.orc")


def write(path, table, **options):
    orc.write_table(table, str(path), **options)
    return path


def read(path, texts=frozenset()):
    rows = reader.typed_rows(path, reader.columns_of(path), texts)
    table = pa.Table.from_batches(rows.batches, rows.schema)
    assert table.num_rows == rows.count
    return table


US = pa.timestamp("us")
NS = pa.timestamp("ns")


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pa.array([2**63 - 1, None]), pa.int64(), [2**63 - 1, None]),
        (pa.array([5], pa.int8()), pa.int8(), [5]),
        (pa.array([0.1, float("-inf")]), pa.float64(), [0.1, float("-inf")]),
        (pa.array(["é\n", ""]), pa.string(), ["é\n", ""]),
        (pa.array([True, None]), pa.bool_(), [True, None]),
        (pa.array([b"\xff"]), pa.binary(), [b"\xff"]),
        (pa.array([Decimal("1.10")], pa.decimal128(30, 2)), pa.decimal128(30, 2),
         [Decimal("1.10")]),
        (pa.array([date(2024, 2, 29)]), pa.date32(), [date(2024, 2, 29)]),
        (pa.array([datetime(2024, 1, 2, 3, 4, 5, 6)]), US, [datetime(2024, 1, 2, 3, 4, 5, 6)]),  # noqa: DTZ001
        (pa.array([datetime(2024, 1, 2, tzinfo=UTC)]), pa.timestamp("us", "UTC"),
         [datetime(2024, 1, 2, tzinfo=UTC)]),
        (pa.array([[1, 2], []]), pa.list_(pa.int64()), [[1, 2], []]),
        (pa.array([[1_000]], pa.list_(NS)), pa.list_(US), [[datetime(1970, 1, 1, 0, 0, 0, 1)]]),  # noqa: DTZ001
        (pa.array([{"a": 1}]), pa.struct([("a", pa.int64())]), [{"a": 1}]),
        (pa.array([{"a": 1, "A": 2}]), pa.string(), ['{"a":1,"A":2}']),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
         pa.map_(pa.string(), pa.int64()), [[("k", 1)]]),
    ],
)  # fmt: skip
def test_a_value_keeps_its_type_and_all_it_says(tmp_path, values, kind, expected):
    path = write(tmp_path / "a.orc", pa.table({"x": values}))

    table = read(path)

    assert table.schema.field("x").type == kind
    assert table["x"].to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1], NS), "1970-01-01 00:00:00.000000001"),
        (pa.array([[1]], pa.list_(NS)), ["1970-01-01 00:00:00.000000001"]),
        (pa.array([{"a": 1}], pa.struct([("a", NS)])), {"a": "1970-01-01 00:00:00.000000001"}),
    ],
)
def test_times_finer_than_a_microsecond_ask_to_be_text(tmp_path, values, expected):
    from headwater.reading.typed.values import TooFine

    path = write(tmp_path / "a.orc", pa.table({"x": values}))

    with pytest.raises(TooFine):
        read(path)
    assert read(path, frozenset({"x"}))["x"].to_pylist() == [expected]


@pytest.mark.parametrize("compression", ["uncompressed", "zlib", "snappy", "zstd", "lz4"])
def test_every_compression_gives_the_same_rows(tmp_path, compression):
    table = pa.table({"n": range(30_000), "t": ["x"] * 30_000})
    path = write(tmp_path / "a.orc", table, compression=compression, stripe_size=1000)

    assert read(path).to_pylist() == table.to_pylist()
    assert reader.columns_of(path) == ("n", "t")


def test_a_map_with_one_key_twice_is_refused(tmp_path):
    twice = pa.array([[("a", 0)], [("k", 1), ("k", 2)]], pa.map_(pa.string(), pa.int64()))
    path = write(tmp_path / "a.orc", pa.table({"x": twice}))

    with pytest.raises(Unreadable, match=r"^map: .*'x'.* twice"):
        read(path)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_is_refused(tmp_path, share):
    path = write(tmp_path / "a.orc", pa.table({"n": range(5000)}))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(Unreadable, match=r"^orc: "):
        read(path)


def test_damage_is_told_with_how_many_rows_lie_in_the_stripes_before_it(tmp_path):
    table = pa.table({"n": [f"text {n * n * 1.7}" for n in range(60_000)]})
    path = write(tmp_path / "a.orc", table, compression="zlib", stripe_size=50_000, batch_size=1024)
    whole = orc.ORCFile(str(path))
    stripes = [whole.read_stripe(stripe).num_rows for stripe in range(whole.nstripes)]
    content = bytearray(path.read_bytes())
    middle = len(content) * 4 // 5
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=f"behind row {sum(stripes[:4]):,} "):
        read(path)
