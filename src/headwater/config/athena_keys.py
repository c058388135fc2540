"""Every key below `athena`: its kind, default, meaning and an example."""

from __future__ import annotations

from typing import Annotated

from headwater.config import kinds
from headwater.config.keyed import Keys, key

_LEAST_BYTES = 10_000_000


class AthenaKeys(Keys):
    """How `headwater query --on athena` asks; the tables are those of `catalog`."""

    workgroup: kinds.TextIfAny = key(
        None, "The workgroup that queries run in.", "headwater-analytics"
    )
    limit: Annotated[int | None, kinds.size(_LEAST_BYTES)] = key(
        None,
        "A query is stopped once it is seen to have scanned more. The workgroup's own limit is "
        "the one that nothing passes.",
        "10GB",
    )
