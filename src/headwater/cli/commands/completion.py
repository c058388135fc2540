"""headwater completion: the script by which a shell completes the program's words."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.errors import EXIT_DONE, UsageError

SHELLS = ("bash", "zsh", "fish")
_BASH = Path(__file__).with_suffix(".bash")
"""A script of our own: click's takes `--map a=b` for three words, as bash does."""


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(SHELLS))
@verb
def command(call: Call, shell: str | None) -> int:
    """Print the script by which a shell completes verbs, options, feeds and files.

    Without a name it is for the shell that $SHELL names. In ~/.bashrc:
    eval "$(headwater completion bash)"
    """
    chosen = shell or Path(os.environ.get("SHELL", "")).name
    if chosen not in SHELLS:
        raise UsageError(
            f"there is no script for the shell {chosen or 'that you use'!r}",
            hint=f"headwater completion {SHELLS[0]}; there are {', '.join(SHELLS)}",
        )
    script = _BASH.read_text() if chosen == "bash" else _from_click(chosen)
    if call.voice.as_json:
        call.voice.document({"shell": chosen, "script": script})
    else:
        sys.stdout.write(f"{script.strip()}\n")
    return EXIT_DONE


def _from_click(shell: str) -> str:
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - seldom needed

    from headwater.cli.program import program  # noqa: PLC0415 - it imports this module

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"there is no script for {shell}", hint="headwater completion bash")
    return kind(program, {}, "headwater", "_HEADWATER_COMPLETE").source()
