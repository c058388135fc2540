"""A text that a step makes a time of is read as the reader would: by the clocks of the feed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headwater.config.steps import read_step
from headwater.model.receipt import Books
from tests.contracts.bench import feed_of, schema_of

BERLIN = "Europe/Berlin"


def feed(*steps, zone=BERLIN, **columns):
    return feed_of(
        steps=tuple(map(read_step, steps)), timezone=zone, schema=schema_of(v="text", **columns)
    )


PARSED = {"parse": {"column": "v", "formats": ["%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S"]}}
CAST = {"cast": {"v": "timestamp"}}
DERIVED = {"derive": {"v": "cast(v as timestamp)"}}


@pytest.mark.parametrize(
    ("text", "step", "zone", "hour"),
    [
        ("01.07.2026 10:00", PARSED, BERLIN, 8),
        ("01.07.2026 10:00", PARSED, "UTC", 10),
        ("2026-07-01 10:00:00", CAST, BERLIN, 8),
        ("2026-07-01 10:00:00", CAST, "UTC", 10),
        ("2026-07-01T10:00:00+05:00", CAST, BERLIN, 5),
        ("2026-07-01T10:00:00+05:00", CAST, "UTC", 5),
        ("2026-07-01 10:00:00", DERIVED, BERLIN, 8),
        ("2026-07-01T10:00:00+05:00", DERIVED, BERLIN, 5),
        ("2026-07-01T10:00:00+05:00", DERIVED, "UTC", 5),
    ],
)
def test_a_time_without_a_zone_is_of_the_feeds_and_one_with_a_zone_keeps_its_own(
    bench, text, step, zone, hour
):
    done = bench.convert(f"v,n\n{text},1\n", feed=feed(step, zone=zone))

    assert bench.rows(done, "v") == [(datetime(2026, 7, 1, hour, tzinfo=UTC),)]


@pytest.mark.parametrize("step", [PARSED, CAST, DERIVED])
def test_of_a_time_that_clocks_show_twice_the_earlier_is_meant(bench, step):
    done = bench.convert("v,n\n2026-10-25 02:30:00,1\n", feed=feed(step))

    assert bench.rows(done, "v") == [(datetime(2026, 10, 25, 0, 30, tzinfo=UTC),)]


@pytest.mark.parametrize("step", [PARSED, CAST, DERIVED])
def test_a_time_that_clocks_skip_is_refused_with_its_row(bench, step):
    done = bench.convert("v,n\n2026-03-29 02:30:00,1\n2026-03-29 03:30:00,2\n", feed=feed(step))

    assert [each.books for each in done.results] == [Books(counted=2, written=1, quarantined=1)]
    assert bench.rows(done, "n") == [(2,)]


@pytest.mark.parametrize("step", [{"filter": "n > 0"}, {"cast": {"v": "timestamp_ntz"}}])
def test_a_time_that_is_declared_to_have_no_zone_has_none_behind_steps(bench, step):
    schema = schema_of(v="timestamp_ntz")
    told = feed_of(steps=(read_step(step),), schema=schema, timezone=BERLIN)

    done = bench.convert("v,n\n2026-07-01 10:00:00,1\n", feed=told)

    assert str(done.schema.find("v").type) == "timestamp_ntz"
    assert bench.rows(done, "v") == [(datetime(2026, 7, 1, 10),)]  # noqa: DTZ001 - as declared


CLOCK = "strptime(v, '%Y-%m-%d %H:%M:%S')"


@pytest.mark.parametrize("zone", ["UTC", BERLIN])
@pytest.mark.parametrize(
    "step",
    [
        {"parse": {"column": "v", "formats": ["%Y-%m-%d %H:%M:%S"]}},
        PARSED,
        CAST,
        DERIVED,
        {"derive": {"w": f"cast({CLOCK} as timestamp)"}},
        {"derive": {"w": f"cast(cast({CLOCK} as date) as timestamp)"}},
        {"derive": {"w": "year(cast(v as timestamp))"}},
        {"derive": {"w": "date_trunc('month', cast(v as timestamp))"}},
        {"derive": {"w": f"date_trunc('month', cast({CLOCK} as timestamp))"}},
        {"filter": "year(cast(v as timestamp)) = 2026"},
        {"derive": {"w": f"concat({CLOCK}, {CLOCK})"}},
    ],
    ids=str,
)
def test_a_text_that_is_no_time_is_refused_alone(bench, step, zone):
    text = "v,n\n2026-07-01 10:00:00,1\n2026-07-01 25:00:00,2\n2026-07-02 10:00:00,3\n"

    done = bench.convert(text, feed=feed(step, zone=zone))

    assert [each.books for each in done.results] == [Books(counted=3, written=2, quarantined=1)]
    assert sorted(bench.rows(done, "n")) == [(1,), (3,)]
