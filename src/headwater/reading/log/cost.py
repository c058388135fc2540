"""Whether a regular expression can be trusted with any line: hostile text multiplies its work."""

from __future__ import annotations

import re
from dataclasses import dataclass

_REPEAT = re.compile(r"(?:([*+])|(\?)|\{(\d*)(?:(,)(\d*))?\})([+?]?)")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*+\]", re.DOTALL)
_LONGEST = {0: 64 * 1024, 1: 64 * 1024, 2: 16 * 1024}
_LONGEST_ELSE = 1024
_FEW = 10  # repeats: of more, the ways to share them out have no end


class Costly(ValueError):
    """The expression may try a line in endlessly many ways."""


@dataclass(slots=True)
class _Group:
    start: int
    varies: bool = False  # something in it is there more or less often
    forks: bool = False  # it has alternatives
    wide: int = 0  # how many `.*` are in it


def longest_line(pattern: str) -> int:
    """How many characters a line may have before the pattern would take too long.

    Each `.*` multiplies the ways to read a line, so the more there are, the shorter
    it must be. Costly: a repeat inside a repeat, or alternatives that are repeated,
    unless they are possessive (`*+`), which try one way only.
    """
    open_groups = [_Group(0)]
    at = 0
    closed: _Group | None = None  # the group that ended just before
    while at < len(pattern):
        repeat = _REPEAT.match(pattern, at)
        if repeat is not None and at:
            _repeat(open_groups[-1], closed, repeat)
            closed, at = None, repeat.end()
            continue
        closed, letter = None, pattern[at]
        if letter == "(":
            open_groups.append(_Group(at))
        elif letter == ")" and len(open_groups) > 1:
            closed = open_groups.pop()
            open_groups[-1].varies |= closed.varies
            open_groups[-1].forks |= closed.forks
            open_groups[-1].wide += closed.wide
        elif letter == "|":
            open_groups[-1].forks = True
        at = _behind(pattern, at)
    return _LONGEST.get(open_groups[0].wide, _LONGEST_ELSE)


def _behind(pattern: str, at: int) -> int:
    """Behind the letter; behind the whole of an escape, a class, or a group's opening mark."""
    letter = pattern[at]
    if letter in "\\[":
        whole = (_ESCAPE if letter == "\\" else _CLASS).match(pattern, at)
        return whole.end() if whole else at + 1
    return at + 2 if pattern.startswith("(?", at) else at + 1


def _repeat(around: _Group, closed: _Group | None, repeat: re.Match[str]) -> None:
    if repeat[6] == "+":
        return
    most = _most(repeat)
    if most > _FEW and closed is not None and (closed.varies or closed.forks):
        what = "a repeat" if closed.varies else "alternatives"
        raise Costly(
            f"the group at character {closed.start + 1} holds {what} and is repeated by "
            f"{repeat[0]}, which can take for ever; write {repeat[0].rstrip('?')}+ "
            "or take the group apart"
        )
    around.varies |= repeat[4] is not None or repeat[3] is None
    if closed is not None:
        around.wide += closed.wide * (min(most, _FEW) - 1)
    elif most > _FEW:
        text, dot = repeat.string, repeat.start() - 1
        around.wide += text[dot] == "." and text[max(0, dot - 1)] != "\\"


def _most(repeat: re.Match[str]) -> int:
    """How often at most; what has no limit, more often than anything."""
    star, question, least, comma, limit, _ = repeat.groups()
    if question:
        return 1
    if star or (comma and not limit):
        return 1 << 30
    return int((limit if comma else least) or 1)
