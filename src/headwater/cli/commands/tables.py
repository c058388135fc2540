"""headwater tables: the tables, or one of them closely."""

from __future__ import annotations

from typing import Any

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_table
from headwater.errors import EXIT_DONE
from headwater.flow.table import TableStory
from headwater.model.codec import to_plain
from headwater.show.page import Mark, line
from headwater.show.standing import tables_page
from headwater.show.table import table_story_page


@click.command("tables")
@click.argument("table", required=False, shell_complete=complete_table)
@verb
def command(call: Call, table: str | None) -> int:
    """Show the tables, or one closely: history, partitions, sizes, columns, advice."""
    with call.open() as lake:
        if table is not None:
            story = lake.table(table)
            call.voice.answer(table_story_page(story), _document(story))
            return EXIT_DONE
        tables = lake.tables()
    page = tables_page(tables) if tables else (line(Mark.WAIT, " no tables yet"),)
    call.voice.answer(page, {"tables": to_plain(list(tables))})
    return EXIT_DONE


def _document(story: TableStory) -> dict[str, Any]:
    """The figures that the list of tables has too, and the rest beside them."""
    document: dict[str, Any] = to_plain(story)
    return {**document.pop("standing"), **document}
