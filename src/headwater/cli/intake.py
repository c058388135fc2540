"""What land and ingest have in common: which files, how they are taken, what was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from headwater.cli.tell import complain
from headwater.errors import UsageError
from headwater.flow.land import Landing
from headwater.model.codec import to_plain
from headwater.ports.store import How


def intake(function: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the files that come in, and how they do."""

    @wraps(function)
    def body(*, move: bool, link: bool, **words: Any) -> int:
        if move and link:
            raise UsageError(
                "--move and --link exclude each other",
                hint="--move takes the file away, --link gives the same bytes one more name",
            )
        how = How.MOVE if move else How.LINK if link else How.COPY
        return function(how=how, **words)

    options = [
        click.argument(
            "files",
            metavar="FILE...",
            nargs=-1,
            required=True,
            type=click.Path(path_type=Path, readable=False),  # one that is not stops no other
        ),
        click.option("--move", is_flag=True, help="Take the files away from where they are."),
        click.option(
            "--link", is_flag=True, help="Link instead of copying; for files never rewritten."
        ),
        click.option(
            "--under", metavar="FOLDER", default="", help="Land below this folder of the feed."
        ),
    ]
    decorated = body
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def refused(landings: Sequence[Landing]) -> dict[str, Any]:
    """Say which files could not be taken; where none could, that is an error for programs too."""
    errors = [landing.error for landing in landings if landing.error is not None]
    for error in errors:
        complain(error.message, error.hint)
    return {"error": to_plain(errors[0])} if errors and len(errors) == len(landings) else {}
