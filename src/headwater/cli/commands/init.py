"""headwater init: make a lake in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli.call import Call, verb
from headwater.cli.written import create, document
from headwater.errors import EXIT_DONE, UsageError
from headwater.reading.source import spell
from headwater.show.page import Line, Mark, Span, Tone, dim, line

CONFIGURATION = "headwater.yaml"
SCHEMA = "headwater.schema.json"
IGNORED = """\
# Of a lake, only what a person writes belongs under version control.
/raw/
/processed/
/curated/
/quarantine/
/manifests/
/results/
/.scratch/
/ledger.sqlite*
/ledger.rebuilt.sqlite*
/queue.sqlite*
/.headwater-trace-*.txt
"""


@click.command("init")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@verb
def command(call: Call, directory: Path | None) -> int:
    """Make a lake in a folder.

    Writes headwater.yaml, the schema by which editors complete it, and a .gitignore.
    Never overwrites what is there.
    """
    folder = call.folder / directory if directory else call.folder
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file, and a lake is a folder", hint="name a folder: headwater init lake"
        )
    if spell(folder.resolve()) != str(folder.resolve()):
        raise UsageError(
            f"{spell(folder)} cannot be a lake: its name is not UTF-8 text",
            hint="choose another name: headwater init lake",
        )
    if (folder / CONFIGURATION).exists():
        raise UsageError(
            f"{folder / CONFIGURATION} is there already, and was not touched",
            hint=f"headwater status -C {folder}",
        )
    written, kept = _write(folder)
    lines: list[Line] = [line(Mark.GOOD, f" wrote {file}") for file in written]
    lines += [line(Mark.WAIT, f" kept {file}, which was there") for file in kept]
    call.voice.answer(
        tuple(lines),
        {"lake": str(folder), "written": list(map(str, written)), "kept": list(map(str, kept))},
    )
    if not call.voice.as_json:
        there = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
        command = Span(f"{there}headwater new FEED --from FILE", Tone.COMMAND)
        call.voice.say((line(dim("next: "), command),))
    return EXIT_DONE


def _write(folder: Path) -> tuple[list[Path], list[Path]]:
    from headwater.config.schema import json_schema  # noqa: PLC0415 - pydantic takes its time
    from headwater.config.write import starter  # noqa: PLC0415 - same

    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        SCHEMA: document(json_schema()),
        ".gitignore": IGNORED,
        CONFIGURATION: starter(folder.resolve().name or "lake"),  # last: it says a lake is here
    }
    written: list[Path] = []
    kept: list[Path] = []
    for name, text in texts.items():
        file = folder / name
        (written if create(file, text) else kept).append(file)
    return written, kept
