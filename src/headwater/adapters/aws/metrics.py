"""Figures of runs as metrics of CloudWatch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from headwater.adapters.aws.door import door
from headwater.adapters.aws.settings import AwsSettings
from headwater.model.measure import Gauge, Measure

BATCH = 1_000
"""Figures that one request takes."""

_UNITS = {Gauge.BYTES: "Bytes", Gauge.SECONDS: "Seconds", Gauge.AGE: "Seconds", Gauge.COST: "None"}


class CloudWatchMetrics:
    """Metrics of one namespace, each with the feed as its dimension."""

    def __init__(self, namespace: str, settings: AwsSettings | None = None) -> None:
        """Take which namespace; it is there as soon as anything is in it."""
        self._namespace = namespace
        self._settings = settings or AwsSettings()

    def publish(self, measures: Sequence[Measure]) -> None:
        """Hand these on, a thousand a request; see the port."""
        for start in range(0, len(measures), BATCH):
            with door(f"cloudwatch://{self._namespace}"):
                self._client.put_metric_data(
                    Namespace=self._namespace,
                    MetricData=[_datum(each) for each in measures[start : start + BATCH]],
                )

    @cached_property
    def _client(self) -> Any:
        return self._settings.client("cloudwatch")


def _datum(measure: Measure) -> dict[str, Any]:
    return {
        "MetricName": measure.gauge.value,
        "Dimensions": [{"Name": "feed", "Value": measure.feed}],
        "Timestamp": measure.at,
        "Value": float(measure.value),
        "Unit": _UNITS.get(measure.gauge, "Count"),
    }
