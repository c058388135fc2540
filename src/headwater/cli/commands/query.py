"""headwater query: the answer to one SELECT, as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.export import KINDS, export, kind_of
from headwater.cli.fit import fit
from headwater.cli.moment import Moment
from headwater.errors import EXIT_DONE, UsageError
from headwater.flow.travel import At
from headwater.model.price import Money
from headwater.ports.engine import Answer
from headwater.show.figures import counted, size
from headwater.show.page import Line, dim, line
from headwater.show.rows import rows_sheet

SHOWN = 40
COUNTED = 10_000
"""Further rows that are fetched to say how many there are."""


@click.command("query")
@click.argument("sql")
@click.option("--format", "kind", type=click.Choice(["table", *KINDS]), help="[default: table]")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; its suffix says the format.",
)  # fmt: skip
@click.option("--limit", metavar="N", type=click.IntRange(0), help="At most so many rows.")
@click.option(
    "--at", metavar="VERSION|TIME", type=Moment(),
    help="Tables as they were: 12, 2026-11-20, 2026-11-20T08:30Z, or 2h (ago).",
)  # fmt: skip
@click.option("--on", type=click.Choice(["athena"]), help="Who answers, if not this machine.")
@verb
def command(  # noqa: PLR0913, PLR0917 - the options of the verb
    call: Call,
    sql: str,
    kind: str | None,
    output: Path | None,
    limit: int | None,
    at: At | None,
    on: str | None,
) -> int:
    """Answer one SELECT over the tables.

    With - the SQL is read from stdin. Refused rows are a table, too: select * from quarantine;
    with those that were mended since, quarantine_history.
    """
    chosen = kind or kind_of(output) or ("json" if call.voice.as_json else "table")
    if chosen == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError(
            "Parquet is no text, and this is a terminal", hint="give it a file: -o FILE.parquet"
        )
    text = sys.stdin.read() if sql == "-" else sql
    if not text.strip():
        raise UsageError("there is no SQL", hint='headwater query "select 1"')
    with call.open() as lake:
        if chosen == "table":
            answer = lake.query(text, at=at, on=on)
            _show(call, answer, SHOWN if limit is None else limit, output)
        else:
            answer = lake.query(_limited(text, limit), at=at, on=on)
            export(call.voice, answer, chosen, output)
        _tell_bill(call, answer)
    return EXIT_DONE


def _limited(sql: str, limit: int | None) -> str:
    if limit is None:
        return sql
    inner = sql.strip().rstrip(";")
    return f"select * from (\n{inner}\n) limit {limit}"  # noqa: S608 - SQL is what the user gives


def _show(call: Call, answer: Answer, limit: int, output: Path | None) -> None:
    columns, types = answer.columns, answer.types
    rows = answer.rows(limit + COUNTED)
    more = len(rows) - limit
    sheet = rows_sheet(columns, types, rows[:limit], longest=None if output else 60)
    if output is not None:
        from headwater.cli.plain import Plain  # noqa: PLC0415 - seldom

        with output.open("w", encoding="utf-8") as stream:
            Plain(stream).paint((sheet,))
    else:
        shown, hidden = fit(sheet, call.voice.data.width)
        call.voice.data.paint((shown,))
        _note(call, hidden)
    if more > 0:
        many = "more than " if len(rows) == limit + COUNTED else ""
        note = f"... {many}{counted(more, 'more row')}; --limit N shows more, -o FILE takes all"
        call.voice.say((line(dim(note)),))
    elif not output:
        call.voice.say((_total(len(rows)),))


def _tell_bill(call: Call, answer: Answer) -> None:
    if answer.bill is not None:
        cost = answer.bill.cost
        money = Money(cost.nanos, cost.currency)
        call.voice.say((line(dim(f"{size(answer.bill.scanned_bytes)} scanned, {money}")),))


def _total(rows: int) -> Line:
    return line(dim(counted(rows, "row")))


def _note(call: Call, hidden: list[str]) -> None:
    if hidden:
        names = ", ".join(hidden[:8]) + (", ..." if len(hidden) > 8 else "")  # noqa: PLR2004 - a line's worth
        note = f"... {counted(len(hidden), 'more column')}: {names}; --format json shows all"
        call.voice.say((line(dim(note)),))
