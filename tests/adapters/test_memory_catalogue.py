"""The catalogue in memory keeps the contract, so that it may stand for another."""

from __future__ import annotations

import pytest

from headwater.adapters.catalogue import MemoryCatalogue
from tests.contracts.catalogue import CatalogueContract


class TestMemoryCatalogue(CatalogueContract):
    @pytest.fixture
    def catalogue(self):
        return MemoryCatalogue()

    @pytest.fixture
    def foreign(self, catalogue):
        return lambda name: catalogue.entries.update({name: None})
