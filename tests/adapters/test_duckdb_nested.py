"""What is nested can be taken apart as deep as it goes, whatever its column is called meanwhile."""

from __future__ import annotations

import pytest

from headwater.config.steps import read_step
from headwater.errors import EngineRefused
from tests.contracts.bench import feed_of, schema_of

DEVICE = "struct<id:text,pos:struct<lat:double,lon:double>>"
READINGS = "array<struct<at:text,value:bigint>>"
SENT = (
    '{"device":{"id":"g1","pos":{"lat":1.5,"lon":2.5}},'
    '"readings":[{"at":"08:00","value":1},{"at":"08:10","value":null}]}\n'
    '{"device":null,"readings":[{"at":"09:00","value":3}]}\n'
)


def nested(*steps, **settings):
    schema = schema_of(device=DEVICE, readings=READINGS)
    return feed_of(schema=schema, steps=tuple(map(read_step, steps)), **settings)


def rows(bench, columns, *steps):
    done = bench.convert(SENT, feed=nested(*steps))
    return sorted(bench.rows(done, columns), key=str)


def test_a_struct_within_a_struct_is_flattened_by_the_next_step(bench):
    got = rows(
        bench,
        "device_id, device_pos_lat, device_pos_lon",
        {"flatten": "device"},
        {"flatten": "device_pos"},
    )

    assert got == [("g1", 1.5, 2.5), (None, None, None)]


def test_the_structs_of_a_list_are_flattened_once_each_is_a_row(bench):
    got = rows(
        bench,
        "r_at, r_value",
        {"explode": {"column": "readings", "into": "r"}},
        {"flatten": "r"},
    )

    assert got == [("08:00", 1), ("08:10", None), ("09:00", 3)]


def test_a_struct_that_was_renamed_keeps_its_fields(bench):
    got = rows(
        bench,
        "gateway_id",
        {"rename": {"device": "gateway"}},
        {"drop": "readings"},
        {"flatten": "gateway"},
    )

    assert got == [("g1",), (None,)]


def test_a_text_that_was_cast_has_the_fields_of_its_type(bench):
    steps = ({"cast": {"device": "struct<id:text>"}}, {"flatten": "device"})
    feed = feed_of(steps=tuple(map(read_step, steps)))

    done = bench.convert('{"device":{"id":"g1"}}\n{"device":{"id":"g2"}}\n', feed=feed)

    assert sorted(bench.rows(done, "device_id")) == [("g1",), ("g2",)]


@pytest.mark.parametrize(
    ("steps", "what", "hint"),
    [
        (
            [{"derive": {"device": "device.id"}}, {"flatten": "device"}],
            r"step 2 \(flatten\): device has no fields",
            "declare it in schema",
        ),
        (
            [{"flatten": "readings"}],
            r"step 1 \(flatten\): readings is array, and has no fields",
            "explode",
        ),
    ],
)
def test_what_has_no_fields_is_told_with_what_would_give_it_some(bench, steps, what, hint):
    with pytest.raises(EngineRefused, match=what) as refused:
        bench.convert(SENT, feed=nested(*steps))

    assert hint in refused.value.hint


@pytest.mark.parametrize("name", ["r", "t", "e", "f", "k", "h"])
def test_a_field_is_meant_where_a_column_of_its_name_stands_beside_the_struct(bench, name):
    steps = ({"derive": {"made": f"{name}.id"}}, {"filter": f"{name}.id = 'in'"})
    feed = feed_of(
        schema=schema_of(**{name: "struct<id:text>"}), steps=tuple(map(read_step, steps))
    )

    done = bench.convert(f'{{"{name}":{{"id":"in"}},"id":"beside"}}\n', feed=feed)

    assert bench.rows(done, "made, id") == [("in", "beside")]
