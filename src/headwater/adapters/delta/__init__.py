"""Tables on Delta Lake, in folders of this machine."""

from headwater.adapters.delta.tables import DeltaTables

__all__ = ["DeltaTables"]
