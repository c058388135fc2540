"""Avro and ORC files keep the types that they have, in tables and in what is refused."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc

from headwater.model.feed import OnBadValue
from headwater.model.progress import nobody
from headwater.ports.engine import Fate, Limits
from tests.contracts.bench import feed_of, schema_of, types_of

STAMP = datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
AMOUNT = {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}
INNER = {"type": "record", "name": "inner", "fields": [{"name": "d", "type": AMOUNT}]}


def avro_of(records, **fields):
    schema = {"type": "record", "name": "row", "fields": [
        {"name": name, "type": kind} for name, kind in fields.items()
    ]}  # fmt: skip
    held = io.BytesIO()
    fastavro.writer(held, schema, records)
    return held.getvalue()


def orc_of(**columns):
    held = io.BytesIO()
    orc.write_table(pa.table(columns), held, compression="zlib")
    return held.getvalue()


def test_an_avro_file_has_its_own_types(bench):
    row = {"n": 5, "t": STAMP, "d": date(2024, 2, 29), "x": float("inf"), "a": Decimal("1.50"),
           "l": ["p"], "m": {"k": 1}, "s": {"d": Decimal("2.25")}, "u": "text",
           "b": b"\xff"}  # fmt: skip

    made = bench.convert(
        avro_of(
            [row],
            n="int",
            t={"type": "long", "logicalType": "timestamp-micros"},
            d={"type": "int", "logicalType": "date"},
            x="double",
            a=AMOUNT,
            l={"type": "array", "items": "string"},
            m={"type": "map", "values": "long"},
            s=INNER,
            u=["null", "string", "long"],
            b="bytes",
        )
    )

    assert types_of(made) == {
        "n": "int", "t": "timestamp", "d": "date", "x": "double", "a": "decimal(12,2)",
        "l": "array<text>", "m": "map<text,bigint>", "s": "struct<d:decimal(12,2)>",
        "u": "text", "b": "binary",
    }  # fmt: skip
    assert bench.rows(made, "* EXCLUDE (_arrival, t)") == [
        (5, row["d"], float("inf"), row["a"], ["p"], {"k": 1}, row["s"], '"text"', b"\xff")
    ]
    assert bench.rows(made, "epoch_us(t)") == [(int(STAMP.timestamp()) * 1_000_000 + 6,)]


def test_an_orc_file_has_its_own_types(bench):
    made = bench.convert(
        orc_of(
            n=pa.array([2**63 - 1, None]),
            a=pa.array([Decimal("1.50"), None], pa.decimal128(30, 2)),
            d=pa.array([date(2024, 2, 29), None]),
            s=pa.array([{"x": [1]}, None]),
        )
    )

    assert types_of(made) == {
        "n": "bigint",
        "a": "decimal(30,2)",
        "d": "date",
        "s": "struct<x:array<bigint>>",
    }
    assert sorted(bench.rows(made), key=str) == [
        (2**63 - 1, Decimal("1.50"), date(2024, 2, 29), {"x": [1]}),
        (None, None, None, None),
    ]


def test_times_finer_than_a_microsecond_are_kept_as_text(bench):
    made = bench.convert(orc_of(x=pa.array([1], pa.timestamp("ns")), n=pa.array([7])))

    assert bench.rows(made) == [("1970-01-01 00:00:00.000000001", 7)]


def test_a_value_that_a_declared_type_has_not_is_refused_alone(bench):
    feed = feed_of(schema=schema_of(n="smallint"), on_bad_value=OnBadValue.QUARANTINE)

    made = bench.convert(avro_of([{"n": 1}, {"n": 70_000}, {"n": 3}], n="long"), feed=feed)

    assert sorted(bench.rows(made)) == [(1,), (3,)]
    assert [(row[1], row[2], row[4]) for row in bench.refused(made)] == [(2, "n", "type")]


def test_typed_files_and_texts_become_one_table(bench):
    made = bench.convert(
        avro_of([{"id": 1, "note": "a"}], id="long", note="string"),
        "id,note\n2,b\n",
        orc_of(id=pa.array([3]), note=pa.array(["c"])),
    )

    assert sorted(bench.rows(made)) == [(1, "a"), (2, "b"), (3, "c")]
    assert [result.books.counted for result in made.results] == [1, 1, 1]


@pytest.mark.parametrize("form", ["avro", "orc"])
def test_a_damaged_file_is_refused_with_the_place_and_its_neighbour_read(bench, form):
    damaged = {
        "avro": avro_of([{"n": n} for n in range(5_000)], n="long")[:5_000],
        "orc": orc_of(n=pa.array(["text"]))[:-30] + bytes(26) + b"ORC\x10",
    }[form]

    made = bench.convert(damaged, "n\n7\n")

    assert [result.fate for result in made.results] == [Fate.REFUSED, Fate.READ]
    assert made.results[0].cause.code == form
    assert "damaged or cut" in made.results[0].cause.message
    assert bench.rows(made) == [(7,)]


def test_where_a_head_is_enough_the_rest_is_not_read(bench):
    job = bench.job(orc_of(n=pa.array(range(300_000))))

    made = bench.engine.convert(replace(job, limits=Limits(head_bytes=1_000)), nobody)

    assert made.results[0].head_bytes == 1_000
    assert 0 < made.results[0].books.counted < 300_000


def test_names_that_a_table_cannot_have_are_changed_and_told(bench):
    made = bench.convert(orc_of(**{"a b": pa.array([1]), "c": pa.array([2])}))

    assert bench.rows(made) == [(1, 2)]
    assert made.results[0].fate is Fate.READ
