"""Files and rows become a lake: landed untouched, every row accounted for, exactly once.

import headwater

lake = headwater.open("my-lake")
lake.ingest("sales", "sales.csv")
lake.query("select count(*) from sales").rows()
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from headwater import errors

if TYPE_CHECKING:
    from headwater.lake import Lake

__version__ = "0.1.0"
__all__ = ["Lake", "__version__", "errors", "open"]


def open(path: str | PathLike[str] = ".") -> Lake:  # noqa: A001 - headwater.open reads as it should
    """Open the lake of a headwater.yaml, or of the folder that holds one."""
    from headwater.wiring import open_lake  # noqa: PLC0415 - the child engine needs none of it

    return open_lake(path)


def __getattr__(name: str) -> Any:
    """Lake, for annotations, without the time that importing it takes where nobody asks."""
    if name == "Lake":
        from headwater.lake import Lake  # noqa: PLC0415 - the child engine needs none of it

        return Lake
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
