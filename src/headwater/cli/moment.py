"""Times as people type them: how long, and at which version or time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

from headwater.config.quantity import parse_duration
from headwater.flow.travel import At

_AGO = re.compile(r"(.*?)\s*(?:ago)?\s*", re.IGNORECASE)


class Duration(click.ParamType[timedelta]):
    """60s, 12h, 7d."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it as headwater.yaml does."""
        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Moment(click.ParamType[At]):
    """A version, a time, or how long ago: 12, 2026-11-20T08:30Z, 2h ago."""

    name = "version or time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> At:
        """Digits alone are a version."""
        text = value.strip()
        if re.fullmatch(r"\d{1,18}", text, re.ASCII):
            return int(text)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
        try:
            ago = _AGO.fullmatch(text)
            return parse_duration(ago[1] if ago else text)
        except ValueError:
            right = "write 12, 2026-11-20, 2026-11-20T08:30Z or 2h"
            self.fail(f"{value!r} is no version and no time; {right}", param, ctx)
