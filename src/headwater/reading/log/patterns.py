"""Patterns of log lines: those known by name, and those that a user writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from headwater.reading.log.cost import Costly, longest_line
from headwater.reading.log.level import LEVEL, LEVEL_NAME, without_traces
from headwater.reading.pieces.joined import RECORD_BYTES

PYTHON_NAME = "python"
NOTHING = "-"  # how access logs write that there is nothing
QUOTE = '"'
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = (
    rf"[0-9]{{2}}/(?:{'|'.join(MONTHS)})/[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [-+][0-9]{{4}}"
)
# Fields as a delimited record may have them: without comma and quote, or with quotes around.
_READY = {
    "word": r'(?:-|([^\s,"]++))',
    "user": r'(?:-|([^\s,"]++))',
    "time": rf"\[({_TIME})\]",
    "quoted": r'(?:"-"|("[^"\\]*+(?:\\[^"][^"\\]*+)*+"))',
    "number": r"(?:-|([0-9]++))",
}
# Fields of all lines: a user may have blanks, and what is quoted, quotes behind backslashes.
_ANY = _READY | {
    "word": r"(\S++)",
    "user": rf"((?>\S.*?(?= \[{_TIME}\] )))",  # the first time ends it: no second try
    "quoted": r'("(?:[^"\\]|\\.)*+")',
}
_COMMON = {
    "host": "word",
    "ident": "word",
    "user": "user",
    "time": "time",
    "request": "quoted",
    "status": "number",
    "bytes": "number",
}
_COMBINED = _COMMON | {"referer": "quoted", "user_agent": "quoted"}
_SYSLOG = (
    r"(?:<(?P<priority>[0-9]{1,3})>)?"
    r"(?P<time>[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}|"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T\S++)"
    r" (?P<host>\S++) (?P<program>[^\s:\[]++)(?:\[(?P<pid>[^\]\s]++)\])?: ?(?P<message>.*+)"
)
_PYTHON = r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?P<source>[^\s:]++):(?P<message>.*+)"


@dataclass(frozen=True, slots=True)
class LogPattern:
    """How the lines of a log are spelled."""

    name: str  # common, combined, level, python, syslog, or pattern
    columns: tuple[str, ...]
    line: re.Pattern[str]  # matches a whole line
    groups: tuple[int, ...]  # of each column
    longest: int  # characters a line may have
    quoted: tuple[bool, ...] = ()  # of an access log: the columns with quotes around them
    ready: re.Pattern[bytes] | None = None  # of an access log: lines whose cells need no spelling


def log_pattern(name_or_regex: str) -> LogPattern:
    """The pattern of that name, or of that regular expression with named groups.

    The expression has to match whole lines. ValueError says what is wrong with it, and
    at which character: it is no expression, has no named groups, or could take for ever.
    """
    known = _known().get(name_or_regex)
    if known is not None:
        return known
    try:
        line = re.compile(name_or_regex)
        longest = longest_line(name_or_regex)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        raise ValueError(f"the pattern is no regular expression: {error.msg}{place}") from error
    except Costly as error:
        raise ValueError(f"the pattern is refused: {error}") from error
    if not line.groupindex:
        raise ValueError(
            "the pattern has no named groups, which name the columns: write (?P<name>...), "
            f"or give one of {', '.join(_known())}"
        )
    return _written("pattern", line, longest)


def recognise_log(sample: bytes) -> LogPattern | None:
    """The named pattern that nearly all lines of the sample match; None if there is none."""
    lines = [line.removesuffix(b"\r") for line in sample[:_SAMPLE_BYTES].split(b"\n")]
    if len(lines) > 1:
        lines.pop()  # it may be cut
    texts = [line.decode("utf-8", "replace") for line in lines if line.strip()][:_SAMPLE_LINES]
    for pattern in _known().values():
        if _is_spelled(pattern, texts):
            return pattern
    return None


def _is_spelled(pattern: LogPattern, texts: Sequence[str]) -> bool:
    of_program = pattern.name in {LEVEL_NAME, PYTHON_NAME}
    tried = without_traces(texts) if of_program else texts
    if of_program and not (tried and pattern.line.fullmatch(tried[0])):
        return False  # what stands above times and levels may be their names
    matched = sum(pattern.line.fullmatch(text) is not None for text in tried)
    return bool(tried) and matched >= _MOSTLY * len(tried)


_SAMPLE_BYTES = 256 * 1024
_SAMPLE_LINES = 500
_MOSTLY = 0.9


@cache
def _known() -> Mapping[str, LogPattern]:
    access = (_access("combined", _COMBINED), _access("common", _COMMON))
    level = _written(LEVEL_NAME, re.compile(LEVEL), RECORD_BYTES)
    python = _written(PYTHON_NAME, re.compile(_PYTHON), RECORD_BYTES)
    syslog = _written("syslog", re.compile(_SYSLOG), RECORD_BYTES)
    return {pattern.name: pattern for pattern in (*access, level, python, syslog)}


def _access(name: str, fields: Mapping[str, str]) -> LogPattern:
    ready = " ".join(_READY[kind] for kind in fields.values())
    return LogPattern(
        name,
        tuple(fields),
        re.compile(" ".join(_ANY[kind] for kind in fields.values()), re.ASCII),
        tuple(range(1, len(fields) + 1)),
        RECORD_BYTES,
        quoted=tuple(kind == "quoted" for kind in fields.values()),
        ready=re.compile(ready.encode()),
    )


def _written(name: str, line: re.Pattern[str], longest: int) -> LogPattern:
    columns = tuple(sorted(line.groupindex, key=line.groupindex.__getitem__))
    return LogPattern(
        name, columns, line, tuple(line.groupindex[each] for each in columns), longest
    )
