"""Dumps of databases, as their own programs spell rows that are known."""

from __future__ import annotations

from random import Random

from tests.differential.case import Case

_TEXTS = [
    "",
    "a",
    "NULL",
    "\\N",
    "it's",
    'q"',
    "a,b",
    "(1)",
    ");",
    "\\",
    "\\.",
    "\n",
    "\t",
    "\r\n",
    "\xe9",
]
_TEXTS += [
    "\u65e5\u672c",
    "\U0001f600",
    "-- x",
    "/* y */",
    "x;\n",
    "'), ('",
    "00123",
    "\\t",
    "\x08",
    " a ",
]
_COPY = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
_MYSQL = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\0": "\\0",
    "\x1a": "\\Z",
}
WAYS = ("copy", "inserts", "mysql")


def case_of(seed: str) -> Case:
    """The case of a seed."""
    random = Random(seed)
    names = tuple(f"c{place}" for place in range(random.randint(1, 5)))
    rows = [
        tuple(None if random.random() < 0.1 else _text(random) for _ in names)
        for _ in range(random.choice([1, 3, 20]))
    ]
    way = random.choice(WAYS)
    text = {"copy": _copy, "inserts": _inserts, "mysql": _mysql}[way](random, names, rows)
    return Case(seed, text.encode(), rows, names, marks=f"dump, {way}")


def _text(random: Random) -> str:
    return "".join(random.choice(_TEXTS) for _ in range(random.choice([1, 1, 2, 4])))


def _create(names: tuple[str, ...], quote: str) -> str:
    columns = ",\n".join(f"    {quote}{name}{quote} text" for name in names)
    return f"CREATE TABLE {quote}t{quote} (\n{columns}\n);\n"


def _copy(_: Random, names: tuple[str, ...], rows: list[tuple]) -> str:
    def cell(value: str | None) -> str:
        return "\\N" if value is None else "".join(_COPY.get(letter, letter) for letter in value)

    body = "".join("\t".join(map(cell, row)) + "\n" for row in rows)
    head = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
    return f"{head}{_create(names, '')}COPY t ({', '.join(names)}) FROM stdin;\n{body}\\.\n\n"


def _inserts(random: Random, names: tuple[str, ...], rows: list[tuple]) -> str:
    def cell(value: str | None) -> str:
        return "NULL" if value is None else "'" + value.replace("'", "''") + "'"

    head = "--\n-- PostgreSQL database dump\n--\n\nSET standard_conforming_strings = on;\n"
    listed = f" ({', '.join(names)})" if random.random() < 0.5 else ""
    body = "".join(f"INSERT INTO t{listed} VALUES ({', '.join(map(cell, row))});\n" for row in rows)
    return head + _create(names, "") + body


def _mysql(random: Random, names: tuple[str, ...], rows: list[tuple]) -> str:
    def cell(value: str | None) -> str:
        if value is None:
            return "NULL"
        return "'" + "".join(_MYSQL.get(letter, letter) for letter in value) + "'"

    together = random.choice([1, 2, 100])
    body = ""
    for start in range(0, len(rows), together):
        values = ",".join(f"({','.join(map(cell, row))})" for row in rows[start : start + together])
        body += f"INSERT INTO `t` VALUES {values};\n"
    return f"-- MySQL dump 10.13  Distrib 8.0.36\n\n{_create(names, '`')}{body}"
