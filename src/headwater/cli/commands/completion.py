"""headwater completion: the script by which a shell completes the program's words."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE, UsageError

SHELLS = ("bash", "zsh", "fish")
_ASKED_BY = "_HEADWATER_COMPLETE"


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@verb
def command(call: Call, shell: str | None) -> int:
    """Print the script by which a shell completes verbs, options, feeds and files.

    Without a name it is for the shell that $SHELL names. In ~/.bashrc:
    eval "$(headwater completion bash)"
    """
    from click.shell_completion import ShellComplete, get_completion_class  # noqa: PLC0415 - seldom

    from headwater.cli.program import program  # noqa: PLC0415 - it imports this module

    chosen = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(chosen) if chosen in SHELLS else None
    if kind is None:
        raise UsageError(
            f"there is no script for the shell {chosen or 'that you use'!r}",
            hint=f"headwater completion {SHELLS[0]}; there are {', '.join(SHELLS)}",
        )
    # Not bash's own way to its script, which starts a bash to ask how old that is.
    script = ShellComplete.source(kind(program, {}, "headwater", _ASKED_BY))
    if call.voice.as_json:
        call.voice.document({"shell": chosen, "script": script})
    else:
        sys.stdout.write(f"{script.strip()}\n")
    return EXIT_DONE
