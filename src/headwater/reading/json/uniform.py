"""Lines of JSON that are alike: one expression proves many of them sound at once.

The expression is made from a line that was read before. It holds that line's keys, brackets
and blanks as they stand, and lets the values differ: so a line that fits is an object with
the same keys, each there once, and nothing else. Lines that do not fit may be sound as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_PATTERNS = 4  # for lines in which some keys are missing, or have another order
_DEPTH = 8
_LONGEST_BYTES = 16 * 1024  # of a line that an expression is made from

_STRING = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
_SCALAR = b"(?>" + _STRING + b"|" + _NUMBER + b"|true|false|null)"
_LIST = rb"\[ *+(?:" + _SCALAR + rb" *+(?:, *+" + _SCALAR + rb" *+)*+)?+\]"
_VALUE = b"(?>" + _SCALAR + b"|" + _LIST + b")"
_KEY = re.compile(rb'( *+)"([^"\\\x00-\x1f]*+)"( *+: *+)')
_PLAIN = re.compile(_VALUE)
_BEHIND = re.compile(rb" *+([,}])")


class Uniform:
    """What lines of one text have looked like."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._patterns: list[Callable[[bytes], object]] = []

    def odd(self, lines: Sequence[bytes]) -> list[int]:
        """The lines that are not alike any that was learnt, in order.

        What no expression tells has to hold of all: they are UTF-8, and no number among them
        is one that needs a look.
        """
        odd = list(range(len(lines)))
        for matches in self._patterns:
            odd = [i for i in odd if matches(lines[i]) is None]
            if not odd:
                break
        return odd

    def learn(self, lines: Sequence[bytes]) -> None:
        """Take one of these for an example, if some are like none before; all are sound."""
        odd = self.odd(lines)
        if not odd:
            return
        if len(self._patterns) >= _PATTERNS:
            if len(odd) == len(lines):  # they look otherwise from here on
                self._patterns.pop(0)
            return
        line = lines[odd[0]]
        made = _object(line, 0, _DEPTH) if len(line) <= _LONGEST_BYTES else None
        if made is not None and made[1] == len(line):
            self._patterns.append(re.compile(made[0]).fullmatch)


def _object(line: bytes, at: int, depth: int) -> tuple[bytes, int] | None:
    """The expression for the object that starts there, and where it ends."""
    if not depth or line[at : at + 1] != b"{":
        return None
    parts, keys, at = [rb"\{"], set[bytes](), at + 1
    while (key := _KEY.match(line, at)) is not None and key[2] not in keys:
        keys.add(key[2])
        parts.append(re.escape(key[0]))
        value = _PLAIN.match(line, key.end())
        if value is not None:
            parts.append(_VALUE)
            at = value.end()
        else:
            within = _object(line, key.end(), depth - 1)
            if within is None:
                return None
            parts.append(b"(?>" + within[0] + b"|null)")
            at = within[1]
        behind = _BEHIND.match(line, at)
        if behind is None:
            return None
        parts.append(re.escape(behind[0]))
        at = behind.end()
        if behind[1] == b"}":
            return b"".join(parts), at
    return None
