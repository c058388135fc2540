"""The reference pages that the program itself knows: its commands, its errors.

`python -m headwater.cli.reference` writes them into docs/reference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from headwater.cli.program import VERBS, program
from headwater.errors import EXIT_FAILED, EXIT_INTERRUPTED, HeadwaterError

_EVERYWHERE = frozenset({"folder", "as_json", "help"})
"""Options that every verb takes: the page says so once."""

_EXITS = """\
| code | meaning |
|---|---|
| 0 | done |
| 1 | failed; the two lines on stderr say what and what to do. For `verify`: something does not \
hold. For `doctor`: something has to be put right |
| 2 | the call's words or headwater.yaml are wrong; nothing was done |
| 3 | done, but something was refused: a row, a file, or the landing of one of several files; \
or a batch waits for a person |
| 130, 143, 129 | ended by Ctrl-C, SIGTERM or SIGHUP; nothing is lost, and nothing is doubled |
"""

_COMMANDS = f"""\
# The command line

Made from the program itself by `python -m headwater.cli.reference`.

Data goes to stdout, talk to stderr. On a terminal there is colour (`NO_COLOR=1` takes it away) and
a line that shows how far long work has come; in a pipe, in a file and under `TERM=dumb` there is
plain text, and a line of progress every ten seconds.

`-C DIR` names the lake, before or behind the verb; without it `$HEADWATER_LAKE` does, and without
that it is the folder one is in.

With `--json` there is one JSON document on stdout. `work --json` without `--until-idle` has no end
to wait for: it writes one line for each receipt, and for each attempt that came to nothing. An
error is `{{"error": {{"code", "message", "hint"}}}}`; the codes are in [errors.md](errors.md).

An error is two lines on stderr: `error:` says what failed, `try:` what to do about it.

## Exit codes

{_EXITS}
## Completion

`eval "$(headwater completion bash)"` in `~/.bashrc`, `eval "$(headwater completion zsh)"` in
`~/.zshrc`; for fish, `headwater completion fish > ~/.config/fish/completions/headwater.fish`.
Verbs, options, files and the feeds of headwater.yaml complete.
"""

_ERRORS = """\
# Errors

Made from the program itself by `python -m headwater.cli.reference`.

Every error has a code that stays what it is, a sentence that says what failed, on which named
thing and why, and mostly a hint. The command line shows them as `error:` and `try:`, Python raises
them from `headwater.errors`. The HTTP status is what a server answers in its place.

| code | class | meaning | exit code | HTTP status |
|---|---|---|---|---|
"""

_DOOR = f"""
The command line has two more: `interrupted`, with exit code {EXIT_INTERRUPTED}, for Ctrl-C; and \
`unexpected`, with
exit code {EXIT_FAILED}, for a mistake of Headwater itself, whose trace it writes beside \
headwater.yaml.
"""


def commands_page() -> str:
    """docs/reference/cli.md: every verb with its arguments and options."""
    context = click.Context(program, info_name="headwater", **program.context_settings)
    sections = []
    for name in VERBS:
        command = program.get_command(context, name)
        if command is not None:
            sections += list(_sections(command, click.Context(command, context, name)))
    return "\n".join([_COMMANDS, *sections])


def errors_page() -> str:
    """docs/reference/errors.md: every code there is."""
    rows = [
        f"| `{kind.code}` | `{kind.__name__}` | {(kind.__doc__ or '').strip()} "
        f"| {kind.exit_code} | {kind.http_status} |\n"
        for kind in _tree(HeadwaterError)
    ]
    return _ERRORS + "".join(rows) + _DOOR


def write(folder: Path) -> None:
    """Write both pages."""
    (folder / "cli.md").write_text(commands_page(), encoding="utf-8")
    (folder / "errors.md").write_text(errors_page(), encoding="utf-8")


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    lines = [f"## `{context.command_path}`", "", *_paragraphs(command.help or "")]
    usage = " ".join(command.collect_usage_pieces(context))
    lines += ["", f"    {context.command_path} {usage}", ""]
    rows = list(_options(command, context))
    if rows:
        lines += ["| option | meaning |", "|---|---|", *rows, ""]
    yield "\n".join(lines)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, click.Context(inner, context, name))


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        if parameter.name in _EVERYWHERE or not isinstance(parameter, click.Option):
            continue
        if record := parameter.get_help_record(context):
            names, meaning = (text.replace("|", "\\|") for text in record)
            yield f"| `{names}` | {meaning} |"


def _tree(kind: type[HeadwaterError]) -> Iterator[type[HeadwaterError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
