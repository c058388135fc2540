"""headwater explain: the full story of one file."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE
from headwater.model.codec import to_plain
from headwater.show.story import stories_page


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@verb
def command(call: Call, file: Path) -> int:
    """Tell the full story of one file.

    FILE is its key, its name in the raw zone, its arrival id, or a local file: one that
    landed under another name is found by its content.
    """
    with call.open() as lake:
        stories = lake.explain(file)
    call.voice.answer(stories_page(stories), {"stories": to_plain(list(stories))})
    return EXIT_DONE
