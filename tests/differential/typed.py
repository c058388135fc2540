"""Tables of numbers, dates, times and booleans, and what each of their texts is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = date(1, 1, 1)


@dataclass(frozen=True)
class Kind:
    """A kind of column: how a value of it is made, and what a text of it is worth."""

    declared: str
    make: Callable[[Random], str]
    worth: Callable[[str], object]


def _stamp(random: Random) -> str:
    moment = _EPOCH + timedelta(microseconds=random.randint(-(10**16), 4 * 10**15))
    return (
        f"{moment:%Y-%m-%d %H:%M:%S.%f}" if random.random() < 0.5 else f"{moment:%Y-%m-%d %H:%M:%S}"
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _whole(bits: int) -> Callable[[Random], str]:
    return lambda random: str(random.randint(-(2 ** random.randint(1, bits)), 2**bits - 1))


KINDS = {
    "int": Kind("bigint", _whole(31), int),
    "bigint": Kind("bigint", _whole(63), int),
    "huge": Kind("decimal(38,0)", _whole(110), Decimal),
    "decimal": Kind("decimal(12,2)", lambda r: f"{r.randint(-(10**9), 10**9) / 100:.2f}", Decimal),
    "fine": Kind(
        "decimal(38,18)",
        lambda r: f"{r.randint(0, 10**15)}.{r.randint(0, 10**18 - 1):018}",
        Decimal,
    ),
    "date": Kind(
        "date", lambda r: str(_DAY + timedelta(days=r.randint(0, 3_652_058))), date.fromisoformat
    ),
    "timestamp": Kind("timestamp", _stamp, _moment),
    "boolean": Kind("boolean", lambda r: r.choice(["true", "false"]), lambda text: text == "true"),
    "zip": Kind("text", lambda r: f"{r.randint(0, 99_999):05}", str),
}


def typed_table(seed: str) -> tuple[list[str], list[list[str]]]:
    """Kinds of columns, and rows of texts; an empty one is a null."""
    random = Random(seed)
    kinds = random.sample(sorted(KINDS), random.randint(2, 6))
    rows = [
        [KINDS[kind].make(random) if random.random() < 0.95 else "" for kind in kinds]
        for _ in range(random.choice([3, 30, 300]))
    ]
    return kinds, [[first or KINDS[kinds[0]].make(random), *rest] for first, *rest in rows]


def same(found: object, text: str, kind: str) -> bool:
    """Whether a value is exactly what its text is worth, or that text itself."""
    if not text or found is None:
        return not text and found is None
    if isinstance(found, str) or kind == "zip":  # numbers, where none begins with a zero
        return str(found) == text
    worth = KINDS[kind].worth(text)
    if isinstance(found, datetime) and isinstance(worth, datetime):
        return (found if found.tzinfo else found.replace(tzinfo=UTC)) == worth
    numbers = {int, Decimal}
    alike = type(found) is type(worth) or {type(found), type(worth)} <= numbers
    return alike and found == worth
