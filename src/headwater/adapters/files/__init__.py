"""Objects as files below a folder of the local file system."""

from headwater.adapters.files.store import FileStore

__all__ = ["FileStore"]
