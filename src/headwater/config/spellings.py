"""Values of the keys that say how a file is spelled: encodings, delimiters, ranges, patterns."""

from __future__ import annotations

import re

from headwater.config.mistakes import Wrong, nearest, show
from headwater.config.values import read_text
from headwater.model.feed import Place
from headwater.reading.encoding.codec import codec_of
from headwater.reading.log.patterns import log_pattern
from headwater.reading.workbook.area import is_range

_ENCODINGS = ("utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15", "cp037", "shift_jis")
_PLACE = re.compile(r"(\S.*?)\s+([1-9]\d{0,8})\s+([1-9]\d{0,8})")
_LONGEST_DELIMITER = 4
_LONGEST_COMMENT = 16
_NONE = "none"
_ESCAPES = {"doubled": "", "backslash": "\\"}
_GROUPING = {mark: mark for mark in ".,'_ "} | {"blank": " "}


def read_encoding(value: object) -> str:
    """The name of an encoding."""
    text = read_text(value)
    if codec_of(text) is not None:
        return text
    meant = nearest(text, _ENCODINGS)
    guess = f"did you mean {meant}? " if meant else ""
    raise Wrong(
        f"{show(text)} is not an encoding of text", f"{guess}write one as windows-1252 or utf-16"
    )


def read_flag(value: object) -> bool:
    """Whether it is so."""
    if isinstance(value, bool):
        return value
    raise Wrong(f"{show(read_text(value))} is neither true nor false", "write true or false")


def read_delimiter(value: object) -> str:
    """What stands between fields."""
    text = read_text(value)
    if text == "tab":
        return "\t"
    fit = 0 < len(text) <= _LONGEST_DELIMITER and not set(text) & set("\"'\\\r\n")
    if fit and not any(letter.isalnum() for letter in text):
        return text
    raise Wrong(
        f"{show(text)} cannot part fields",
        f"write 1 to {_LONGEST_DELIMITER} characters such as ';' or '||', or tab: no letter, "
        "digit, quote or backslash",
    )


def read_quote(value: object) -> str:
    """What stands around fields; empty where nothing is quoted."""
    text = read_text(value)
    if text == _NONE:
        return ""
    if len(text) == 1 and text.isascii() and not text.isalnum() and text not in "\r\n\\":
        return text
    raise Wrong(
        f"{show(text)} cannot be a quote",
        "write one character such as '\"' or \"'\", or none: no letter, digit or backslash",
    )


def read_escape(value: object) -> str:
    """What stands before a quote in quotes; empty where it is doubled instead."""
    text = read_text(value)
    if text in _ESCAPES:
        return _ESCAPES[text]
    if len(text) == 1 and text.isascii() and not text.isalnum() and text not in "\r\n\"'":
        return text
    raise Wrong(
        f"{show(text)} cannot be an escape", "write doubled, backslash, or one character such as ^"
    )


def read_comment(value: object) -> str:
    """What a comment begins with; empty where there are none."""
    text = read_text(value)
    if text == _NONE:
        return ""
    if 0 < len(text) <= _LONGEST_COMMENT and not set(text) & set("\r\n"):
        return text
    raise Wrong(
        f"{show(text)} cannot begin a comment",
        f"write 1 to {_LONGEST_COMMENT} characters such as '#', or none",
    )


def read_null(value: object) -> str:
    """A text that stands for null."""
    text = read_text(value)
    if text and not set(text) & set("\"'\r\n"):
        return text
    if not text:
        raise Wrong("an empty field is null anyway", "leave it out")
    raise Wrong(f"{show(text)} cannot stand for null", "write it without quotes and line ends")


def read_grouping(value: object) -> str:
    """What stands between thousands."""
    text = read_text(value)
    if text == _NONE:
        return ""
    if text in _GROUPING:
        return _GROUPING[text]
    raise Wrong(
        f"{show(text)} cannot stand between thousands",
        "write one of '.', ',', \"'\", _ and blank, or none",
    )


def read_sheet(value: object) -> str:
    """A sheet's name, or its number."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise Wrong(f"{value} is no sheet's number", "sheets are numbered from 1")
        return str(value)
    return read_text(value)


def read_cells(value: object) -> str:
    """A range of cells."""
    text = read_text(value)
    if not is_range(text):
        raise Wrong(f"{show(text)} is no range of cells", "write it as A1:F200, B:D or A5")
    return text


def read_log_pattern(value: object) -> str:
    """A pattern of lines, by its name or spelled out."""
    text = read_text(value)
    try:
        log_pattern(text)
    except ValueError as error:
        raise Wrong(
            str(error),
            "write common, combined, level, python, syslog, or an expression with named groups",
        ) from None
    return text


def read_place(value: object) -> Place:
    """A column's place in lines of fixed width."""
    text = read_text(value)
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise Wrong(
            f"{show(text)} is no place of a column",
            "write its name, where it starts (from 1) and how long it is: amount 17 10",
        )
    return Place(found[1], int(found[2]), int(found[3]))
