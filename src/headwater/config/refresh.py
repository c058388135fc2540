"""When a model is built anew, as headwater.yaml says it."""

from __future__ import annotations

from datetime import timedelta

from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.quantity import format_duration, parse_duration
from headwater.config.values import read_name, read_text
from headwater.model.cron import parse_cron
from headwater.model.curated import Refresh, When
from headwater.model.ids import TableName

_LEAST = timedelta(seconds=1)
_WRITTEN = 'write after TABLE, every 1h, cron "0 6 * * *", or manual'


def read_refresh(value: object) -> Refresh:
    """After tables, every so often, at times of a cron line, or when somebody asks."""
    text = read_text(value).strip()
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word == When.AFTER:
        names = [name.strip() for name in rest.split(",")] if rest else []
        return Refresh(When.AFTER, after=tuple(TableName(read_name(name)) for name in names))
    if word == When.EVERY:
        every = parse_duration(rest)
        if every < _LEAST:
            raise Wrong(f"{rest} is too short", f"write {format_duration(_LEAST)} or more")
        return Refresh(When.EVERY, every=every)
    if word == When.CRON:
        try:
            return Refresh(When.CRON, cron=parse_cron(rest.strip("\"'")))
        except ValueError as error:
            raise Wrong(str(error), 'write cron "minute hour day month weekday", in UTC') from None
    if word == When.MANUAL and not rest:
        return Refresh(When.MANUAL)
    meant = nearest(word, [when.value for when in When])
    guess = f"did you mean {meant!r}? " if meant and meant != word else ""
    raise Wrong(f"{show(text)} says no time of refreshing", f"{guess}{_WRITTEN}")
