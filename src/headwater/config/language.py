"""The reference of steps, checks and expressions in Markdown, made from what reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from headwater.model import checks, steps
from headwater.model.types import SCALARS
from headwater.shape.functions import AGGREGATES, FUNCTIONS, WINDOWS, Family, Function

STEPS: Mapping[type[steps.Step], tuple[str, ...]] = {
    steps.Rename: ("rename: {cust: customer_id}",),
    steps.Select: ("select: [order_id, amount]",),
    steps.Drop: ("drop: [internal_note]",),
    steps.Cast: ("cast: {amount: 'decimal(12,2)', tags: 'array<text>'}",),
    steps.Derive: ("derive: {total: amount * quantity, day: 'order_ts::date'}",),
    steps.Filter: ("filter: amount >= 0 and country is not null",),
    steps.Fill: ("fill: {country: unknown, quantity: 0}",),
    steps.FillForward: (
        "fill_forward: day",
        "fill_forward: {columns: [price], by: [item], order: day}",
    ),
    steps.Split: ("split: {column: name, between: ' ', into: [first_name, last_name]}",),
    steps.Parse: (
        "parse: {column: day, formats: ['%d.%m.%Y', '%Y-%m-%d'], as: date}",
        "parse: {column: seen, formats: '%d.%m.%Y %H:%M'}",
    ),
    steps.Clean: ("clean: {columns: [name, city], how: [collapse, nfc, empty]}",),
    steps.MapValues: (
        "map: {column: country, values: {DE: Germany, FR: France}, otherwise: other}",
        "map: {column: status, values: {A: active, C: closed}, missing: refuse}",
    ),
    steps.Join: (
        "join: {table: customers, on: customer_id, take: [segment]}",
        "join: {file: countries.csv, on: {country: code}, take: {name: label}, missing: refuse}",
    ),
    steps.Flatten: ("flatten: address", "flatten: {columns: [address], between: '.'}"),
    steps.Explode: ("explode: tags", "explode: {column: items, into: item, empty: filter}"),
    steps.Protect: (
        "protect: {columns: iban, by: mask, keep: 4}",
        "protect: {columns: [email], by: hash, secret: EMAIL_SALT}",
    ),
    steps.Dedupe: (
        "dedupe: {by: order_id}",
        "dedupe: {by: [order_id, line], keep: latest changed_at, across: table}",
    ),
    steps.Aggregate: (
        "aggregate: {by: [day, shop], columns: {revenue: sum(total), orders: count(*)}}",
    ),
    steps.Query: (
        "sql: select *, row_number() over (partition by order_id order by line) as place from rows",
    ),
}
"""How each step is written."""

CHECKS: Mapping[type[checks.Rule], tuple[str, ...]] = {
    checks.NotNull: ("not_null: [order_id, customer_id]",),
    checks.Unique: ("unique: order_id", "unique: {columns: [order_id], across: table}"),
    checks.Range: ("range: {amount: [0, 100000]}", "range: {day: ['2020-01-01', null]}"),
    checks.Length: ("length: {zip: [5, 5]}",),
    checks.Pattern: ("pattern: {email: '.+@.+'}",),
    checks.OneOf: ("one_of: {status: [open, paid, closed]}",),
    checks.Holds: ("holds: shipped_at is null or shipped_at >= ordered_at",),
    checks.Exists: ("exists: {customer_id: customers.id}",),
    checks.RowCount: ("rows: [1, 1000000]",),
    checks.Fresh: ("fresh: {order_ts: 2d}",),
}
"""How each check is written."""

_OPENING = """# Steps, checks and expressions

Made from the code that reads them. A feed's `steps` are taken in their order by every row that
was read; its `checks` look at the rows as they were read (`when: read`) or, if they do not say
when, behind the steps. Each row that was read is written, quarantined, filtered or deduplicated,
and the receipt says how many of each there were; rows that `explode` makes and that `aggregate`
takes together are stated, too. A file whose rows do not add up is not committed.
"""
_STEPS = """A step that cannot make a value refuses its row, which goes to quarantine with its line;
the rows beside it go on. Columns are found whatever their case.
"""
_CHECKS = """`action: quarantine` (the usual one) sends the rows that fail to quarantine, under the
name of the check; `action: warn` counts them and lets them go; `action: halt` writes nothing of
the batch. `rows` and `fresh` are about all rows together, and warn or halt. A null keeps every
rule but `not_null`. `name:` says what receipts call a check. `headwater checks` shows what they
found, run by run.

A model's checks are written the same way, and warn (the usual one) or halt: there, `unique`,
`rows` and `fresh` look at the whole table that results, the others at the rows that are built.
"""
_LANGUAGE = """Expressions are SQL over the columns of one row. There are `+ - * / // %`, `||`,
comparisons, `and`, `or`, `not`, `is null`, `between`, `in`, `like`, `ilike`, `case when … then …
else … end`, `cast(x as type)` or `x::type`, `try_cast`, intervals (`interval 3 day`), lists
(`[1, 2]`), fields (`address.city`) and elements (`tags[1]`). A text is in 'single quotes', a
column whose name is no plain word in "double quotes". Types to cast to: TYPES.

What gives another value each time (`now()`, `random()`) is no part of it, since a file that is
read again must give the same rows.
"""


def language() -> str:
    """The whole page."""
    lines = [_OPENING, "## Steps\n", _STEPS]
    lines += _written(STEPS)
    lines += ["## Checks\n", _CHECKS]
    lines += _written(CHECKS)
    lines += ["## Expressions\n", _LANGUAGE.replace("TYPES", ", ".join(sorted(SCALARS)))]
    for family in Family:
        lines += _family(family)
    return "\n".join(lines)


def _written(kinds: Mapping[type, Sequence[str]]) -> Iterator[str]:
    for kind, examples in kinds.items():
        yield f"### {kind.TAG}\n\n{kind.__doc__}\n"  # type: ignore[attr-defined]
        yield "```yaml\n" + "\n".join(f"- {each}" for each in examples) + "\n```\n"


def _family(family: Family) -> Iterator[str]:
    every = (*FUNCTIONS, *AGGREGATES.values(), *WINDOWS.values())
    yield f"### {family.value[0].upper()}{family.value[1:]}\n"
    yield "| function | meaning | example | gives |\n|---|---|---|---|"
    for each in every:
        if each.family is family:
            yield _row(each)
    yield ""


def _row(each: Function) -> str:
    cells = (f"`{each.name}({each.arguments})`", each.meaning, f"`{each.example}`", each.result)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
