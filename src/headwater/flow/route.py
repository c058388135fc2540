"""Which feed a raw object belongs to, and which key it is a version of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from headwater.model.feed import Feed
from headwater.model.ids import Digest, Key, RawName

# The first version under a key lies under the key itself. Later ones carry their
# generation and the head of their digest, so that no version overwrites another:
#     sales/orders.csv
#     sales/orders.csv~0002-9f2c41d07ab3
_VERSION = re.compile(r"~(\d{4,})-([0-9a-f]{12})$")


def route(feeds: Iterable[Feed], key: Key) -> Feed | None:
    """The feed whose longest matching glob is the longest of all, or None: unrouted."""
    best: tuple[int, Feed] | None = None
    for feed in feeds:
        for glob in feed.match:
            if _compiled(glob).fullmatch(key) and (best is None or len(glob) > best[0]):
                best = (len(glob), feed)
    return best[1] if best else None


def matches(glob: str, key: Key) -> bool:
    """Whether a key is one that a pattern means."""
    return _compiled(glob).fullmatch(key) is not None


def key_of(raw: RawName) -> Key:
    """The key that a raw object is a version of."""
    return Key(_VERSION.sub("", raw))


def generation_of(raw: RawName) -> int:
    """The generation a raw object was landed as; 1 where its name carries none."""
    found = _VERSION.search(raw)
    return int(found[1]) if found else 1


def version_name(key: Key, generation: int, version: Digest) -> RawName:
    """The raw name of a later version under a key."""
    return RawName(f"{key}~{generation:04d}-{version[:12]}")


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(spelled.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)
