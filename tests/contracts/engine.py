"""What an engine promises. Enrol with the fixture `engine`.

Expectations come from Python's csv and json modules, and from the files as they were made.
"""

from __future__ import annotations

import pytest

from tests.contracts.bench import Bench
from tests.contracts.engine_columns import (
    NameContract,
    NewColumnContract,
    RescuedValueContract,
    RescuePropertyContract,
)
from tests.contracts.engine_parts import PartContract
from tests.contracts.engine_schema import SchemaContract
from tests.contracts.engine_sources import DamageContract, FormatContract
from tests.contracts.engine_times import TimeContract
from tests.contracts.engine_values import ValueContract
from tests.contracts.engine_widening import WideningContract


class EngineContract(
    ValueContract,
    SchemaContract,
    NameContract,
    NewColumnContract,
    RescuedValueContract,
    RescuePropertyContract,
    WideningContract,
    DamageContract,
    FormatContract,
    PartContract,
    TimeContract,
):
    """Everything of the engine's port."""

    @pytest.fixture
    def bench(self, engine, tmp_path):
        return Bench(engine, tmp_path)
