"""Tables on Delta Lake, in folders of this machine or in a store."""

from headwater.adapters.delta.stored import StoredTables
from headwater.adapters.delta.tables import DeltaTables

__all__ = ["DeltaTables", "StoredTables"]
