"""Figures in memory keep the contract, so that they may stand for others."""

from __future__ import annotations

import pytest

from headwater.adapters.metrics import MemoryMetrics
from tests.contracts.metrics import MetricsContract


class TestMemoryMetrics(MetricsContract):
    @pytest.fixture
    def metrics(self):
        return MemoryMetrics()

    @pytest.fixture
    def taken(self, metrics):
        def taken(gauge):
            return [(each.feed, each.value) for each in metrics.measures if each.gauge is gauge]

        return taken
