"""Objects in a bucket of a service that many machines share."""

from headwater.adapters.objects.store import ObjectStore

__all__ = ["ObjectStore"]
