from __future__ import annotations

import pytest

from tests.infra.stage import Stage, stage


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """For what changes nothing in it."""
    return stage(tmp_path_factory.mktemp("infra"))
