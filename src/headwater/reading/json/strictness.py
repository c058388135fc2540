"""What a JSON record must be: an object, unambiguous, finite, and not too deep."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

BLANK = " \t\r\n"
DEPTH = 128
DIGITS = 4_000
_FINITE_DIGITS = 309  # a double's largest number has that many
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
# A number of that size, and not the like inside a longer string, as in a hash.
_EXPONENT = re.compile(rb"[\[:,\s]-?[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{3}")
_ZEROED = bytes.maketrans(b"123456789E", b"000000000e")
_ENDLESS = b"0" * _FINITE_DIGITS


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a record is refused."""

    code: str
    message: str


class _Flawed(Exception):  # not a ValueError, which the scanner's own refusals are
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.flaw = Flaw(code, message)


def _no_twins(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise _Flawed("dup_key", f"the key {twin[:80]!r} is there twice; which value counts?")


def _no_constant(name: str) -> NoReturn:
    raise _Flawed("number", f"{name} is no JSON number; write null or a string")


def _exact_number(digits: str) -> None:
    if len(digits) > DIGITS:
        raise _Flawed("number", f"a number has {len(digits):,} characters; write it as a string")
    if float(digits) in _INFINITE:
        raise _Flawed("number", f"the number {digits[:40]} is beyond any double; write a string")


def _objects(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _no_twins(pairs)
    return dict(pairs)


_INFINITE = (float("inf"), float("-inf"))
quick_scan = json.JSONDecoder(object_pairs_hook=_no_twins, parse_constant=_no_constant).raw_decode
"""The value that starts at an offset, and where it ends; refuses twin keys and NaN."""
_full_scan = json.JSONDecoder(
    object_pairs_hook=_objects,
    parse_constant=_no_constant,
    parse_int=_exact_number,
    parse_float=_exact_number,
).raw_decode
lenient_scan = json.JSONDecoder(
    parse_constant=str, parse_int=str, parse_float=str, object_pairs_hook=len
).raw_decode
"""Where a value ends, whatever is in it."""

shape_scan = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
"""The value that starts at an offset, numbers of any length as texts, and where it ends."""

QUICK_REFUSALS = (ValueError, RecursionError, _Flawed)
"""What the scanners raise where they find no value, or one that is refused."""


def needs_a_look(text: bytes) -> bool:
    """Whether there may be numbers beyond a double or halves of letters, which scanners pass."""
    if b"\\ud" in text or b"\\uD" in text:
        return True
    zeroed = text.translate(_ZEROED, b"+")
    if _ENDLESS in zeroed:
        return True
    return b"0e000" in zeroed and _EXPONENT.search(text) is not None


def too_deep(text: str) -> bool:
    """Whether brackets are nested deeper than allowed."""
    if text.count("{") + text.count("[") <= DEPTH:
        return False
    depth = 0
    for bracket in re.findall(r"[\[{}\]]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH:
            return True
    return False


def flaw_of(text: str) -> Flaw | None:
    """What is wrong with the text of one record, all rules applied."""
    if too_deep(text):
        return Flaw("depth", f"it is nested deeper than {DEPTH} levels; flatten it")
    start = len(text) - len(text.lstrip(BLANK))
    try:
        value, end = _full_scan(text, start)
    except _Flawed as refused:
        return refused.flaw
    except json.JSONDecodeError as error:
        return Flaw("json", f"{error.msg.removesuffix(' at')} at character {error.pos + 1}")
    if text[end:].strip(BLANK):
        return Flaw("json", f"the record ends at character {end}, and more follows on its line")
    return _flaw_of_value(value)


def _flaw_of_value(value: Any) -> Flaw | None:
    if not isinstance(value, dict):
        return Flaw("not_object", "it is no JSON object; a record is written {...}")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Flaw("encoding", r"an escape such as \ud800 is half a letter; write both halves")
    return None
