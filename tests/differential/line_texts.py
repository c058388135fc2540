"""Texts of fixed width, and logs, from rows that are known."""

from __future__ import annotations

from random import Random

from tests.differential.case import Case, Damage

_WORDS = [
    "",
    "",
    "a",
    "b c",
    "\xe9t\xe9",
    "\u65e5\u672c",
    "x,y",
    'q"',
    "'",
    "0012",
    "-5",
    "a|b",
    "\t",
    "\\",
]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def fixed_case_of(seed: str) -> Case:
    """Lines of fixed width."""
    random = Random(seed)
    widths = [random.randint(1, 9) for _ in range(random.randint(1, 6))]
    places, start = [], 1
    for number, width in enumerate(widths):
        places.append(f"f{number} {start} {width}")
        start += width
    end = random.choice(["\n", "\n", "\r\n"])
    rows, lines, damage = [], list[str](), list[Damage]()
    for _ in range(random.choice([1, 4, 30])):
        row = tuple(random.choice(_WORDS)[:width].strip(" ") for width in widths)
        if not "".join(row).strip():
            row = ("z", *row[1:])
        lines.append("".join(_padded(random, c, w) for c, w in zip(row, widths, strict=True)))
        rows.append(tuple(cell or None for cell in row))
        if random.random() < 0.1:
            odd = random.choice([lines[-1] + "x", "y" * (sum(widths) - 1)])
            if odd:
                damage.append(Damage(len(lines) + 1, frozenset({"ragged"})))
                lines.append(odd)
    text = end.join(lines) + random.choice([end, ""])
    return Case(
        seed,
        text.encode(),
        rows,
        tuple(f"f{number}" for number in range(len(widths))),
        damage,
        {"format": "fixed", "columns": places},
        marks=f"fixed width, {widths}",
    )


def _padded(random: Random, cell: str, width: int) -> str:
    return cell.rjust(width) if random.random() < 0.3 else cell.ljust(width)


def log_case_of(seed: str) -> Case:
    """An access log."""
    random = Random(seed)
    combined = random.random() < 0.5
    rows, lines, damage = [], list[str](), list[Damage]()
    for _ in range(random.choice([12, 40])):
        line, row = _log_line(random, combined=combined)
        lines.append(line)
        rows.append(row)
    for _ in range(random.choice([0, 0, 1])):
        place = random.randrange(len(lines) + 1)
        lines.insert(place, random.choice(["nothing of the kind", lines[0][:20], "- - -"]))
        damage.append(Damage(place + 1, frozenset({"pattern"})))
    text = "\n".join(lines) + "\n"
    return Case(seed, text.encode(), rows, damage=damage, marks="access log")


def _log_line(random: Random, *, combined: bool) -> tuple[str, tuple]:
    host = random.choice(["203.0.113.9", "::1", "example.com"])
    user = random.choice([None, "frank", "anna_b"])
    month = random.randint(1, 12)
    year, day, clock = 2024, random.randint(1, 28), f"{random.randint(0, 23):02}:05:59"
    zone = random.choice(["+0000", "-0700", "+0530"])
    asked = random.choice(
        ["GET / HTTP/1.1", "POST /a?b=c,d HTTP/2", 'GET /"x" HTTP/1.0', "GET /\xe9 HTTP/1.1"]
    )
    status, size = random.choice(["200", "404"]), random.choice([None, "0", "2326"])
    when = f"{year}-{month:02}-{day:02}T{clock}{zone[:3]}:{zone[3:]}"
    line = (
        f"{host} - {user or '-'} [{day:02}/{_MONTHS[month - 1]}/{year}:{clock} {zone}] "
        f'"{_escaped(asked)}" {status} {size or "-"}'
    )
    row: tuple = (host, None, user, when, _escaped(asked), status, size)  # as servers spell it
    if combined:
        agent = random.choice(["Mozilla/5.0 (X11; U)", "", "a, b", None])
        shown = "-" if agent is None else agent
        line += f' "-" "{shown}"'
        row += (None, agent)
    return line, row


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
