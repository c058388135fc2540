"""Whether JSON text has one record a line, or records that span and share lines."""

from __future__ import annotations

import json
import re

from headwater.model.feed import Format
from headwater.reading.json.strictness import lenient_scan
from headwater.reading.unreadable import Unreadable

_BLANK = " \t\r\n"
_LINES = 100
_TAKEN = 3
_LABEL = re.compile(r"\[([^\[\]{}]*)\](.*)")
_NO_WORD = re.compile(r"\s*(?:true|false|null|none|nan|inf(?:inity)?)\b", re.IGNORECASE)
_WORD = re.compile(r"\s*[^\W\d][^\s,]*(?!\s*,)(?:\s|$)")


def json_format(text: str, declared: Format, *, whole: bool) -> Format | None:
    """NDJSON or JSON; None if the text does not begin as JSON records do."""
    start = len(text) - len(text.lstrip(_BLANK))
    lines = text[start:].split("\n", _LINES)
    if len(lines) > 1 and (not whole or len(lines) > _LINES):
        lines.pop()
    first = text[start : start + 1]
    if first == "[" and declared is Format.AUTO and _is_label(lines[0]):
        return None
    if first == "[":
        return _of_array(lines, declared)
    if first == "{":
        return _of_object(text, start, lines)
    if declared is Format.NDJSON and any(line.lstrip(_BLANK).startswith("{") for line in lines):
        return Format.NDJSON
    if declared in {Format.NDJSON, Format.JSON}:
        raise Unreadable(
            "json",
            f"its text begins with {text[start : start + 20]!r} where JSON begins with {{ or [; "
            "correct the file, or the format in headwater.yaml",
        )
    return None


def is_object(line: str) -> bool:
    """Whether the line is one JSON object."""
    return line.lstrip(_BLANK).startswith("{") and _parses(line)


def _is_label(line: str) -> bool:
    """Whether the line begins with words or a time in brackets, as settings and logs do."""
    label = _LABEL.match(line)
    if label is None or _NO_WORD.match(label[1]):
        return False
    behind = label[2].strip()
    if _parses(f"[{label[1]}]"):
        return behind[:1].isalpha()
    return _WORD.match(label[1]) is not None or (label[1][:1].isdigit() and behind != "")


def _of_array(lines: list[str], declared: Format) -> Format:
    """An array is a list of records, unless lines were declared and each is a value of its own."""
    rest = [line for line in lines[1:] if line.strip(_BLANK)]
    if declared is Format.NDJSON and rest and _parses(lines[0]):
        return Format.NDJSON
    return Format.JSON


def _of_object(text: str, start: int, lines: list[str]) -> Format:
    if _parses(lines[0]):
        return Format.JSON if _span_lines(lines) else Format.NDJSON
    if _ends(text, start) > start + len(lines[0]) or _goes_on(text, start, lines):
        return Format.JSON  # an object that spans lines
    # The first line is broken, or too long to tell; the others may still be one record each.
    return Format.NDJSON if any(is_object(line) for line in lines[1:]) else Format.JSON


def _goes_on(text: str, start: int, lines: list[str]) -> bool:
    """Whether an object that does not end in the text is one beyond its third line.

    A first line that is broken can take the second for a value of its own, and no more.
    """
    if len(lines) <= _TAKEN:
        return False
    try:
        lenient_scan(text, start)
    except json.JSONDecodeError as error:
        return error.pos > start + sum(len(line) + 1 for line in lines[:_TAKEN])
    except RecursionError:
        return False
    return False


def _span_lines(lines: list[str]) -> bool:
    """Whether what is no record by itself, from its line on, is objects up to the last line.

    Only then: of damaged records that have a line each, all others can still be read.
    """
    odd = next((place for place, line in enumerate(lines) if line.strip() and not _parses(line)), 0)
    if not odd:
        return False
    rest, at, spanning = "\n".join(lines[odd:]), 0, False
    while at < len(rest):
        end = _ends(rest, at)
        if end < 0:  # the last one may be cut, as samples are
            return spanning and not any(map(is_object, rest[at:].split("\n")))
        spanning = spanning or "\n" in rest[at:end]
        at = len(rest) - len(rest[end:].lstrip(_BLANK))
    return spanning


def _ends(text: str, start: int) -> int:
    try:
        return lenient_scan(text, start)[1]
    except (ValueError, RecursionError):
        return -1


def _parses(line: str) -> bool:
    start = len(line) - len(line.lstrip(_BLANK))
    end = _ends(line, start)
    return end >= 0 and not line[end:].strip(_BLANK)
