"""Files and rows become a lake: landed untouched, every row accounted for, exactly once.

import headwater

headwater.read("sales.csv").columns

lake = headwater.open("my-lake")
lake.ingest("sales", "sales.csv")
lake.query("select count(*) from sales").rows()
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, BinaryIO

from headwater import errors

if TYPE_CHECKING:
    from headwater.lake import Lake
    from headwater.model.progress import Watch
    from headwater.wiring import Content

__version__ = "0.1.0"
__all__ = ["Content", "Lake", "__version__", "errors", "open", "read"]


def open(path: str | PathLike[str] = ".") -> Lake:  # noqa: A001 - headwater.open reads as it should
    """Open the lake of a headwater.yaml, or of the folder that holds one."""
    from headwater.wiring import open_lake  # noqa: PLC0415 - the child engine needs none of it

    return open_lake(path)


def read(
    path: str | PathLike[str] | BinaryIO, *, watch: Watch | None = None, **options: Any
) -> Content:
    """Read one file, or a stream of bytes, without a lake: columns, rows, what was refused.

    Options are the keys of a feed that say how a file is read: format, types, schema and so on.
    """
    from headwater.wiring import read_file  # noqa: PLC0415 - the child engine needs none of it

    return read_file(path, options, watch=watch or (lambda _: None))


def __getattr__(name: str) -> Any:
    """Types for annotations, without the time that importing them takes where nobody asks."""
    if name == "Lake":
        from headwater.lake import Lake  # noqa: PLC0415 - the child engine needs none of it

        return Lake
    if name == "Content":
        from headwater.wiring import Content  # noqa: PLC0415 - same

        return Content
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
