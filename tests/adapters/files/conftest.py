"""What the tests of the file store share: a store in a folder of its own."""

from __future__ import annotations

import pytest

from headwater.adapters.files import FileStore


@pytest.fixture
def root(tmp_path):
    return tmp_path / "lake" / "raw"


@pytest.fixture
def store(root):
    return FileStore(root)
