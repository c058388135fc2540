"""headwater tables: the tables, or the columns of one."""

from __future__ import annotations

from difflib import get_close_matches

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_table
from headwater.errors import EXIT_DONE, UnknownTable
from headwater.model.codec import to_plain
from headwater.show.page import Mark, line
from headwater.show.standing import table_page, tables_page


@click.command("tables")
@click.argument("table", required=False, shell_complete=complete_table)
@verb
def command(call: Call, table: str | None) -> int:
    """Show the tables, or the columns of one."""
    with call.open() as lake:
        tables = lake.tables()
    if table is None:
        page = tables_page(tables) if tables else (line(Mark.WAIT, " no tables yet"),)
        call.voice.answer(page, {"tables": to_plain(list(tables))})
        return EXIT_DONE
    for each in tables:
        if each.table == table:
            call.voice.answer(table_page(each), to_plain(each))
            return EXIT_DONE
    names = [each.table for each in tables]
    meant = get_close_matches(table, names, n=1)
    raise UnknownTable(
        f"there is no table {table!r}; tables: {', '.join(names) or 'none yet'}",
        hint=f"headwater tables {meant[0]}" if meant else "headwater status",
    )
