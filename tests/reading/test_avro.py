"""Avro files are read record by record, and their values keep all they say."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from headwater.reading.typed.avro import careful_avro, columns_of
from headwater.reading.unreadable import Unreadable

fastavro = pytest.importorskip("fastavro", reason="the extra avro is not installed")


def write(path, records, *fields, codec="deflate"):
    schema = {"type": "record", "name": "row", "fields": list(fields)}
    with path.open("wb") as file:
        fastavro.writer(file, schema, records, codec=codec, sync_interval=500)
    return path


def field(name, kind, /, **more):
    return {"name": name, "type": {"type": kind, **more} if more else kind}


def objects(pieces):
    return [
        json.loads(line.partition("\t")[2])
        for piece in pieces
        for line in piece.text.decode().split("\n")[:-1]
    ]


NUMBER = field("n", "long")


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (field("x", "long"), 2**63 - 1, 2**63 - 1),
        (field("x", "double"), 0.1, 0.1),
        (field("x", ["null", "string"]), None, None),
        (field("x", "string"), 'tab\t "é"\n', 'tab\t "é"\n'),
        (field("x", "bytes"), b"\x00\xff", "00ff"),
        (field("x", "bytes", logicalType="decimal", precision=30, scale=2),
         Decimal("1234567890123456789012.30"), "1234567890123456789012.30"),
        (field("x", "int", logicalType="date"), date(2024, 2, 29), "2024-02-29"),
        (field("x", "long", logicalType="timestamp-micros"),
         datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2024-01-02T03:04:05.000006+00:00"),
        (field("x", "array", items="int"), [1, 2], [1, 2]),
        (field("x", "map", values="int"), {"k": 1}, {"k": 1}),
        (field("x", "enum", name="e", symbols=["A", "B"]), "B", "B"),
        (field("x", "record", name="i", fields=[NUMBER]), {"n": 1}, {"n": 1}),
    ],
)  # fmt: skip
def test_a_value_keeps_all_it_says(tmp_path, kind, value, read):
    path = write(tmp_path / "a.avro", [{"x": value}], kind)

    assert objects(careful_avro(path)) == [{"x": read}]


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"])
def test_every_codec_gives_the_same_records(tmp_path, codec):
    records = [{"n": n} for n in range(500)]
    path = write(tmp_path / "a.avro", records, NUMBER, codec=codec)

    pieces = list(careful_avro(path, piece_bytes=1000))

    assert objects(pieces) == records
    assert len(pieces) > 1
    assert pieces[1].line_of(0) == pieces[0].count + 1
    assert columns_of(path) == ("n",)


def test_a_number_that_is_none_is_refused_alone(tmp_path):
    path = write(tmp_path / "a.avro", [{"x": 1.5}, {"x": float("nan")}], field("x", "double"))

    (piece,) = careful_avro(path)

    assert [(each.line, each.code) for each in piece.refused] == [(2, "number")]
    assert piece.count == 1


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_inside_a_block_is_refused(tmp_path, share):
    path = write(tmp_path / "a.avro", [{"n": n} for n in range(500)], NUMBER)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(Unreadable, match=r"^avro: "):
        list(careful_avro(path))


def test_an_unknown_codec_is_named(tmp_path):
    path = write(tmp_path / "a.avro", [{"n": 1}], NUMBER)
    path.write_bytes(path.read_bytes().replace(b"deflate", b"deflatx"))

    with pytest.raises(Unreadable, match=r"^(avro|compression): .*deflatx"):
        list(careful_avro(path))


def test_values_that_are_no_records_are_refused(tmp_path):
    path = tmp_path / "a.avro"
    with path.open("wb") as file:
        fastavro.writer(file, {"type": "long"}, [1, 2])

    with pytest.raises(Unreadable, match="no records"):
        list(careful_avro(path))
