"""Short flat objects of an array, taken many at a time: one by one each costs more than it says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from headwater.reading.json.strictness import BLANK, QUICK_REFUSALS
from headwater.reading.pieces.piece import PieceBuilder

SHORT_LETTERS = 1024
_BETWEEN = {mark: re.compile(rf"(?<=\}})[{BLANK}]*+{mark}[{BLANK}]*+(?={{)") for mark in ("", ",")}
_OBJECT = object()


class _Twins(ValueError):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> object:
    if len(dict(pairs)) != len(pairs):
        raise _Twins
    return _OBJECT


def _no_constant(name: str) -> object:
    raise ValueError(name)


_scan = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant).decode


@dataclass(frozen=True, slots=True)
class Run:
    """Objects as they are spelled, all in one line or each in its own."""

    objects: list[str]
    letters: int  # of the text, with what stands between and behind them
    lines: int  # line ends in it

    def hand_on(self, builder: PieceBuilder, line: int) -> None:
        """Give them to a builder; the first starts in that line."""
        records = "\n".join(self.objects).encode().split(b"\n")
        if self.lines:
            builder.take_lines(records, line)
        else:
            builder.take_beside(records, line)


def flat_run(text: str, start: int, mark: str) -> Run | None:
    """The sound flat objects from there on with that mark between them, but for the last of them.

    Where a brace, the mark and a brace follow each other, an object ends, or a string or an
    object inside another one holds all that. There is nothing of that where the braces
    and the objects are as many as the stretches between such places; else there is no run.
    """
    if not text.startswith("{", start):
        return None
    *objects, rest = _BETWEEN[mark].split(text[start:])
    letters = len(text) - start - len(rest)
    whole = text[start : start + letters]
    count = len(objects)
    if not count or whole.count("{") != count or "[" in whole or "\t" in whole or "\r" in whole:
        return None
    lines = whole.count("\n")
    if max(map(len, objects)) > SHORT_LETTERS or (lines and not _in_lines(objects, whole)):
        return None
    try:
        found = _scan(f"[{','.join(objects)}]")
        whole.encode()
    except QUICK_REFUSALS:
        return None
    return Run(objects, letters, lines) if found.count(_OBJECT) == len(found) == count else None


def _in_lines(objects: list[str], whole: str) -> bool:
    """Whether each begins a line of its own."""
    lines = whole.split("\n")[:-1]
    return len(lines) == len(objects) and all(
        line.lstrip(" ").startswith(each) for line, each in zip(lines, objects, strict=True)
    )
