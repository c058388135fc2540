"""What a YAML parser's complaint means, in a plain sentence."""

from __future__ import annotations

import yaml

from headwater.config.mistakes import Mistake

_TAB = "a tab is used where YAML wants spaces"
_CONTROL = "the text holds a character that no YAML may hold"

# Words of the parser's complaint (both parsers, the C one and the Python one), what it comes
# from, and what to do. The first that fits is taken.
_MEANINGS = (
    (
        ("mapping values are not allowed",),
        "a ':' stands where no key can be",
        "look for a ':' missing in the line above, a wrong indentation, a value without quotes",
    ),
    (
        ("expected ',' or ']'",),
        "a list in [ ] is not closed, or a comma is missing in it",
        "write [first, second]",
    ),
    (
        ("expected ',' or '}'",),
        "a mapping in { } is not closed, or a comma is missing in it",
        "write {files: 10, age: 60s}",
    ),
    (("unexpected end of stream",), "a quote is not closed", "put the closing quote"),
    (("could not find expected ':'",), "a key has no ':' behind it", "write key: value"),
    (
        ("undefined alias",),
        "a value that begins with * names an anchor that is not there",
        "put the value in quotes: match: '*.csv'",
    ),
    (
        ("alphabetic or numeric character",),
        "a value that begins with * or & is no name of an anchor",
        "put the value in quotes: match: '*.csv'",
    ),
    (("duplicate anchor",), "an anchor of that name is there twice", "give it another name"),
    (
        ("unknown escape",),
        "a backslash in double quotes begins no escape that YAML knows",
        "use single quotes",
    ),
    (
        ("cannot start any token",),
        "no value can begin with this character",
        "put the value in quotes",
    ),
    (
        ("another document",),
        "a second document begins",
        "one file holds one document: remove the line ---",
    ),
    (
        ("node content",),
        "the file ends in the middle of a value",
        "close what was opened: [, { or a quote",
    ),
    (
        ("expected key", "<block end>", "'-' indicator", "<document start>"),
        "this does not fit the lines above it",
        "give keys of one mapping the same indentation, and each a ':' behind it",
    ),
)


def syntax_mistake(error: yaml.YAMLError, text: str) -> Mistake:
    """Say what a parser's error comes from, and in which line."""
    if not isinstance(error, yaml.MarkedYAMLError):
        position = getattr(error, "position", 0)
        return character_mistake(text, position if isinstance(position, int) else 0)
    mark = error.problem_mark or error.context_mark
    # A parser that misses something notices at the end, one line behind the last.
    line = min(mark.line if mark else 0, max(len(text.splitlines()) - 1, 0))
    if _tab_at(text, line, mark.column if mark else 0):
        return Mistake(line + 1, (), _TAB, "indent with spaces, two for each step")
    said = f"{error.context or ''} {error.problem or ''}".strip()
    for words, what, hint in _MEANINGS:
        if any(word in said for word in words):
            return Mistake(line + 1, (), what + _opened(error, line), hint)
    return Mistake(line + 1, (), f"this is not YAML: {said}", None)


def character_mistake(text: str, position: int) -> Mistake:
    """Say in which line a character is that must not be there."""
    return Mistake(len(text[: position + 1].splitlines()) or 1, (), _CONTROL, "remove it")


def _tab_at(text: str, line: int, column: int) -> bool:
    lines = text.splitlines()
    return line < len(lines) and lines[line][column : column + 1] == "\t"


def _opened(error: yaml.MarkedYAMLError, line: int) -> str:
    """The line where the open bracket or quote stands, if it is another one."""
    opened = error.context_mark
    bracket = "flow" in (error.context or "") or "quoted" in (error.context or "")
    if not bracket or opened is None or opened.line >= line:
        return ""
    return f"; it was opened in line {opened.line + 1}"
