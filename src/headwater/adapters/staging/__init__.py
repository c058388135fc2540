"""Engines that read and write local files, for lakes whose objects lie elsewhere."""

from headwater.adapters.staging.ahead import Ahead
from headwater.adapters.staging.asker import StagedAsker
from headwater.adapters.staging.engine import StagedEngine
from headwater.adapters.staging.leaving import Leaving
from headwater.adapters.staging.places import Places
from headwater.adapters.staging.shelf import Shelf

__all__ = ["Ahead", "Leaving", "Places", "Shelf", "StagedAsker", "StagedEngine"]
