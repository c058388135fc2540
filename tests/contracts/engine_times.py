"""What an engine promises of times: read by the clocks of the feed's zone, and said if in doubt."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.model.types import TIMESTAMP
from tests.contracts.bench import column_of, feed_of, schema_of

BERLIN = feed_of(timezone="Europe/Berlin")
AUTUMN = datetime(2024, 10, 27, 2, 30)  # noqa: DTZ001 - what clocks show
SPRING = datetime(2024, 3, 31, 2, 30)  # noqa: DTZ001 - what clocks show
SUMMER = datetime(2024, 7, 1, 12)  # noqa: DTZ001 - what clocks show
EARLIER = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
NOON = datetime(2024, 7, 1, 10, tzinfo=UTC)


def parquet_of(values, kind=None):
    held = io.BytesIO()
    table = pa.table({"id": range(len(values)), "v": pa.array(values, kind or pa.timestamp("us"))})
    pq.write_table(table, held)
    return held.getvalue()


class TimeContract:
    """Times without a zone, where its clocks are put forward and back."""

    @pytest.mark.parametrize(
        ("zone", "text", "hours"),
        [
            ("Europe/Berlin", "2024-10-27 02:30:00", 0.5),
            ("America/New_York", "2024-10-27 01:30:00", 5.5),
            ("America/New_York", "2024-11-03 01:30:00", 5.5),
            ("Australia/Lord_Howe", "2024-04-07 01:45:00", 14.75 - 24),
            ("America/Havana", "2024-11-03 00:59:59.5", 4 + 3599.5 / 3600),
            ("America/Santiago", "2024-04-06 23:30:00", 26.5),
        ],
    )
    def test_a_time_that_the_clocks_show_twice_is_the_earlier(self, bench, zone, text, hours):
        conversion = bench.convert(column_of(text), feed=feed_of(timezone=zone))

        day = datetime.fromisoformat(f"{text[:10]}T00:00:00+00:00")
        assert bench.rows(conversion) == [(day + timedelta(hours=hours),)]

    def test_only_the_doubled_hour_is_another(self, bench):
        texts = [f"2024-10-27 0{hour}:{minute}:00" for hour in (1, 2, 3) for minute in ("00", "59")]

        conversion = bench.convert(column_of(*texts), feed=BERLIN)

        hours = [each.hour for (each,) in sorted(bench.rows(conversion))]
        assert hours == [23, 23, 0, 0, 2, 2]

    def test_a_time_with_its_offset_is_that_instant_in_a_doubled_hour_too(self, bench):
        texts = ["2024-10-27T02:30:00+01:00", "2024-10-27T02:30:00+02:00"]

        conversion = bench.convert(column_of(*texts), feed=BERLIN)

        assert sorted(bench.rows(conversion)) == [(EARLIER,), (EARLIER + timedelta(hours=1),)]

    def test_the_file_says_how_many_times_were_shown_twice(self, bench):
        feed = feed_of(timezone="Europe/Berlin", schema=schema_of(v="timestamp"))

        conversion = bench.convert(
            column_of("2024-10-27 02:30:00", "2024-10-27 02:59:59", "2024-10-27 03:00:00"),
            column_of("2024-07-01 12:00:00"),
            feed=feed,
        )

        doubled, other = conversion.results
        assert other.notes == ()
        (note,) = doubled.notes
        assert note.startswith(
            "2 times are in an hour that the clocks of Europe/Berlin showed twice"
        )

    def test_parquet_is_read_by_the_same_clocks(self, bench):
        conversion = bench.convert(parquet_of([AUTUMN, SPRING, SUMMER, None]), feed=BERLIN)

        assert sorted(bench.rows(conversion)) == [(0, EARLIER), (2, NOON), (3, None)]
        assert [row[1] for row in bench.refused(conversion)] == [2]
        assert "1 time is in an hour" in " ".join(conversion.results[0].notes)

    @pytest.mark.parametrize(
        ("kind", "wrap"),
        [
            (pa.struct({"a": pa.timestamp("us"), "b": pa.int64()}), lambda t: {"a": t, "b": 1}),
            (pa.list_(pa.timestamp("ms")), lambda t: [t, None]),
            (pa.map_(pa.string(), pa.timestamp("us")), lambda t: {"k": t}),
            (pa.list_(pa.struct({"x y": pa.list_(pa.timestamp("us"))})), lambda t: [{"x y": [t]}]),
        ],
    )
    def test_nested_times_are_read_by_the_same_clocks(self, bench, kind, wrap):
        entries = kind.id == pa.map_(pa.string(), pa.string()).id
        values = [wrap(AUTUMN), wrap(SPRING), wrap(SUMMER), None]
        given = [list(v.items()) if entries and v else v for v in values]

        conversion = bench.convert(parquet_of(given, kind), feed=BERLIN)

        assert sorted(bench.rows(conversion), key=str) == [
            (0, wrap(EARLIER)),
            (2, wrap(NOON)),
            (3, None),
        ]
        assert [row[1] for row in bench.refused(conversion)] == [2]

    def test_nested_times_of_a_table_with_more_fields_are_read_by_the_same_clocks(self, bench):
        kind = pa.struct({"a": pa.timestamp("us")})
        first = bench.convert(
            parquet_of(
                [{"a": SUMMER, "b": 1}], pa.struct({"a": pa.timestamp("us"), "b": pa.int64()})
            ),
            feed=BERLIN,
        )

        conversion = bench.convert(
            parquet_of([{"a": AUTUMN}], kind), feed=BERLIN, table=first.schema
        )

        assert bench.rows(conversion, "v.a") == [(EARLIER,)]

    def test_times_as_int96_are_read_to_the_microsecond_and_the_file_says_so(self, bench):
        held = io.BytesIO()
        table = pa.table({"v": pa.array([1_700_000_000_000_000_001], pa.timestamp("ns"))})
        pq.write_table(table, held, use_deprecated_int96_timestamps=True)

        conversion = bench.convert(held.getvalue())

        assert conversion.schema.find("v").type == TIMESTAMP
        assert "INT96" in " ".join(conversion.results[0].notes)
