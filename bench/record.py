"""A report kept: as JSON in the results folder, as a marked block in a page."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.results import CaseResult, Outcome, Report, Run, StartUp

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"


class NoBlock(Exception):
    """The page has no marked block to fill."""


def store(report: Report, folder: Path) -> Path:
    """Keep the report under its date and time."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}.json"
    file.write_text(json.dumps(asdict(report), indent=1) + "\n", encoding="utf-8")
    return file


def recall(file: Path) -> Report:
    """Read a stored report back."""
    told = json.loads(file.read_text(encoding="utf-8"))
    start = told["start"]
    return Report(
        told["machine"],
        told["versions"],
        told["settings"],
        tuple(_case(each) for each in told["cases"]),
        start and _start(start),
        tuple(told["notes"]),
    )


def fill_block(page: Path, text: str) -> None:
    """Put the text between the page's two marks, and leave the rest of the page alone."""
    whole = page.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoBlock(f"{page} has no block between {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def _case(told: dict[str, Any]) -> CaseResult:
    return CaseResult(**{**told, "outcomes": tuple(_outcome(each) for each in told["outcomes"])})


def _outcome(told: dict[str, Any]) -> Outcome:
    idle = told["idle"]
    runs = tuple(Run(**run) for run in told["runs"])
    return Outcome(**{**told, "runs": runs, "idle": idle and Run(**idle)})


def _start(told: dict[str, Any]) -> StartUp:
    seconds = {name: tuple(figures) for name, figures in told["seconds"].items()}
    imports = tuple((module, taken) for module, taken in told["imports"])
    return StartUp(seconds, told["cpu_seconds"], imports, told["import_seconds"], told["problem"])
