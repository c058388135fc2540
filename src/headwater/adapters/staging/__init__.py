"""Engines that read and write local files, for lakes whose objects lie elsewhere."""

from headwater.adapters.staging.asker import StagedAsker
from headwater.adapters.staging.engine import StagedEngine
from headwater.adapters.staging.places import Places
from headwater.adapters.staging.shelf import Shelf

__all__ = ["Places", "Shelf", "StagedAsker", "StagedEngine"]
