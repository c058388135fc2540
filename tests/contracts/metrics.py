"""What whoever takes figures promises. Enrol with these fixtures.

`metrics` takes them; `taken` answers those of a gauge, as (feed, value), in any order.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from headwater.model.measure import Gauge, Measure

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)


def measure(gauge=Gauge.ROWS, value=1.0, feed="sales", at=NOW):
    return Measure(gauge, value, feed, at)


class MetricsContract:
    """Everything of ports/metrics.py."""

    def test_what_is_published_is_taken(self, metrics, taken):
        metrics.publish([measure(value=3), measure(Gauge.AGE, 2.5), measure(feed="stock", value=4)])

        assert sorted(taken(Gauge.ROWS)) == [("sales", 3.0), ("stock", 4.0)]
        assert taken(Gauge.AGE) == [("sales", 2.5)]

    def test_nothing_is_nothing(self, metrics, taken):
        metrics.publish([])

        assert taken(Gauge.ROWS) == []

    def test_of_more_than_one_request_takes_none_is_lost(self, metrics, taken):
        metrics.publish([measure(value=each) for each in range(2_001)])

        assert sorted(value for _, value in taken(Gauge.ROWS)) == list(range(2_001))
