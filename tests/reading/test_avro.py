"""Avro files are read block by block, and their values keep their types and all they say."""

import json
import zlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest

from headwater.reading.unreadable import Unreadable

fastavro = pytest.importorskip("fastavro", reason="the extra avro is not installed")
avro = pytest.importorskip("headwater.reading.typed.avro")


def write(path, records, *fields, codec="deflate", sync_interval=500):
    schema = {"type": "record", "name": "row", "fields": list(fields)}
    with path.open("wb") as file:
        fastavro.writer(file, schema, records, codec=codec, sync_interval=sync_interval)
    return path


def field(name, kind, /, **more):
    return {"name": name, "type": {"type": kind, **more} if more else kind}


def read(path):
    rows = avro.typed_rows(path, avro.columns_of(path))
    table = pa.Table.from_batches(rows.batches, rows.schema)
    assert table.num_rows == rows.count
    return table


NUMBER = field("n", "long")
TREE = {"type": "record", "name": "tree", "fields": [
    field("v", "int"), {"name": "more", "type": {"type": "array", "items": "tree"}},
]}  # fmt: skip
DAY = date(2024, 2, 29)
CLOCK = time(4, 5, 6, 7000)
STAMP = datetime(2024, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
LOCAL = datetime(2024, 1, 2, 3, 4, 5, 6)  # noqa: DTZ001 - a time without a zone


@pytest.mark.parametrize(
    ("kind", "value", "type_", "expected"),
    [
        (field("x", "int"), -(2**31), pa.int32(), -(2**31)),
        (field("x", "long"), 2**63 - 1, pa.int64(), 2**63 - 1),
        (field("x", "float"), 0.5, pa.float32(), 0.5),
        (field("x", "double"), 0.1, pa.float64(), 0.1),
        (field("x", "double"), float("inf"), pa.float64(), float("inf")),
        (field("x", "boolean"), True, pa.bool_(), True),
        (field("x", ["null", "string"]), None, pa.string(), None),
        (field("x", "string"), 'tab\t "é"\n', pa.string(), 'tab\t "é"\n'),
        (field("x", "bytes"), b"\x00\xff", pa.binary(), b"\x00\xff"),
        (field("x", "fixed", name="f", size=2), b"ab", pa.binary(), b"ab"),
        (field("x", "enum", name="e", symbols=["A", "B"]), "B", pa.string(), "B"),
        (field("x", "null"), None, pa.string(), None),
        (field("x", "bytes", logicalType="decimal", precision=30, scale=2),
         Decimal("-1234567890123456789012.30"), pa.decimal128(30, 2),
         Decimal("-1234567890123456789012.30")),
        (field("x", "fixed", name="f", size=9, logicalType="decimal", precision=20, scale=20),
         Decimal("0.00000000000000000001"), pa.decimal128(20, 20),
         Decimal("0.00000000000000000001")),
        (field("x", "bytes", logicalType="decimal", precision=50, scale=2),
         Decimal("123456789012345678901234567890123456789012.30"), pa.string(),
         "123456789012345678901234567890123456789012.30"),
        (field("x", "int", logicalType="date"), DAY, pa.date32(), DAY),
        (field("x", "int", logicalType="time-millis"), CLOCK, pa.time32("ms"), CLOCK),
        (field("x", "long", logicalType="time-micros"), CLOCK, pa.time64("us"), CLOCK),
        (field("x", "long", logicalType="timestamp-millis"), STAMP,
         pa.timestamp("ms", "UTC"), STAMP),
        (field("x", "long", logicalType="timestamp-micros"), STAMP,
         pa.timestamp("us", "UTC"), STAMP),
        (field("x", "long", logicalType="local-timestamp-micros"), LOCAL,
         pa.timestamp("us"), LOCAL),
        (field("x", "long", logicalType="timestamp-nanos"), 1_000, pa.timestamp("us", "UTC"),
         datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        (field("x", "string", logicalType="uuid"), str(UUID(int=5)), pa.string(),
         str(UUID(int=5))),
        (field("x", "fixed", name="u", size=16, logicalType="uuid"), UUID(int=5).bytes,
         pa.string(), str(UUID(int=5))),
        (field("x", "array", items="int"), [1, 2], pa.list_(pa.int32()), [1, 2]),
        (field("x", "map", values="int"), {"k": 1}, pa.map_(pa.string(), pa.int32()), [("k", 1)]),
        (field("x", "record", name="i", fields=[NUMBER]), {"n": 1},
         pa.struct([("n", pa.int64())]), {"n": 1}),
        (field("x", "record", name="i", fields=[]), {}, pa.string(), "{}"),
        (field("x", ["int", "long"]), 2**40, pa.int64(), 2**40),
        (field("x", ["null", "string", "long"]), 5, pa.string(), "5"),
        (field("x", ["null", "string", "long"]), "5", pa.string(), '"5"'),
        (field("x", ["null", "string", "long"]), None, pa.string(), None),
        (field("x", ["string", {"type": "int", "logicalType": "date"}]), DAY, pa.string(),
         '"2024-02-29"'),
        ({"name": "x", "type": TREE}, {"v": 1, "more": [{"v": 2, "more": []}]},
         pa.struct([("v", pa.int32()), ("more", pa.list_(pa.string()))]),
         {"v": 1, "more": ['{"v":2,"more":[]}']}),
    ],
)  # fmt: skip
def test_a_value_keeps_its_type_and_all_it_says(tmp_path, kind, value, type_, expected):
    path = write(tmp_path / "a.avro", [{"x": value}], kind)

    table = read(path)

    assert table.schema.field("x").type == type_
    assert table.to_pylist() == [{"x": expected}]


def test_a_named_type_may_be_used_again(tmp_path):
    amount = {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 1}
    inner = {"type": "record", "name": "i", "namespace": "a.b", "fields": [
        {"name": "d", "type": amount},
    ]}  # fmt: skip
    fields = [{"name": "x", "type": inner}, {"name": "y", "type": ["null", "a.b.i", "string"]}]
    path = write(tmp_path / "a.avro", [{"x": {"d": Decimal("1.5")}, "y": {"d": Decimal(2)}}],
                 *fields)  # fmt: skip

    assert read(path).to_pylist() == [{"x": {"d": Decimal("1.5")}, "y": '{"d":"2.0"}'}]


def test_times_finer_than_a_microsecond_ask_to_be_text(tmp_path):
    from headwater.reading.typed.values import TooFine

    path = write(tmp_path / "a.avro", [{"x": 1}], field("x", "long", logicalType="timestamp-nanos"))

    with pytest.raises(TooFine):
        read(path)
    rows = avro.typed_rows(path, ["x"], frozenset({"x"}))
    assert [b.to_pylist() for b in rows.batches] == [[{"x": "1970-01-01 00:00:00.000000001Z"}]]


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard", "bzip2", "xz", "lz4"])
def test_every_codec_gives_the_same_records(tmp_path, codec):
    records = [{"n": n, "t": "x" * (n % 50)} for n in range(5000)]
    path = write(tmp_path / "a.avro", records, NUMBER, field("t", "string"), codec=codec)

    assert read(path).to_pylist() == records
    assert avro.columns_of(path) == ("n", "t")


def test_a_large_block_is_read_a_part_at_a_time(tmp_path):
    records = [{"n": n, "t": "x" * 1000} for n in range(12_000)]
    path = write(tmp_path / "a.avro", records, NUMBER, field("t", "string"), sync_interval=1 << 30)

    rows = avro.typed_rows(path, ["n", "t"])
    batches = list(rows.batches)

    assert len(batches) > 2
    assert [n for batch in batches for n in batch["n"].to_pylist()] == list(range(12_000))


def test_a_decimal_of_more_digits_than_promised_is_never_rounded(tmp_path):
    kind = field("x", "bytes", logicalType="decimal", precision=4, scale=2)
    path = write(tmp_path / "a.avro", [{"x": b"\x01\xe2\x40"}], kind)  # 1234.56

    with pytest.raises(Unreadable, match="precision"):
        read(path)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_inside_a_block_is_refused(tmp_path, share):
    path = write(tmp_path / "a.avro", [{"n": n} for n in range(500)], NUMBER)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(Unreadable, match=r"^avro: "):
        read(path)


def test_damage_is_told_with_its_block_and_what_was_read_before(tmp_path):
    path = write(tmp_path / "a.avro", [{"n": n} for n in range(2000)], NUMBER)
    content = bytearray(path.read_bytes())
    content[-30] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=r"in block \d+, behind record 1,\d+"):
        read(path)


def test_an_unknown_codec_is_named(tmp_path):
    path = write(tmp_path / "a.avro", [{"n": 1}], NUMBER)
    path.write_bytes(path.read_bytes().replace(b"deflate", b"deflatx"))

    with pytest.raises(Unreadable, match=r"^(avro|compression): .*deflatx"):
        read(path)


def test_values_that_are_no_records_are_refused(tmp_path):
    path = tmp_path / "a.avro"
    with path.open("wb") as file:
        fastavro.writer(file, {"type": "long"}, [1, 2])

    with pytest.raises(Unreadable, match="no records"):
        read(path)


def container(fields, block, count):
    """A file of one deflated block, whatever is in it."""

    def long(number):
        rest, out = number << 1, bytearray()
        while rest > 0x7F:
            out.append(rest & 0x7F | 0x80)
            rest >>= 7
        return bytes([*out, rest])

    schema = json.dumps({"type": "record", "name": "row", "fields": fields}).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush()
    meta = b"".join(
        long(len(key)) + key + long(len(value)) + value
        for key, value in {b"avro.schema": schema, b"avro.codec": b"deflate"}.items()
    )
    head = b"Obj\x01" + long(2) + meta + b"\0" + b"s" * 16
    return head + long(count) + long(len(packed)) + packed + b"s" * 16


@pytest.mark.parametrize(
    ("kind", "block", "value"),
    [
        ({"type": ["null", "int"]}, b"\x02\x0a", 5),
        ({"type": {"type": "array", "items": {"type": "int"}}}, b"\x02\x0a\0", [5]),
        ({"type": "enum", "name": "e", "symbols": ["a-b", "c d"]}, b"\x02", "c d"),
    ],
)
def test_a_schema_may_be_spelled_as_few_do(tmp_path, kind, block, value):
    path = tmp_path / "a.avro"
    path.write_bytes(container([{"name": "x", "type": kind}], block, 1))

    assert read(path).to_pylist() == [{"x": value}]


@pytest.mark.parametrize(
    "kind",
    [
        "no such type",
        {"type": "array"},
        {"type": "fixed", "name": "f", "size": -1},
        {"type": "enum", "name": "e"},
        5,
        [],
        {"type": "record", "name": "r", "fields": [{"type": "int"}]},
    ],
)
def test_a_schema_that_is_none_is_refused(tmp_path, kind):
    path = tmp_path / "a.avro"
    path.write_bytes(container([{"name": "x", "type": kind}], b"\0", 1))

    with pytest.raises(Unreadable, match=r"^avro: .*(schema|damaged)"):
        read(path)


@pytest.mark.parametrize(
    ("fields", "block", "count", "code"),
    [
        ([NUMBER], bytes(100 << 20), 100 << 20, "too_big"),
        ([field("x", "null")], b"", 1 << 40, "ratio"),
        ([field("x", "array", items="null")], b"\xfe\xff\xff\xff\xff\xff\xff\x7f", 1, "avro"),
        ([field("x", "string")], b"\xfe\xff\xff\xff\xff\xff\xff\x7f", 1, "avro"),
        ([{"name": "x", "type": TREE}], b"\x02\x02" * 200_000, 1, "depth"),
    ],
)  # fmt: skip
def test_a_bomb_is_refused_before_it_goes_off(tmp_path, fields, block, count, code):
    path = tmp_path / "a.avro"
    path.write_bytes(container(fields, block, count))

    with pytest.raises(Unreadable, match=f"^{code}: "):
        read(path)
