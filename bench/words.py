"""How the words of the call are read: sizes, shares, lists of names."""

from __future__ import annotations

import re
from typing import Any

import click

UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


class Size(click.ParamType[int]):
    """A number of bytes, such as 500MB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]B)?", value.strip().upper())
        if not found:
            self.fail(f"{value!r} is not a size: write 20MB, 500MB or 2GB", param, ctx)
        return int(float(found[1]) * UNITS[found[2] or ""])


class Share(click.ParamType[float]):
    """A share, such as 0.1%."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read it."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", value.strip())
        share = float(found[1]) / (100 if found[2] else 1) if found else -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is not a share: write 0.1% or 0.001", param, ctx)
        return share


class Names(click.ParamType[tuple[str, ...]]):
    """Names from a list, joined by commas."""

    name = "names"

    def __init__(self, known: tuple[str, ...]) -> None:
        """Take the names there are."""
        self.known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read them."""
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        for name in names:
            if name not in self.known:
                self.fail(f"{name!r} is not one of {', '.join(self.known)}", param, ctx)
        return names
