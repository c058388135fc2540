"""MemoryStore keeps the store's contract."""

from __future__ import annotations

import pytest

from headwater.adapters.memory import MemoryStore
from tests.contracts.store import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()
