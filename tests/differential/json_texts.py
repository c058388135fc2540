"""JSON texts of every layout, spelled letter by letter, with objects whose values are known."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.differential.case import Case, Damage

LAYOUTS = ("lines", "array", "row", "spread", "wrapped")
_LISTS = {"array", "wrapped"}
_KEYS = ["id", "name", "a b", "price", "\xe9", "k1", "nested", "list", "when", "x_y"]
_TEXTS = [
    "",
    "north",
    "00123",
    "null",
    "true",
    "1.5",
    "a,b",
    'say "x"',
    "\\",
    "/",
    "\t",
    "\n",
    "\r\n",
]
_TEXTS += [
    "\u2028",
    "\U0001f600",
    "\u65e5\u672c",
    "\x7f",
    "\x01",
    "\x00",
    "{}",
    "[1]",
    "a\u0301",
    "\ufeff",
]
_ENDS = ["{", "}", "[", "]", ",", ":", '"', "\\", "'", "a", " "]
_NUMBERS = [
    "0",
    "-0",
    "7",
    "-12",
    "1.50",
    "0.10",
    "1e3",
    "1E-7",
    "123456789012345678",
    "9007199254740993",
]
_NUMBERS += [
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.1000000000000000055511151231257827",
]
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


_OPENINGS = [
    '{"data" : [ ',
    '{"total":7 , "next":null,"rows":[ ',
    ' { "links" :[ {"rel":"]"}],"k1":[',
]
_CLOSINGS = ["]}", "] }", '] , "count":7 }', '],"meta":{"pages":[1,2],"x":{"y":"}"}} }']


class Number(str):
    """A number as it is spelled; found as a number of that value, or as text so spelled."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool) or not isinstance(other, int | Decimal | str):
            return False
        return str.__eq__(self, other) if isinstance(other, str) else Decimal(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(Decimal(self))


def case_of(seed: str, *, flat: bool = False, damage: bool = True) -> Case:
    """The case of a seed; flat where values are texts alone."""
    random = Random(seed)
    layout = random.choice(LAYOUTS)
    keys = random.sample(_KEYS, random.randint(1, 5))
    value = _flat if flat else _value
    rows = [
        {key: value(random, 0) for key in keys if flat or random.random() < 0.9}
        for _ in range(random.choice([1, 2, 5, 20]))
    ]
    harm = 0.15 if damage and random.random() < 0.5 else 0.0
    writer = _Writer(random, layout, harm)
    rows = [row for row in rows if row] or [{"id": Number("1")}]
    if len(rows) == 1:  # else it may be an object around a list of rows
        rows[0]["price"] = "1.5" if flat else Number("1.50")
    return writer.write(seed, rows)


def _flat(random: Random, _: int) -> object:
    return _text(random)


def _value(random: Random, depth: int) -> object:
    kind = random.random()
    if kind < 0.35:
        return _text(random)
    if kind < 0.7:
        return Number(random.choice(_NUMBERS))
    if kind < 0.8 or depth > 2:
        return random.choice([True, False, None])
    if kind < 0.9:
        return [_value(random, depth + 1) for _ in range(random.randint(0, 3))]
    keys = random.sample(_KEYS, random.randint(0, 3))
    return {key: _value(random, depth + 1) for key in keys}


def _text(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(_TEXTS)
    return "".join(random.choice(_ENDS + _TEXTS) for _ in range(random.randint(1, 8)))


class _Writer:
    def __init__(self, random: Random, layout: str, harm: float) -> None:
        self._random = random
        self._layout = layout
        self._harm = harm
        self._blanks = random.choice([[""], ["", " "], ["", " ", "\t", "  "]])
        if layout in {"spread", *_LISTS}:
            self._blanks = [*self._blanks, "\n", "\r\n "]
        self._end = random.choice(["\n", "\n", "\r\n"])

    def write(self, seed: str, rows: list[dict]) -> Case:
        parts, held, damage = [self._before()], list[object](), list[Damage]()
        for place, row in enumerate(rows):
            parts.append(self._between(last=False) if place else "")
            parts.append(self._spelled(row))
            held.append(row)
            if self._random.random() < self._harm:
                parts.append(self._between(last=False))
                line = "".join(parts).count("\n") + 1
                text, code = self._damaged()
                codes = {code, "truncated"} if code == "json" else {code}  # the last may be cut
                damage.append(Damage(line, frozenset(codes)))
                parts.append(text)
        parts.append(self._between(last=True))
        text = "".join(parts)
        mark = self._random.choice(["", "", "", "\ufeff"])
        content = (mark + text).encode().replace("\ue0ff".encode(), b"\xff")
        return Case(seed, content, held, damage=damage, marks=f"JSON, {self._layout}")

    def _before(self) -> str:
        if self._layout == "wrapped":
            return self._random.choice(_OPENINGS).replace(" ", self._blank())
        return f"[{self._blank()}" if self._layout == "array" else ""

    def _between(self, *, last: bool) -> str:
        if self._layout == "lines":
            blank = self._random.random() < 0.05 and not last
            return self._random.choice([self._end, ""]) if last else self._end * (1 + blank)
        if self._layout in _LISTS:
            return self._closing() if last else f"{self._blank()},{self._blank()}"
        return self._blank() if self._layout == "row" or last else self._end

    def _closing(self) -> str:
        end = self._random.choice(_CLOSINGS) if self._layout == "wrapped" else "]"
        return f"{self._blank()}{end.replace(' ', self._blank())}{self._blank()}"

    def _blank(self) -> str:
        return self._random.choice(self._blanks)

    def _spelled(self, value: object) -> str:
        if isinstance(value, Number):
            return str(value)
        if isinstance(value, str):
            return self._quoted(value)
        if isinstance(value, dict):
            pairs = [
                f"{self._blank()}{self._quoted(key)}{self._blank()}:{self._blank()}"
                f"{self._spelled(each)}{self._blank()}"
                for key, each in value.items()
            ]
            first = "\n" if self._layout == "spread" and self._random.random() < 0.9 else ""
            return "{" + first + ",".join(pairs) + "}"
        if isinstance(value, list):
            return f"[{','.join(f'{self._spelled(each)}{self._blank()}' for each in value)}]"
        return {True: "true", False: "false", None: "null"}[value]

    def _quoted(self, text: str) -> str:
        return '"' + "".join(map(self._letter, text)) + '"'

    def _letter(self, letter: str) -> str:
        if letter in _SHORT and self._random.random() < 0.8:
            return _SHORT[letter]
        if letter == "/" and self._random.random() < 0.3:
            return "\\/"
        if letter in '"\\' or letter < " " or self._random.random() < 0.08:
            units = letter.encode("utf-16-be").hex()
            return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        return letter

    def _damaged(self) -> tuple[str, str]:
        """What is JSON and no record; on lines also what is no JSON."""
        ways = [
            ('{"k1":1,"k1":2}', "dup_key"),
            ('{"k1":NaN}', "number"),
            ('{"k1":-Infinity}', "number"),
            ('{"k1":1e999}', "number"),
            ('{"k1":' + "9" * 5000 + "}", "number"),
            ('{"k1":"\\ud800"}', "encoding"),
            ('{"k1":"\ue0ff"}', "encoding"),
            ('{"k1":' + "[" * 200 + "]" * 200 + "}", "depth"),
        ]
        if self._layout in {"lines", "array"}:
            ways += [("7", "not_object"), ("null", "not_object"), ("[1]", "not_object")]
        if self._layout == "lines":
            ways += [
                ('{"k1":1,}', "json"),
                ("{'k1':1}", "json"),
                ('{"k1":"x}', "json"),
                ('{"k1":1}{"k1":2}', "json"),
                ('{"k1":01}', "json"),
                ('{"k1":"\t"}', "json"),
                ("{k1:1}", "json"),
                ('{"k1":1', "json"),
            ]
        return self._random.choice(ways)
