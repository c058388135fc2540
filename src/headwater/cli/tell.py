"""An error as a person reads it: what failed, and what to do about it."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import click

from headwater.cli.voice import is_screen, spell
from headwater.show.figures import clean

FALLBACK = "headwater doctor looks at this machine and this lake for what would hurt"
FALLBACKS = {
    "config": "correct it there; headwater.schema.json beside it knows every key",
    "query": "`headwater tables TABLE` shows columns and types",
    "usage": "headwater --help",
}
"""What to do about errors of that code which do not say it themselves."""


def tell(code: str, message: str, hint: str | None, *, as_json: bool) -> None:
    """Tell of an error: two lines on stderr, and on stdout the document that a program wants."""
    if as_json:
        document = {"error": {"code": code, "message": message, "hint": hint}}
        try:
            sys.stdout.write(f"{spell(document, indent=2)}\n")
            sys.stdout.flush()
        except OSError:  # perhaps the very error that is being told
            silence(sys.stdout)
    complain(message, hint or FALLBACKS.get(code))


def silence(stream: TextIO) -> None:
    """Let what is still buffered go nowhere; the interpreter would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str, hint: str | None) -> None:
    """Say on stderr what failed, and what to do about it."""
    try:
        _label("error:", "red", message)
        _label("try:", "cyan", hint or FALLBACK)
        sys.stderr.flush()
    except OSError:  # nobody hears; the exit code says it, too
        silence(sys.stderr)


def _label(label: str, colour: str, text: str) -> None:
    first, *rest = [clean(each) for each in text.splitlines() or [""]]
    if is_screen(sys.stderr) and not os.environ.get("NO_COLOR"):
        shown = click.style(label, fg=colour, bold=True)
    else:
        shown = label
    sys.stderr.write(f"{shown} {first}\n")
    for line in rest:
        sys.stderr.write(f"{' ' * len(label)} {line}\n")
