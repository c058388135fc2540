"""Named SQL: what stands between one `-- name:` and the next in a .sql file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def queries(room: str) -> Mapping[str, str]:
    """The queries of a .sql file in this folder, by name."""
    _, *pairs = _NAME.split(read(room))
    return dict(zip(pairs[::2], map(str.strip, pairs[1::2]), strict=True))


def read(room: str) -> str:
    """The text of a .sql file in this folder."""
    return files(__package__).joinpath(f"{room}.sql").read_text(encoding="utf-8")
