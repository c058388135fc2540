"""Every function of the expression language, with what it means and an example that is run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Family(StrEnum):
    """What functions are about."""

    CHOICE = "choices and nulls"
    NUMBER = "numbers"
    TEXT = "text"
    PATTERN = "regular expressions"
    TIME = "dates and times"
    NESTED = "nested values"
    DIGEST = "digests"
    GROUP = "groups"
    WINDOW = "rows beside a row, in the step `sql`"


@dataclass(frozen=True, slots=True)
class Function:
    """One function as users write it."""

    name: str
    arguments: str  # "text, start, length?": a question mark where one may be left out
    meaning: str
    example: str
    result: str  # as text; NULL where there is none
    family: Family

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return sum(not each.endswith("?") for each in self._listed if each != "...")

    @property
    def most(self) -> int | None:
        """How many there may be; None: any number."""
        return None if "..." in self._listed else len(self._listed)

    @property
    def _listed(self) -> list[str]:
        return [each.strip() for each in self.arguments.split(",") if each.strip()]


def _family(family: Family, *rows: tuple[str, str, str, str, str]) -> tuple[Function, ...]:
    return tuple(Function(*row, family) for row in rows)


_CHOICE = _family(
    Family.CHOICE,
    ("coalesce", "value, ...", "The first value that is not null.", "coalesce(NULL, 2, 3)", "2"),
    (
        "nullif",
        "value, other",
        "Null where both are equal, else the value.",
        "nullif(5, 5)",
        "NULL",
    ),
    ("if", "condition, then, else?", "One of two values.", "if(2 > 1, 'yes', 'no')", "yes"),
    ("greatest", "value, ...", "The greatest value, nulls left out.", "greatest(3, 7, 5)", "7"),
    ("least", "value, ...", "The least value, nulls left out.", "least(3, 7, 5)", "3"),
)
_NUMBER = _family(
    Family.NUMBER,
    ("abs", "number", "Without its sign.", "abs(-3)", "3"),
    ("sign", "number", "-1, 0 or 1.", "sign(-3)", "-1"),
    ("round", "number, digits?", "Rounded, halves away from zero.", "round(2.55, 1)", "2.6"),
    ("floor", "number", "The next whole number below.", "floor(-2.5)", "-3"),
    ("ceil", "number", "The next whole number above.", "ceil(2.1)", "3"),
    ("mod", "number, divisor", "What a division leaves.", "mod(7, 3)", "1"),
    ("power", "number, exponent", "Raised to a power.", "power(2, 10)", "1024.0"),
    ("sqrt", "number", "The square root.", "sqrt(9)", "3.0"),
    ("ln", "number", "The natural logarithm.", "ln(1)", "0.0"),
    ("exp", "number", "e raised to it.", "exp(0)", "1.0"),
)
_TEXT = _family(
    Family.TEXT,
    ("lower", "text", "In small letters.", "lower('Kiel')", "kiel"),
    ("upper", "text", "In capital letters.", "upper('Kiel')", "KIEL"),
    ("trim", "text", "Without blanks around it.", "trim('  a b ')", "a b"),
    ("ltrim", "text", "Without blanks before it.", "ltrim('  a')", "a"),
    ("rtrim", "text", "Without blanks behind it.", "rtrim('a  ')", "a"),
    ("length", "text", "How many characters it has.", "length('Köln')", "4"),
    (
        "substring",
        "text, start, length?",
        "A piece; 1 is its start.",
        "substring('abcdef', 2, 3)",
        "bcd",
    ),
    ("left", "text, count", "Its first characters.", "left('abcdef', 2)", "ab"),
    ("right", "text, count", "Its last characters.", "right('abcdef', 2)", "ef"),
    (
        "replace",
        "text, old, new",
        "With one text for another.",
        "replace('1-2-3', '-', '/')",
        "1/2/3",
    ),
    (
        "translate",
        "text, old, new",
        "With single characters for others.",
        "translate('a.b', '.', ',')",
        "a,b",
    ),
    ("concat", "text, ...", "Joined, nulls left out.", "concat('a', NULL, 'b')", "ab"),
    (
        "concat_ws",
        "between, text, ...",
        "Joined with a text between, nulls left out.",
        "concat_ws('-', 'a', NULL, 'b')",
        "a-b",
    ),
    (
        "split_part",
        "text, between, number",
        "The piece of that number, from 1.",
        "split_part('a/b/c', '/', 2)",
        "b",
    ),
    ("starts_with", "text, start", "Whether it starts so.", "starts_with('abc', 'ab')", "true"),
    ("ends_with", "text, end", "Whether it ends so.", "ends_with('abc', 'bc')", "true"),
    ("contains", "text, piece", "Whether it has the piece in it.", "contains('abc', 'b')", "true"),
    ("strpos", "text, piece", "Where the piece begins, 0 if nowhere.", "strpos('abc', 'c')", "3"),
    ("lpad", "text, length, with", "Filled up, or cut, on the left.", "lpad('7', 3, '0')", "007"),
    ("rpad", "text, length, with", "Filled up, or cut, on the right.", "rpad('7', 3, '0')", "700"),
    ("reverse", "text", "From its end to its start.", "reverse('abc')", "cba"),
    ("repeat", "text, count", "So many times.", "repeat('ab', 2)", "abab"),
)
_PATTERN = _family(
    Family.PATTERN,
    (
        "regexp_matches",
        "text, pattern",
        "Whether a piece of it matches.",
        "regexp_matches('a1', '[0-9]')",
        "true",
    ),
    (
        "regexp_extract",
        "text, pattern, group?",
        "The first match, or a group of it.",
        "regexp_extract('id-42', '([a-z]+)-([0-9]+)', 2)",
        "42",
    ),
    (
        "regexp_replace",
        "text, pattern, new, 'g'",
        "With every match replaced.",
        "regexp_replace('a1b2', '[0-9]', '', 'g')",
        "ab",
    ),
)
_TIME = _family(
    Family.TIME,
    ("year", "time", "Its year.", "year(DATE '2025-04-02')", "2025"),
    ("quarter", "time", "Its quarter, 1 to 4.", "quarter(DATE '2025-04-02')", "2"),
    ("month", "time", "Its month.", "month(DATE '2025-04-02')", "4"),
    ("week", "time", "Its week, as ISO 8601 counts.", "week(DATE '2025-01-01')", "1"),
    ("day", "time", "Its day of the month.", "day(DATE '2025-04-02')", "2"),
    ("isodow", "time", "Its day of the week, Monday is 1.", "isodow(DATE '2025-04-02')", "3"),
    ("dayofyear", "time", "Its day of the year.", "dayofyear(DATE '2025-02-01')", "32"),
    ("hour", "time", "Its hour.", "hour(TIMESTAMP '2025-04-02 06:07:08')", "6"),
    ("minute", "time", "Its minute.", "minute(TIMESTAMP '2025-04-02 06:07:08')", "7"),
    ("second", "time", "Its second.", "second(TIMESTAMP '2025-04-02 06:07:08')", "8"),
    (
        "date_trunc",
        "unit, time",
        "The start of its year, month, day, hour.",
        "date_trunc('month', TIMESTAMP '2025-04-22 06:00:00')",
        "2025-04-01 00:00:00",
    ),
    (
        "date_diff",
        "unit, from, to",
        "How many borders of a unit lie between.",
        "date_diff('day', DATE '2025-04-01', DATE '2025-04-03')",
        "2",
    ),
    ("last_day", "time", "The last day of its month.", "last_day(DATE '2025-02-03')", "2025-02-28"),
    (
        "make_date",
        "year, month, day",
        "A date of three numbers.",
        "make_date(2025, 4, 2)",
        "2025-04-02",
    ),
    (
        "strptime",
        "text, format",
        "The time that a text says in that format.",
        "strptime('02.04.2025', '%d.%m.%Y')",
        "2025-04-02 00:00:00",
    ),
    (
        "strftime",
        "time, format",
        "The time spelled in that format.",
        "strftime(DATE '2025-04-02', '%d.%m.%Y')",
        "02.04.2025",
    ),
    ("epoch", "time", "Seconds since 1970.", "epoch(TIMESTAMP '1970-01-02 00:00:00')", "86400.0"),
)
_NESTED = _family(
    Family.NESTED,
    ("array_length", "array", "How many elements it has.", "array_length([4, 5])", "2"),
    (
        "list_contains",
        "array, value",
        "Whether it has the element.",
        "list_contains([4, 5], 5)",
        "true",
    ),
    (
        "json_extract_string",
        "text, path",
        "A value in JSON text.",
        "json_extract_string('{\"a\": 1}', '$.a')",
        "1",
    ),
)
_DIGEST = _family(
    Family.DIGEST,
    (
        "md5",
        "text",
        "The MD5 digest in hexadecimal.",
        "md5('a')",
        "0cc175b9c0f1b6a831c399e269772661",
    ),
    ("sha256", "text", "The SHA-256 digest in hexadecimal.", "left(sha256('a'), 8)", "ca978112"),
)

_GROUP = _family(
    Family.GROUP,
    ("count", "value?", "How many rows; of a value, how many that are not null.", "count(x)", "3"),
    ("sum", "number", "The sum.", "sum(x)", "6"),
    ("avg", "number", "The mean.", "avg(x)", "2.0"),
    ("min", "value", "The least.", "min(x)", "1"),
    ("max", "value", "The greatest.", "max(x)", "3"),
    ("median", "number", "The median.", "median(x)", "2.0"),
    ("stddev", "number", "The standard deviation of a sample.", "stddev(x)", "1.0"),
)

_WINDOW = _family(
    Family.WINDOW,
    ("row_number", "", "Its place among them.", "row_number() OVER (ORDER BY x)", "1"),
    ("rank", "", "Its rank, with gaps behind equals.", "rank() OVER (ORDER BY x)", "1"),
    ("dense_rank", "", "Its rank, without gaps.", "dense_rank() OVER (ORDER BY x)", "1"),
    ("percent_rank", "", "Its rank from 0 to 1.", "percent_rank() OVER (ORDER BY x)", "0.0"),
    (
        "cume_dist",
        "",
        "The share of rows up to it.",
        "round(cume_dist() OVER (ORDER BY x), 2)",
        "0.33",
    ),
    ("ntile", "count", "Which of so many equal portions.", "ntile(3) OVER (ORDER BY x)", "1"),
    (
        "lag",
        "value, rows?, default?",
        "The value some rows before.",
        "lag(x, 1, 0) OVER (ORDER BY x)",
        "0",
    ),
    (
        "lead",
        "value, rows?, default?",
        "The value some rows behind.",
        "lead(x) OVER (ORDER BY x)",
        "2",
    ),
    ("first_value", "value", "The first of them.", "first_value(x) OVER (ORDER BY x)", "1"),
    ("last_value", "value", "The last of them so far.", "last_value(x) OVER (ORDER BY x)", "1"),
    ("nth_value", "value, n", "The n-th of them.", "nth_value(x, 1) OVER (ORDER BY x)", "1"),
)

FUNCTIONS = (*_CHOICE, *_NUMBER, *_TEXT, *_PATTERN, *_TIME, *_NESTED, *_DIGEST)
"""All of them, by family."""

AGGREGATES = {each.name: each for each in _GROUP}
"""Functions of a group, by name; their examples are over the rows 1, 2 and 3 of x."""

WINDOWS = {each.name: each for each in _WINDOW}
"""Functions over windows, by name; their examples are of the first row of those of x."""

FICKLE = frozenset({"now", "random", "rand", "uuid", "gen_random_uuid", "today", "current_date"})
"""Functions that give another value each time, so that a replay would change rows."""


@cache
def named() -> dict[str, Function]:
    """The functions by name."""
    return {each.name: each for each in FUNCTIONS}
