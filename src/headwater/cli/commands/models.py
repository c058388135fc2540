"""headwater models: how models stand, and what they are made of."""

from __future__ import annotations

from difflib import get_close_matches

import click

from headwater.cli.call import Call, verb
from headwater.cli.complete import complete_model
from headwater.errors import EXIT_DONE, QueryError, UnknownModel
from headwater.flow.models.lineage import ColumnLineage
from headwater.model.codec import to_plain
from headwater.show.models import model_page, models_page


@click.command("models")
@click.argument("model", required=False, shell_complete=complete_model)
@verb
def command(call: Call, model: str | None) -> int:
    """Show how models stand, and what they are made of.

    All in the order in which they are built, or one with the versions that it was made from,
    the columns of tables and files that each of its columns comes from, its last build and its
    SQL. A model is stale where a table that it reads has rows that it has not seen, or where its
    SQL is another than it was built with.
    """
    columns: list[ColumnLineage] | str = []
    with call.open() as lake:
        models = lake.models()
        if model in {each.model for each in models}:
            try:
                columns = lake.lineage(str(model))
            except QueryError as error:
                columns = error.message
    if model is None:
        call.voice.answer(models_page(models), {"models": to_plain(list(models))})
        return EXIT_DONE
    for each in models:
        if each.model == model:
            told = {"columns": None if isinstance(columns, str) else to_plain(list(columns))}
            call.voice.answer(model_page(each, columns), {**to_plain(each), **told})
            return EXIT_DONE
    names = [each.model for each in models]
    meant = get_close_matches(model, names, n=1)
    raise UnknownModel(
        f"there is no model {model!r}; models: {', '.join(names) or 'none yet'}",
        hint=f"headwater models {meant[0]}" if meant else "declare it below models:",
    )
