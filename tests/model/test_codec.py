"""The JSON form of model values loses nothing and accepts nothing else."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.model.arrival import Arrival, ArrivalState, Cause
from headwater.model.codec import Misshapen, from_plain, to_plain
from headwater.model.feed import BatchLimits, Feed, Retries, Tolerance
from headwater.model.ids import FeedName, ManifestId, TableName
from headwater.model.part import Part, Snapshot
from headwater.model.receipt import Books, FileBooks, Receipt
from headwater.model.steps import Filter, Rename, Step
from headwater.ports.engine import Conversion, Input, Job
from headwater.ports.store import Taking

TIMES = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bound is naive by contract
SPANS = st.timedeltas(timedelta(0), timedelta(days=36_500))
SHARES = st.floats(0, 1)
FEEDS = st.builds(
    Feed,
    max_bad=st.builds(Tolerance, share=st.none() | SHARES),
    batch=st.builds(BatchLimits, age=SPANS),
    retries=st.builds(Retries, first_delay=SPANS, longest_delay=SPANS),
)
INPUTS = st.builds(Input, landed_at=TIMES)
BOOKS = st.lists(st.builds(FileBooks, landed_at=st.none() | TIMES), max_size=3).map(tuple)
VALUES = st.one_of(
    st.builds(Receipt, files=BOOKS, started_at=TIMES, finished_at=TIMES),
    st.builds(Arrival, landed_at=TIMES),
    st.builds(Job, feed=FEEDS, inputs=st.lists(INPUTS, max_size=3).map(tuple)),
    FEEDS,
    st.from_type(Conversion),
    st.from_type(Part),
    st.from_type(Snapshot),
    *map(st.from_type, get_args(Step)),
)


RECEIPT = Receipt(
    manifest=ManifestId("m1"),
    feed=FeedName("sales"),
    table=TableName("sales"),
    attempt=1,
    files=(),
    parts=0,
    size_bytes_out=0,
    engine="duckdb",
    started_at=datetime(2025, 4, 2, tzinfo=UTC),
    finished_at=datetime(2025, 4, 2, tzinfo=UTC),
)


@given(VALUES)
def test_every_value_comes_back_from_its_json_text(value):
    text = json.dumps(to_plain(value))

    assert from_plain(type(value), json.loads(text)) == value


def test_times_are_spelled_in_utc_with_a_z():
    noon_in_delhi = datetime(2025, 4, 2, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))

    assert to_plain(noon_in_delhi) == "2025-04-02T06:30:00Z"


def test_durations_are_seconds_and_whole_ones_are_whole_numbers():
    plain = to_plain(Retries(first_delay=timedelta(milliseconds=250)))

    assert plain["first_delay"] == 0.25
    assert json.dumps(plain["longest_delay"]) == "300"


def test_a_path_is_spelled_as_text_and_comes_back_as_a_path():
    plain = {"source": "a/b.csv", "name": "b.csv", "how": "copy", "stamp": "1"}

    taking = from_plain(Taking, plain)

    assert taking.source == Path("a/b.csv")
    assert to_plain(taking) == plain


def test_a_field_that_was_not_written_takes_its_default():
    assert from_plain(Books, {"counted": 3}) == Books(counted=3)


def test_a_field_that_an_earlier_version_wrote_is_passed_over():
    plain = to_plain(RECEIPT)

    assert from_plain(Receipt, {**plain, "new_columns": ["a"]}) == RECEIPT


def test_one_of_several_kinds_is_written_below_its_name_and_comes_back():
    steps = (Rename((("cust", "customer_id"),)), Filter("amount > 0"))

    plain = to_plain(steps)

    assert plain == [
        {"rename": {"columns": [["cust", "customer_id"]]}},
        {"filter": {"keep": "amount > 0"}},
    ]
    assert from_plain(tuple[Step, ...], plain) == steps


def test_what_is_none_of_several_kinds_is_refused_with_its_place():
    with pytest.raises(Misshapen, match=r"\[0\]: sieve is not one of rename, select"):
        from_plain(tuple[Step, ...], [{"sieve": {}}])


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Misshapen, match="no time zone"):
        to_plain(datetime(2025, 4, 2))  # noqa: DTZ001 - the mistake under test


def test_a_number_that_json_cannot_say_is_refused():
    with pytest.raises(Misshapen, match="no JSON form"):
        to_plain(Tolerance(share=float("nan")))


def test_a_value_without_a_json_form_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="a object has no JSON form"):
        to_plain(object())


@pytest.mark.parametrize(
    ("kind", "plain", "message"),
    [
        (Cause, {"code": "a", "message": "b", "hint": "c"}, "the value: Cause has no 'hint'"),
        (Cause, {"code": "a"}, "the value: Cause lacks 'message'"),
        (Cause, ["a", "b"], "the value: ['a', 'b'] is not an object"),
        (Cause, {"code": 1, "message": "b"}, "code: 1 is not text"),
        (Books, {"counted": True}, "counted: True is not a whole number"),
        (Books, {"counted": 1.0}, "counted: 1.0 is not a whole number"),
        (Tolerance, {"share": "1%"}, "share: '1%' is not a number"),
        (Retries, {"first_delay": "1s"}, "first_delay: '1s' is not a number"),
        (ArrivalState, "done", "the value: 'done' is not one of 'pending'"),
        (Snapshot, {"table": "t", "version": 1, "schema": {"columns": [{"name": "a"}]},
                    "partition_by": [], "parts": []}, "schema.columns[0]: Column lacks 'type'"),
        (Part, {"path": "p", "rows": 1, "size_bytes": 1, "partition": [["year"]]},
         "partition[0]: 2 items are expected, not 1"),
        (Part, {"path": "p", "rows": 1, "size_bytes": 1, "partition": "year"},
         "partition: 'year' is not a list"),
    ],
)  # fmt: skip
def test_what_is_not_the_value_is_refused_with_its_place(kind, plain, message):
    with pytest.raises(Misshapen) as caught:
        from_plain(kind, plain)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("text", ["2025-04-02T06:00:00", "2025-04-02T06:00:00+02:00", "noonZ", 5])
def test_what_is_not_a_time_in_utc_is_refused(text):
    arrival = to_plain(_arrival()) | {"landed_at": text}

    with pytest.raises(Misshapen, match="is not a time in UTC"):
        from_plain(Arrival, arrival)


def _arrival():
    landed_at = datetime(2025, 4, 2, tzinfo=UTC)
    return Arrival("a", "sales", "k", "raw/k", "v", 1, 10, "s", None, landed_at)
