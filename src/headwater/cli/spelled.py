"""Options that say how a file is read: those of whoever looks at it, or makes a feed of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from shlex import quote
from typing import Any, TypeVar

import click

from headwater.cli.complete import complete_encoding, complete_format, complete_setting

_Command = TypeVar("_Command", bound=Callable[..., Any])

NAMED = {"format": "--as", "encoding": "--encoding", "types": "--types"}
"""Keys that have an option of their own."""


def options_of_reading(command: _Command) -> _Command:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--as", "format", metavar="FORMAT", shell_complete=complete_format,
        help="Read it as csv, tsv, ndjson and so on.",
    ),
    click.option(
        "--encoding", metavar="NAME", shell_complete=complete_encoding,
        help="Of text that does not say it: latin-1, cp1252.",
    ),
    click.option(
        "--types", type=click.Choice(["infer", "text"]), help="text keeps cells as they are."
    ),
    click.option(
        "--set", "settings", metavar="KEY=VALUE", multiple=True, shell_complete=complete_setting,
        help="Any other key of a feed, such as timezone=Europe/Berlin; may be repeated.",
    ),
)  # fmt: skip


def options_given(words: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a feed that a call gives, by these options."""
    from headwater.config.options import option  # noqa: PLC0415 - pydantic takes its time

    named = {key: words[key] for key in NAMED if words[key] is not None}
    return named | dict(map(option, words["settings"]))


def respelled(options: Mapping[str, Any]) -> str:
    """Keys of a feed as a person types them, for a command that is offered."""
    from headwater.config.scalars import written  # noqa: PLC0415 - same

    return "".join(
        f" {NAMED[key]} {quote(str(value))}"
        if key in NAMED
        else f" --set {quote(f'{key}={value if isinstance(value, str) else written(value)}')}"
        for key, value in options.items()
    )
