"""Lines that programs write of themselves: a time, perhaps who speaks, a level, a message.

    2026-01-02 10:00:01,123 [main] INFO  com.acme.Main - starting up
    2026-01-02 10:00:01,123 - root - WARNING - slow
    [2026-01-02 10:00:01] production.ERROR: no such page

What parts fields of a table stands behind neither the time nor the level, nor between them: a
table whose first columns hold a time and a level stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LEVEL_NAME = "level"
_WORDS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE"
_LEVEL = rf"[\[(<]?(?:{_WORDS}|(?<=[\[(<])(?i:{_WORDS}))(?=[\])>: ]|\Z)"
_DATE = r"(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}|[0-9]{2}/[0-9]{2}/(?:[0-9]{4}|[0-9]{2}))"
_TIME = (
    rf"(?:{_DATE}[ T])?[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:[.,][0-9]{{1,9}})?"
    r"(?:Z|\ ?[-+][0-9]{2}:?[0-9]{2})?"
)
_BETWEEN = r"\ ++(?:-\ ++)?"
_WHO = rf"(?!-\ |{_LEVEL})(?:\[[^\]]*+\]|\([^)]*+\)|(?:(?!\.(?:{_WORDS})\b)[-\w.$\#/@])++)"

LEVEL = (
    rf"\[?(?P<time>{_TIME})\]?{_BETWEEN}"
    rf"(?:(?P<source>{_WHO}(?:{_BETWEEN}{_WHO}){{0,5}}+)(?:{_BETWEEN}|\.))?"
    rf"[\[(<]?(?P<level>(?:{_WORDS})|(?<=[\[(<])(?i:{_WORDS}))(?=[\])>: ]|\Z)[\])>]?+:?+"
    r"(?:\ ++-(?=\ ))?+\ *+(?P<message>.*+)"
)
"""What such a line is like."""

_FOLLOWS = re.compile(
    r"\s|Caused by: |Suppressed: |Traceback \(|\.\.\. |[\w.$]+(?:Exception|Error|Exit|Interrupt)\b"
)


def without_traces(lines: Sequence[str]) -> list[str]:
    """The lines that are none of what follows a message: the calls that led to an error."""
    return [line for line in lines if not _FOLLOWS.match(line)]


def point_times(times: Iterable[str | None]) -> tuple[str | None, ...]:
    """The times, each with a point before its fraction."""
    return tuple(time and time.replace(",", ".") for time in times)
